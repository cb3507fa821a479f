package io.rowhook.settings;

import io.rowhook.recipient.BodyLimit;
import io.rowhook.recipient.BodyLimit.Then;
import io.rowhook.recipient.Format;
import io.rowhook.recipient.Integers;
import io.rowhook.settings.YamlNode.Fields;
import io.rowhook.settings.YamlNode.Items;
import io.rowhook.settings.YamlNode.Scalar;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what a recipient's file says about its bodies: {@code max-body} and {@code integers}. */
final class BodyKeys {

  private static final YamlKeys MAX_BODY = new YamlKeys(List.of("bytes"), List.of("then"));

  /** By mapping, see {@link RecipientFile#KEYS}. */
  static final Map<String, YamlKeys> KEYS = Map.of("max-body", MAX_BODY);

  private BodyKeys() {}

  /** A size alone stands for a mapping with {@code then: failed}. */
  static Optional<BodyLimit> limit(Fields recipient, Reading reading) {
    return switch (recipient.get("max-body").orElse(null)) {
      case null -> Optional.empty();
      case Scalar scalar ->
          scalar.read(BodyKeys::size).map(size -> new BodyLimit(size, Then.failed));
      case Items items -> Yaml.wrongKind(items, "a size or a mapping", reading);
      case Fields fields -> limit(fields.check(MAX_BODY));
    };
  }

  private static Optional<BodyLimit> limit(Fields fields) {
    Then then = fields.read("then", Rule.oneOf(Then.class)).orElse(Then.failed);
    return fields.read("bytes", BodyKeys::size).map(size -> new BodyLimit(size, then));
  }

  private static long size(String value) throws Refused {
    long size = Rule.bytes().apply(value);
    if (size < BodyLimit.MIN_BYTES) {
      throw Refused.because("must be at least 1KB", "Write for example 256KB.");
    }
    return size;
  }

  static Integers integers(Fields recipient, Format format, Reading reading) {
    Optional<Integers> integers = recipient.read("integers", Rule.oneOf(Integers.class));
    Optional<YamlNode> node = recipient.get("integers");
    if (format == Format.xml && node.isPresent()) {
      reading
          .problems()
          .add(
              node.get().place(),
              "integers is for format: json only; in XML every number is text. Take it out.");
    }
    return integers.orElse(Integers.number);
  }
}
