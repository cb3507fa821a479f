package io.rowhook.settings.recipients;

import io.rowhook.recipient.CircuitBreakerConfig;
import io.rowhook.settings.yaml.InvalidValueException;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.Many;
import io.rowhook.settings.yaml.Value.MappingOr;
import io.rowhook.settings.yaml.Value.One;
import io.rowhook.settings.yaml.YamlNode;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.time.Duration;
import java.util.List;

/** Reads {@code pause} in a recipient's file: when one that fails too often is left alone. */
final class CircuitBreakerParser {

  private static final int MAX_PROBES = 100;
  private static final One<Duration> WAIT =
      Value.duration(Duration.ofSeconds(1), Duration.ofDays(30));

  private static final Setting<Integer> FAILURES =
      Setting.of(
              "failures",
              Value.integer(0, CircuitBreakerConfig.MOST_FAILURES),
              "so many failed attempts are borne; with one more it is left alone for a while")
          .or(CircuitBreakerConfig.DEFAULT.failures());

  private static final Setting<Duration> WITHIN =
      Setting.of("within", WAIT, "in which time").or(CircuitBreakerConfig.DEFAULT.within());

  private static final Setting<List<Duration>> PROBE =
      Setting.of(
              "probe",
              new Many<>(WAIT, 1, MAX_PROBES, false),
              "how long to wait before each probe, which is one delivery alone; the last wait is"
                  + " repeated")
          .within("none shorter than the one before")
          .or(CircuitBreakerConfig.DEFAULT.probe());

  static final Setting<YamlNode> SETTING =
      Setting.of(
              "pause",
              new MappingOr(
                  Value.oneOf(CircuitBreakerParser::preset, List.of("xena")),
                  ObjectSetting.of(FAILURES, WITHIN, PROBE)),
              "when a recipient that fails too often is left alone: a mapping, or `xena`, which is"
                  + " 10 failures in 10 minutes and an hour's rest before each probe")
          .without("the mapping's");

  private CircuitBreakerParser() {}

  static CircuitBreakerConfig read(Fields recipient) {
    return Value.either(
        recipient.read(SETTING),
        CircuitBreakerParser::preset,
        CircuitBreakerParser::breaker,
        CircuitBreakerConfig.DEFAULT);
  }

  private static CircuitBreakerConfig preset(String value) throws InvalidValueException {
    if (!value.equals("xena")) {
      throw InvalidValueException.because(
          "must be xena, or a mapping with failures, within and probe",
          "Write for example pause: {failures: 10, within: 10m, probe: [5s, 1m, 1h]}.");
    }
    return CircuitBreakerConfig.XENA;
  }

  private static CircuitBreakerConfig breaker(Fields fields) {
    List<Duration> probe = fields.readOrDefault(PROBE);
    if (probe.isEmpty() || probe.size() > MAX_PROBES) {
      fields.problem(
          PROBE,
          "pause.probe must be from 1 to "
              + MAX_PROBES
              + " waits, got: "
              + probe.size()
              + ". Write for example [5s, 1m, 1h].");
      probe = CircuitBreakerConfig.DEFAULT.probe();
    }
    RetryPolicyParser.outOfOrder(probe, false)
        .ifPresent(which ->
            fields.problem(
                PROBE,
                "pause.probe must not shrink, since the last wait is repeated, got: "
                    + which
                    + ". Put them in order."));
    return new CircuitBreakerConfig(
        fields.readOrDefault(FAILURES), fields.readOrDefault(WITHIN), probe);
  }
}
