package io.rowhook.settings.recipients;

import io.rowhook.recipient.AcknowledgementRule;
import io.rowhook.settings.yaml.InvalidValueException;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.MappingOr;
import io.rowhook.settings.yaml.ValueParser;
import io.rowhook.settings.yaml.YamlNode;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code acknowledge} in a recipient's file: which answers mean that it has a delivery. */
final class AcknowledgementParser {

  private static final int MAX_STATUS = 599;

  private static final Map<String, AcknowledgementRule> PRESETS =
      Map.of(
          "any-2xx",
          AcknowledgementRule.ANY_2XX,
          "xena",
          AcknowledgementRule.XENA,
          "getresponse",
          AcknowledgementRule.GETRESPONSE);

  private static final Setting<List<Integer>> STATUS =
      Setting.required(
              "status",
              Value.someOf(Value.integer(AcknowledgementParser::acknowledging, 200, MAX_STATUS)),
              "statuses that acknowledge: `{ status: [200, 202], when: \".ok == true\", final: [422]"
                  + " }`")
          .within("not those from 300 to 399");

  private static final Setting<String> WHEN =
      Setting.of(
              "when",
              Value.text(ValueParser.condition("\".ok == true\"")),
              "a JSLT condition on the answer, which must be JSON then")
          .within("an answer of at most 64 KB")
          .without("none");

  private static final Setting<List<Integer>> FINAL =
      Setting.of(
              "final",
              Value.someOf(Value.integer(300, MAX_STATUS)),
              "statuses after which there is no use in trying again")
          .without("none");

  static final Setting<YamlNode> SETTING =
      Setting.of(
              "acknowledge",
              new MappingOr(
                  Value.oneOf(
                      AcknowledgementParser::preset, List.of("any-2xx", "xena", "getresponse")),
                  ObjectSetting.of(STATUS, WHEN, FINAL)),
              "`any-2xx`; `xena`: 200 and `{\"Success\": true}`; `getresponse`: 200, 201 or 202 and"
                  + " `{\"status\": \"OK\"}`; or a mapping")
          .without("`any-2xx`");

  private AcknowledgementParser() {}

  static AcknowledgementRule read(Fields recipient) {
    return Value.either(
        recipient.read(SETTING),
        AcknowledgementParser::preset,
        AcknowledgementParser::rule,
        AcknowledgementRule.ANY_2XX);
  }

  private static AcknowledgementRule preset(String value) throws InvalidValueException {
    AcknowledgementRule preset = PRESETS.get(value);
    if (preset == null) {
      throw InvalidValueException.because(
          "must be any-2xx, xena or getresponse, or a mapping with status, when and final",
          "Write for example acknowledge: {status: [200, 202], when: \".ok == true\"}.");
    }
    return preset;
  }

  private static AcknowledgementRule rule(Fields fields) {
    Set<Integer> status = statuses(fields, STATUS);
    Set<Integer> last = statuses(fields, FINAL);
    Set<Integer> both = new HashSet<>(status);
    both.retainAll(last);
    if (!both.isEmpty()) {
      fields.problem(
          FINAL,
          "acknowledge.final must not name what acknowledge.status names too, got: "
              + both.iterator().next()
              + ". Take it out of one of them.");
    }
    Optional<String> when = fields.read(WHEN);
    return new AcknowledgementRule(status, when, last);
  }

  private static Set<Integer> statuses(Fields fields, Setting<List<Integer>> setting) {
    List<Integer> named = fields.read(setting).orElse(List.of());
    if (fields.hasEmptyList(setting)) {
      fields.problem(
          setting,
          "acknowledge." + setting.name() + " is an empty list. Name statuses, as [200, 202].");
    }
    return Set.copyOf(named);
  }

  private static int acknowledging(String value) throws InvalidValueException {
    int status = ValueParser.integer(200, MAX_STATUS).apply(value);
    if (status >= 300 && status < 400) {
      throw InvalidValueException.because(
          "must not be a redirect, which is always a failure", "Take it out.");
    }
    return status;
  }
}
