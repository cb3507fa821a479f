package io.rowhook.settings;

import io.rowhook.recipient.Acknowledge;
import io.rowhook.recipient.OwedLimit;
import io.rowhook.recipient.Pause;
import io.rowhook.recipient.Retry;
import io.rowhook.settings.YamlNode.Fields;
import io.rowhook.settings.YamlNode.Items;
import io.rowhook.settings.YamlNode.Scalar;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads what a recipient's file says about the fate of its deliveries: {@code acknowledge}, {@code
 * retry}, {@code pause} and {@code owed}.
 */
final class DeliveryKeys {

  private static final YamlKeys ACKNOWLEDGE =
      new YamlKeys(List.of("status"), List.of("when", "final"));
  private static final YamlKeys RETRY =
      new YamlKeys(List.of(), List.of("delays", "from", "jitter"));
  private static final YamlKeys PAUSE =
      new YamlKeys(List.of(), List.of("failures", "within", "probe"));
  private static final YamlKeys OWED = new YamlKeys(List.of(), List.of("age", "bytes"));

  /** By mapping, see {@link RecipientFile#KEYS}. */
  static final Map<String, YamlKeys> KEYS =
      Map.of("acknowledge", ACKNOWLEDGE, "retry", RETRY, "pause", PAUSE, "owed", OWED);

  private static final Duration MIN_DELAY = Duration.ofMillis(1);
  private static final Duration MAX_DELAY = Duration.ofDays(30);
  private static final int MAX_DELAYS = 100;
  private static final Duration MIN_AGE = Duration.ofSeconds(1);
  private static final Duration MAX_AGE = Duration.ofDays(3650);
  private static final long MIN_BYTES = 1L << 20;
  private static final Map<String, Acknowledge> PRESETS =
      Map.of(
          "any-2xx",
          Acknowledge.ANY_2XX,
          "xena",
          Acknowledge.XENA,
          "getresponse",
          Acknowledge.GETRESPONSE);

  private final Reading reading;

  DeliveryKeys(Reading reading) {
    this.reading = reading;
  }

  /** A preset's name, or a mapping that says it all. */
  private <T> T either(
      Optional<YamlNode> node, Rule<T> preset, Function<Fields, T> mapping, T otherwise) {
    return switch (node.orElse(null)) {
      case null -> otherwise;
      case Scalar scalar -> scalar.read(preset).orElse(otherwise);
      case Items items -> Yaml.<T>wrongKind(items, "a mapping", reading).orElse(otherwise);
      case Fields inner -> mapping.apply(inner);
    };
  }

  Acknowledge acknowledge(Fields fields) {
    return either(fields.get("acknowledge"), DeliveryKeys::rule, this::rule, Acknowledge.ANY_2XX);
  }

  private static Acknowledge rule(String value) throws Refused {
    Acknowledge preset = PRESETS.get(value);
    if (preset == null) {
      throw Refused.because(
          "must be any-2xx, xena or getresponse, or a mapping with status, when and final",
          "Write for example acknowledge: {status: [200, 202], when: \".ok == true\"}.");
    }
    return preset;
  }

  private Acknowledge rule(Fields fields) {
    fields.check(ACKNOWLEDGE);
    Set<Integer> status = statuses(fields, "status", 200);
    Set<Integer> last = statuses(fields, "final", 300);
    Set<Integer> both = new HashSet<>(status);
    both.retainAll(last);
    if (!both.isEmpty()) {
      problem(
          fields,
          "final",
          "acknowledge.final must not name what acknowledge.status names too, got: "
              + both.iterator().next()
              + ". Take it out of one of them.");
    }
    Optional<String> when = fields.read("when", Rule.condition("\".ok == true\""));
    return new Acknowledge(status, when, last);
  }

  private Set<Integer> statuses(Fields fields, String key, int from) {
    Optional<List<Integer>> named =
        fields.readList(
            key,
            value -> {
              int status = Rule.integer(from, 599).apply(value);
              if (key.equals("status") && status >= 300 && status < 400) {
                throw Refused.because(
                    "must not be a redirect, which is always a failure", "Take it out.");
              }
              return status;
            });
    if (named.isPresent() && named.get().isEmpty()) {
      boolean empty =
          fields.get(key).orElse(null) instanceof Items items && items.items().isEmpty();
      if (empty) {
        problem(
            fields, key, "acknowledge." + key + " is an empty list. Name statuses, as [200, 202].");
      }
    }
    return Set.copyOf(named.orElse(List.of()));
  }

