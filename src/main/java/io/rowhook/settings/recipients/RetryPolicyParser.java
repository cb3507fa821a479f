package io.rowhook.settings.recipients;

import io.rowhook.recipient.RetryPolicy;
import io.rowhook.settings.yaml.InvalidValueException;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.Many;
import io.rowhook.settings.yaml.Value.MappingOr;
import io.rowhook.settings.yaml.ValueParser;
import io.rowhook.settings.yaml.YamlNode;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads {@code retry} in a recipient's file: when a failed attempt is made again. */
final class RetryPolicyParser {

  private static final int MAX_DELAYS = 100;

  private static final Setting<List<Duration>> DELAYS =
      Setting.of(
              "delays",
              new Many<>(
                  Value.duration(Duration.ofMillis(1), Duration.ofDays(30)), 0, MAX_DELAYS, false),
              "one for each retry")
          .within("with `from: first` growing")
          .or(RetryPolicy.DEFAULT.delays());

  private static final Setting<RetryPolicy.From> FROM =
      Setting.of(
              "from",
              Value.oneOf(RetryPolicy.From.class),
              "what delays count from: the attempt before, or the first")
          .or(RetryPolicy.DEFAULT.from());

  private static final Setting<Double> JITTER =
      Setting.of("jitter", Value.part(), "by which part of itself a delay is moved at random")
          .or(RetryPolicy.DEFAULT.jitter());

  static final Setting<YamlNode> SETTING =
      Setting.of(
              "retry",
              new MappingOr(
                  Value.oneOf(RetryPolicyParser::preset, List.of("actindo")),
                  ObjectSetting.of(DELAYS, FROM, JITTER)),
              "when a failed attempt is made again: a mapping, or `actindo`, which is 60, 120, 300"
                  + " and 600 seconds after the first attempt, without jitter")
          .without("the mapping's");

  private RetryPolicyParser() {}

  static RetryPolicy read(Fields recipient) {
    return Value.either(
        recipient.read(SETTING),
        RetryPolicyParser::preset,
        RetryPolicyParser::schedule,
        RetryPolicy.DEFAULT);
  }

  private static RetryPolicy preset(String value) throws InvalidValueException {
    if (!value.equals("actindo")) {
      throw InvalidValueException.because(
          "must be actindo, or a mapping with delays, from and jitter",
          "Write for example retry: {delays: [5s, 5m, 30m]}.");
    }
    return RetryPolicy.ACTINDO;
  }

  private static RetryPolicy schedule(Fields fields) {
    List<Duration> delays = fields.readOrDefault(DELAYS);
    if (delays.size() > MAX_DELAYS) {
      fields.problem(
          DELAYS,
          "retry.delays must be at most "
              + MAX_DELAYS
              + " delays, got: "
              + delays.size()
              + ". Take some out.");
    }
    RetryPolicy.From from = fields.readOrDefault(FROM);
    double jitter = fields.readOrDefault(JITTER);
    if (from == RetryPolicy.From.first) {
      outOfOrder(delays, true)
          .ifPresent(which ->
              fields.problem(
                  DELAYS,
                  "retry.delays must grow, since they all count from the first attempt, got: "
                      + which
                      + ". Put them in order, or write from: previous."));
    }
    return new RetryPolicy(delays, from, jitter);
  }

  /**
   * The first that may not follow the one before it, and that one, in words.
   *
   * @param strictly whether equal ones are out of order too
   */
  static Optional<String> outOfOrder(List<Duration> waits, boolean strictly) {
    for (int i = 1; i < waits.size(); i++) {
      int compared = waits.get(i).compareTo(waits.get(i - 1));
      if (compared < 0 || (strictly && compared == 0)) {
        return Optional.of(
            ValueParser.written(waits.get(i)) + " after " + ValueParser.written(waits.get(i - 1)));
      }
    }
    return Optional.empty();
  }
}
