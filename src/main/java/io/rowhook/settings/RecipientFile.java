package io.rowhook.settings;

import io.rowhook.recipient.Acknowledge;
import io.rowhook.recipient.Allow;
import io.rowhook.recipient.Format;
import io.rowhook.recipient.Network;
import io.rowhook.recipient.OwedLimit;
import io.rowhook.recipient.Pause;
import io.rowhook.recipient.Processing;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RequestOptions;
import io.rowhook.recipient.Retry;
import io.rowhook.recipient.Subscription;
import io.rowhook.recipient.Tls;
import io.rowhook.settings.YamlNode.Fields;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

  /** What {@code processing} says; the number of jobs stands beside it. */
  private enum Mode {
    sequential,
    parallel
  }

  private final List<Network> allowedToAll;
  private final Reading reading;

  private RecipientFile(List<Network> allowedToAll, Reading reading) {
    this.allowedToAll = allowedToAll;
    this.reading = reading;
  }

  /**
   * The recipient; what is wrong is reported, and without a usable URL there is none.
   *
   * @param allowedToAll networks, beside those that its own file allows
   */
  static Optional<Recipient> read(
      Path file,
      String name,
      EntityNames entities,
      AttributeSetFiles sets,
      List<Network> allowedToAll,
      Reading reading) {
    return Yaml.read(file, reading)
        .flatMap(fields ->
            new RecipientFile(allowedToAll, reading).recipient(name, fields, entities, sets));
  }

  private Optional<Recipient> recipient(
      String name, Fields fields, EntityNames entities, AttributeSetFiles sets) {
    fields.check(keys(""));
    Allow allow = allow(fields.mapping("allow"));
    Optional<URI> url = fields.read("url", RecipientRules.url(allow.http()));
    Processing processing = processing(fields);
    Duration timeout =
        fields
            .read("timeout", Rule.duration(MIN_TIMEOUT, MAX_TIMEOUT))
            .orElse(Recipient.DEFAULT_TIMEOUT);
    DeliveryKeys delivery = new DeliveryKeys(reading);
    Acknowledge acknowledge = delivery.acknowledge(fields);
    Retry retry = delivery.retry(fields);
    Pause pause = delivery.pause(fields);
    OwedLimit owed = delivery.owed(fields);
    Tls tls = TlsKeys.read(fields, reading);
    Format format = fields.read("format", Rule.oneOf(Format.class)).orElse(Format.json);
    var authentication = AuthenticationKeys.read(fields, reading);
    RequestOptions request = RequestKeys.read(fields, authentication, format, reading);
    List<Subscription> subscriptions = SubscriptionKeys.read(fields, name, entities, sets, reading);
    return url.map(u ->
        new Recipient(
            name,
            u,
            authentication,
            processing,
            timeout,
            acknowledge,
            retry,
            pause,
            owed,
            allow,
            tls,
            format,
            request,
            subscriptions));
  }

  private Allow allow(Optional<Fields> own) {
    own.ifPresent(fields -> fields.check(keys("allow")));
    List<Network> networks = new ArrayList<>(allowedToAll);
    own.flatMap(fields -> fields.readList("networks", RecipientRules::network))
        .ifPresent(networks::addAll);
    return new Allow(
        own.flatMap(fields -> fields.read("http", Rule.flag())).orElse(false), networks);
  }

  private Processing processing(Fields fields) {
    Optional<Mode> mode = fields.read("processing", Rule.oneOf(Mode.class));
    Optional<Integer> jobs = fields.read("jobs", Rule.integer(1, Processing.MAX_JOBS));
    Optional<Boolean> stops = fields.read("exhausted", RecipientFile::stops);
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
      return new Processing.Sequential(stops.orElse(false));
    }
    if (stops.orElse(false)) {
      fields
          .get("exhausted")
          .ifPresent(node ->
              reading
                  .problems()
                  .add(
                      node.place(),
                      "exhausted: stop is for processing: sequential only; in parallel the other"
                          + " entities go on anyway. Take it out, or write processing:"
                          + " sequential."));
    }
    return jobs.<Processing>map(Processing.Parallel::new).orElse(Processing.DEFAULT);
  }

  private static boolean stops(String value) throws Refused {
    return switch (value) {
      case "stop" -> true;
      case "continue" -> false;
      default -> throw Refused.because("must be continue or stop", "Write one of the two.");
    };
  }

  private static YamlKeys keys(String mapping) {
    return KEYS.getOrDefault(mapping, new YamlKeys(List.of(), List.of()));
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
                "acknowledge",
                "retry",
                "exhausted",
                "owed",
                "pause",
                "allow",
                "tls",
                "format",
                "headers",
                "integers",
                "max-body",
                "method",
                "path",
                "subscriptions")));
    keys.put("allow", new YamlKeys(List.of(), List.of("http", "networks")));
    keys.putAll(DeliveryKeys.KEYS);
    keys.putAll(AuthenticationKeys.KEYS);
    keys.putAll(BodyKeys.KEYS);
    keys.putAll(RequestLineKeys.KEYS);
    keys.putAll(TlsKeys.KEYS);
    keys.putAll(SubscriptionKeys.KEYS);
    return Map.copyOf(keys);
  }
}