  Retry retry(Fields fields) {
    return either(fields.get("retry"), DeliveryKeys::preset, this::schedule, Retry.DEFAULT);
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
    fields.check(RETRY);
    List<Duration> delays =
        fields
            .readList("delays", Rule.duration(MIN_DELAY, MAX_DELAY))
            .orElse(Retry.DEFAULT.delays());
    if (delays.size() > MAX_DELAYS) {
      problem(
          fields,
          "delays",
          "retry.delays must be at most "
              + MAX_DELAYS
              + " delays, got: "
              + delays.size()
              + ". Take some out.");
    }
    Retry.From from =
        fields.read("from", Rule.oneOf(Retry.From.class)).orElse(Retry.DEFAULT.from());
    double jitter = fields.read("jitter", Rule.part()).orElse(Retry.DEFAULT.jitter());
    if (from == Retry.From.first) {
      outOfOrder(delays, true)
          .ifPresent(which ->
              problem(
                  fields,
                  "delays",
                  "retry.delays must grow, since they all count from the first attempt, got: "
                      + which
                      + ". Put them in order, or write from: previous."));
    }
    return new Retry(delays, from, jitter);
  }

  /**
   * The first that may not follow the one before it, and that one, in words.
   *
   * @param strictly whether equal ones are out of order too
   */
  private static Optional<String> outOfOrder(List<Duration> waits, boolean strictly) {
    for (int i = 1; i < waits.size(); i++) {
      int compared = waits.get(i).compareTo(waits.get(i - 1));
      if (compared < 0 || (strictly && compared == 0)) {
        return Optional.of(Rule.written(waits.get(i)) + " after " + Rule.written(waits.get(i - 1)));
      }
    }
    return Optional.empty();
  }

  Pause pause(Fields fields) {
    return either(fields.get("pause"), DeliveryKeys::breaker, this::breaker, Pause.DEFAULT);
  }

  private static Pause breaker(String value) throws Refused {
    if (!value.equals("xena")) {
      throw Refused.because(
          "must be xena, or a mapping with failures, within and probe",
          "Write for example pause: {failures: 10, within: 10m, probe: [5s, 1m, 1h]}.");
    }
    return Pause.XENA;
  }

  private Pause breaker(Fields fields) {
    fields.check(PAUSE);
    Rule<Duration> duration = Rule.duration(MIN_AGE, MAX_DELAY);
    List<Duration> probe = fields.readList("probe", duration).orElse(Pause.DEFAULT.probe());
    if (probe.isEmpty() || probe.size() > MAX_DELAYS) {
      problem(
          fields,
          "probe",
          "pause.probe must be from 1 to "
              + MAX_DELAYS
              + " waits, got: "
              + probe.size()
              + ". Write for example [5s, 1m, 1h].");
      probe = Pause.DEFAULT.probe();
    }
    outOfOrder(probe, false)
        .ifPresent(which ->
            problem(
                fields,
                "probe",
                "pause.probe must not shrink, since the last wait is repeated, got: "
                    + which
                    + ". Put them in order."));
    return new Pause(
        fields
            .read("failures", Rule.integer(0, Pause.MOST_FAILURES))
            .orElse(Pause.DEFAULT.failures()),
        fields.read("within", duration).orElse(Pause.DEFAULT.within()),
        probe);
  }

  OwedLimit owed(Fields fields) {
    Optional<Fields> inner = fields.mapping("owed");
    if (inner.isEmpty()) {
      return OwedLimit.DEFAULT;
    }
    inner.get().check(OWED);
    return new OwedLimit(
        inner.get().read("age", Rule.duration(MIN_AGE, MAX_AGE)).orElse(OwedLimit.DEFAULT.age()),
        inner.get().read("bytes", DeliveryKeys::size).orElse(OwedLimit.DEFAULT.bytes()));
  }

  private static long size(String value) throws Refused {
    long bytes = Rule.bytes().apply(value);
    if (bytes < MIN_BYTES) {
      throw Refused.because("must be at least 1MB", "Write for example 2GB.");
    }
    return bytes;
  }

  private void problem(Fields fields, String key, String sentence) {
    reading.problems().add(place(fields, key), sentence);
  }

  private static Place place(Fields fields, String key) {
    return fields.get(key).map(YamlNode::place).orElse(fields.place());
  }
}
