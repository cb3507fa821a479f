package io.rowhook.settings.recipients;

import io.rowhook.recipient.BatchConfig;
import io.rowhook.recipient.BodyFormat;
import io.rowhook.recipient.RequestOptions;
import io.rowhook.recipient.Subscription;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.Mapping;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/** Reads {@code batch} in a recipient's file: several events in one request. */
final class BatchParser {

  private static final Setting<Integer> MAX =
      Setting.of(
              "max",
              Value.integer(BatchConfig.LEAST, BatchConfig.MOST),
              "[several events in one request](receiving.md#batches), as a JSON array, acknowledged as"
                  + " a whole: how many at most. It has fewer where their bodies would be larger"
                  + " than `max-body`, or their events than 1 MB. What is tried again goes alone. `batch: {}` takes both defaults")
          .within("not with `xml` or `path`")
          .or(BatchConfig.MOST);

  private static final Setting<Duration> WAIT =
      Setting.of(
              "wait",
              Value.duration(Duration.ZERO, Duration.ofMinutes(5)),
              "how long the first of them may wait for others, since its commit; `0s`: those go that are there")
          .or(Duration.ofSeconds(1));

  static final Setting<Fields> SETTING =
      Setting.of(
              "batch",
              new Mapping(ObjectSetting.of(MAX, WAIT)),
              "several events in one request, as a JSON array")
          .without("one event a request");

  private BatchParser() {}

  static Optional<BatchConfig> read(Fields recipient, BodyFormat format) {
    Optional<Fields> fields = recipient.read(SETTING);
    if (fields.isPresent() && format == BodyFormat.xml) {
      recipient.problem(SETTING, "batch is for format: json only. Take it out, or format: xml.");
    }
    return fields.map(one -> new BatchConfig(one.readOrDefault(MAX), one.readOrDefault(WAIT)));
  }

  /** Reports a path of each event, which several in one request cannot have. */
  static void check(
      Fields recipient, RequestOptions request, Collection<Subscription> subscriptions) {
    boolean path =
        request.line().path().isPresent()
            || subscriptions.stream().anyMatch(one -> one.line().path().isPresent());
    if (request.batch().isPresent() && path) {
      recipient.problem(
          SETTING,
          "batch must not stand beside path, by which each event has a URL of its own. Take one of"
              + " them out.");
    }
  }
}
