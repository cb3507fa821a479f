package io.rowhook.settings.recipients;

import io.rowhook.recipient.BacklogLimit;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.Mapping;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.time.Duration;

/** Reads {@code backlog} in a recipient's file: what may wait for it. */
final class BacklogLimitParser {

  private static final Setting<Duration> AGE =
      Setting.of(
              "age",
              Value.duration(Duration.ofSeconds(1), Duration.ofDays(3650)),
              "how long what waits for it may wait, since it came into the journal; beyond, its"
                  + " oldest deliveries end failed, 'backlog limit'. What a person redelivers or"
                  + " replays is beside it")
          .or(BacklogLimit.DEFAULT.age());

  private static final Setting<Long> BYTES =
      Setting.of(
              "bytes",
              Value.bytes(1L << 20, "2GB"),
              "how much may wait for it, of the events' JSON")
          .or(BacklogLimit.DEFAULT.bytes());

  static final Setting<Fields> SETTING =
      Setting.of(
          "backlog",
          new Mapping(ObjectSetting.of(AGE, BYTES)),
          "what may wait for it; beyond, the oldest deliveries end failed");

  private BacklogLimitParser() {}

  static BacklogLimit read(Fields recipient) {
    return recipient
        .read(SETTING)
        .map(fields -> new BacklogLimit(fields.readOrDefault(AGE), fields.readOrDefault(BYTES)))
        .orElse(BacklogLimit.DEFAULT);
  }
}
