package io.rowhook.settings;

import io.rowhook.recipient.Allow;
import io.rowhook.recipient.Processing;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Retry;
import io.rowhook.recipient.Subscription;
import io.rowhook.settings.YamlNode.Fields;
import io.rowhook.settings.YamlNode.Items;
import io.rowhook.settings.YamlNode.Scalar;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one {@code recipients/<name>.yaml}: who is sent webhooks, where, how signed, how fast. */
final class RecipientFile {

  /** By mapping; the file itself is the empty key. */
  static final Map<String, YamlKeys> KEYS = keys();

  private static final Duration MIN_TIMEOUT = Duration.ofMillis(100);
  private static final Duration MAX_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration MIN_DELAY = Duration.ofMillis(1);
  private static final Duration MAX_DELAY = Duration.ofDays(30);
  private static final int MAX_DELAYS = 100;

  /** What {@code processing} says; the number of jobs stands beside it. */
  private enum Mode {
    sequential,
    parallel
  }

  private final Reading reading;

  private RecipientFile(Reading reading) {
    this.reading = reading;
  }

  /** The recipient; what is wrong is reported, and without a usable URL there is none. */
  static Optional<Recipient> read(
      Path file, String name, List<String> entities, AttributeSetFiles sets, Reading reading) {
    return Yaml.read(file, reading)
        .flatMap(fields -> new RecipientFile(reading).recipient(name, fields, entities, sets));
  }

  private Optional<Recipient> recipient(
      String name, Fields fields, List<String> entities, AttributeSetFiles sets) {
    fields.check(keys(""));
    Allow allow = fields.mapping("allow").map(RecipientFile::allow).orElse(Allow.NOTHING);
    Optional<URI> url = fields.read("url", RecipientRules.url(allow.http()));
    Processing processing = processing(fields);
    Duration timeout =
        fields
            .read("timeout", Rule.duration(MIN_TIMEOUT, MAX_TIMEOUT))
            .orElse(Recipient.DEFAULT_TIMEOUT);
    Retry retry = retry(fields);
    var authentication = AuthenticationKeys.read(fields, reading);
    List<Subscription> subscriptions = SubscriptionKeys.read(fields, name, entities, sets, reading);
    return url.map(u ->
        new Recipient(name, u, authentication, processing, timeout, retry, allow, subscriptions));
  }

  private static Allow allow(Fields fields) {
    fields.check(keys("allow"));
    return new Allow(
        fields.read("http", Rule.flag()).orElse(false),
        fields.readList("networks", RecipientRules::network).orElse(List.of()));
  }

  private Processing processing(Fields fields) {
    Optional<Mode> mode = fields.read("processing", Rule.oneOf(Mode.class));
    Optional<Integer> jobs = fields.read("jobs", Rule.integer(1, Processing.MAX_JOBS));
    if (mode.equals(Optional.of(Mode.sequential))) {
      fields
          .get("jobs")
          .ifPresent(node ->
              reading
                  .problems()
                  .add(
                      node.place(),
                      "jobs is for processing: parallel only; sequential has always one."
                          + " Take it out, or write processing: parallel."));
      return new Processing.Sequential();
    }
    return jobs.<Processing>map(Processing.Parallel::new).orElse(Processing.DEFAULT);
  }

  private Retry retry(Fields fields) {
    return switch (fields.get("retry").orElse(null)) {
      case null -> Retry.DEFAULT;
      case Scalar scalar -> scalar.read(RecipientFile::preset).orElse(Retry.DEFAULT);
      case Items items -> Yaml.<Retry>wrongKind(items, "a mapping", reading).orElse(Retry.DEFAULT);
      case Fields inner -> schedule(inner);
    };
  }

  private static Retry preset(String value) throws Refused {
    if (!value.equals("actindo")) {
      throw Refused.because(
          "must be actindo, or a mapping with delays, from and jitter",
          "Write for example retry: {delays: [5s, 5m, 30m]}.");
    }
    return Retry.ACTINDO;
  }

  private Retry schedule(Fields fields) {
    fields.check(keys("retry"));
    List<Duration> delays =
        fields
            .readList("delays", Rule.duration(MIN_DELAY, MAX_DELAY))
            .orElse(Retry.DEFAULT.delays());
    Place place = fields.get("delays").map(YamlNode::place).orElse(fields.place());
    if (delays.size() > MAX_DELAYS) {
      reading
          .problems()
          .add(
              place,
              "retry.delays must be at most "
                  + MAX_DELAYS
                  + " delays, got: "
                  + delays.size()
                  + ". Take some out.");
    }
    Retry.From from =
        fields.read("from", Rule.oneOf(Retry.From.class)).orElse(Retry.DEFAULT.from());
    double jitter = fields.read("jitter", Rule.part()).orElse(Retry.DEFAULT.jitter());
    for (int i = 1; from == Retry.From.first && i < delays.size(); i++) {
      if (delays.get(i).compareTo(delays.get(i - 1)) <= 0) {
        reading
            .problems()
            .add(
                place,
                "retry.delays must grow, since they all count from the first attempt, got: "
                    + Rule.written(delays.get(i))
                    + " after "
                    + Rule.written(delays.get(i - 1))
                    + ". Put them in order, or write from: previous.");
        break;
      }
    }
    return new Retry(delays, from, jitter);
  }

  private static YamlKeys keys(String mapping) {
    return KEYS.getOrDefault(mapping, YamlKeys.of(List.of(), List.of()));
  }

  private static Map<String, YamlKeys> keys() {
    Map<String, YamlKeys> keys = new HashMap<>();
    keys.put(
        "",
        new YamlKeys(
            List.of("url"),
            List.of(
                "authentication",
                "processing",
                "jobs",
                "timeout",
                "retry",
                "allow",
                "subscriptions"),
            List.of("acknowledge", "exhausted", "owed", "pause", "format", "tls")));
    keys.put("allow", YamlKeys.of(List.of(), List.of("http", "networks")));
    keys.put("retry", YamlKeys.of(List.of(), List.of("delays", "from", "jitter")));
    keys.putAll(AuthenticationKeys.KEYS);
    keys.putAll(SubscriptionKeys.KEYS);
    return Map.copyOf(keys);
  }
}
