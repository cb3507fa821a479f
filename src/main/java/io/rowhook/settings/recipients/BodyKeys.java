package io.rowhook.settings.recipients;

import io.rowhook.recipient.BodyFormat;
import io.rowhook.recipient.BodyLimit;
import io.rowhook.recipient.BodyLimit.Then;
import io.rowhook.recipient.Integers;
import io.rowhook.recipient.Unchanged;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.MappingOr;
import io.rowhook.settings.yaml.Value.One;
import io.rowhook.settings.yaml.Yaml;
import io.rowhook.settings.yaml.YamlNode;
import io.rowhook.settings.yaml.YamlNode.Fields;
import io.rowhook.settings.yaml.YamlNode.Items;
import io.rowhook.settings.yaml.YamlNode.Scalar;
import java.util.Optional;

/** Reads what a recipient's file says about its bodies: {@code max-body} and {@code integers}. */
final class BodyKeys {

  private static final One<Long> SIZE = Value.bytes(BodyLimit.MIN_BYTES, "256KB");

  private static final Setting<Long> BYTES =
      Setting.required("bytes", SIZE, "`{ bytes: 256KB, then: notify }`");

  private static final Setting<Then> THEN =
      Setting.of(
              "then",
              Value.oneOf(Then.class),
              "`failed`: the delivery ends failed, with both sizes as the reason. `notify`: built-in"
                  + " `notify` is sent in its place")
          .or(Then.failed);

  static final Setting<YamlNode> MAX_BODY =
      Setting.of(
              "max-body",
              new MappingOr(SIZE, ObjectSetting.of(BYTES, THEN)),
              "the largest body it takes, of the bytes that are sent: a size as `256KB`, or a"
                  + " mapping that says what becomes of a larger one. A retry sends what the first"
                  + " attempt sent, whatever was edited since")
          .without("any size");

  static final Setting<Integers> INTEGERS =
      Setting.of(
              "integers",
              Value.oneOf(Integers.class),
              "how integers beyond 2^53 are written in JSON, wherever they stand: `text` for a"
                  + " parser that makes doubles of numbers; all others stay numbers")
          .within("not with `xml`")
          .or(Integers.number);

  static final Setting<Unchanged> UNCHANGED =
      Setting.of(
              "unchanged",
              Value.oneOf(Unchanged.class),
              "what becomes of an update whose request is the same as what the recipient"
                  + " acknowledged last of the entity, such as a touch of a column that the attribute"
                  + " set does not show: `skip` does not send it; [what is the"
                  + " same](templates.md#only-what-is-different)")
          .within("`skip` not with `batch`")
          .or(Unchanged.send);

  private BodyKeys() {}

  /** A size alone stands for a mapping with {@code then: failed}. */
  static Optional<BodyLimit> limit(Fields recipient) {
    return switch (recipient.read(MAX_BODY).orElse(null)) {
      case null -> Optional.empty();
      case Scalar scalar ->
          scalar.read(SIZE.parser()).map(size -> new BodyLimit(size, Then.failed));
      case Items items -> Yaml.wrongKind(items, "a size or a mapping", items.session());
      case Fields fields -> {
        Then then = fields.readOrDefault(THEN);
        yield fields.read(BYTES).map(size -> new BodyLimit(size, then));
      }
    };
  }

  static Unchanged unchanged(Fields recipient) {
    Unchanged unchanged = recipient.readOrDefault(UNCHANGED);
    if (unchanged == Unchanged.skip && recipient.get(BatchParser.SETTING).isPresent()) {
      recipient.problem(
          UNCHANGED,
          "unchanged: skip is for one event a request, and batch puts several into one. Take one of"
              + " them out.");
    }
    return unchanged;
  }

  static Integers integers(Fields recipient, BodyFormat format) {
    Integers integers = recipient.readOrDefault(INTEGERS);
    if (format == BodyFormat.xml && recipient.get(INTEGERS).isPresent()) {
      recipient.problem(
          INTEGERS, "integers is for format: json only; in XML every number is text. Take it out.");
    }
    return integers;
  }
}
