package io.rowhook.settings.yaml;

import io.rowhook.settings.yaml.YamlNode.Fields;
import io.rowhook.settings.yaml.YamlNode.Items;
import io.rowhook.settings.yaml.YamlNode.Scalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What may stand after a setting's name: how it is read, and what the JSON Schema and the reference
 * say of it. Immutable.
 *
 * @param <T> what is read
 */
public sealed interface Value<T> {

  /**
   * Returns what the mapping has under this name; empty where it has nothing, and where what is
   * wrong was reported.
   */
  Optional<T> read(Fields fields, String name);

  /**
   * Returns the limits that follow from the kind of value, in Markdown; empty if there are none.
   */
  default String limits() {
    return "";
  }

  /** Returns a default as JSON has it. */
  default Object json(T value) {
    throw new IllegalStateException("has no default in the schema");
  }

  /**
   * One text, number or other single value.
   *
   * @param parser what it must be
   * @param schema of JSON Schema, draft 7
   * @param limits in Markdown; empty if there are none
   * @param written a value as JSON has it
   * @param mask makes of what is written in the file what may be shown; empty: all of it
   */
  record One<T>(
      ValueParser<T> parser,
      Map<String, Object> schema,
      String limits,
      Function<T, Object> written,
      Optional<UnaryOperator<String>> mask)
      implements Value<T> {

    /** One that may be shown. */
    One(
        ValueParser<T> parser,
        Map<String, Object> schema,
        String limits,
        Function<T, Object> written) {
      this(parser, schema, limits, written, Optional.empty());
    }

    private static final UnaryOperator<String> SECRET = SecretMask::whole;

    /** The same, of which no more is shown than a reference. */
    public One<T> secret() {
      return shownAs(SECRET);
    }

    /** Whether all of it is secret. */
    boolean isSecret() {
      return mask.filter(SECRET::equals).isPresent();
    }

    /** The same, of which what is written is shown so. */
    public One<T> shownAs(UnaryOperator<String> mask) {
      return new One<>(parser, schema, limits, written, Optional.of(mask));
    }

    /** Returns what may be shown of what is written in a file. */
    String shown(String text) {
      return mask.map(one -> one.apply(text)).orElse(text);
    }

    @Override
    public Optional<T> read(Fields fields, String name) {
      return fields.read(name, parser);
    }

    @Override
    public Object json(T value) {
      return written.apply(value);
    }
  }

  /**
   * A list of single values, or one in place of a list of one.
   *
   * @param min how many, at least
   * @param max how many, at most
   * @param unique whether each may stand there only once
   */
  record Many<T>(One<T> item, int min, int max, boolean unique) implements Value<List<T>> {

    @Override
    public Optional<List<T>> read(Fields fields, String name) {
      return fields.readList(name, item.parser());
    }

    @Override
    public String limits() {
      List<String> limits = new ArrayList<>();
      if (!item.limits().isEmpty()) {
        limits.add(item.limits() + (max < Integer.MAX_VALUE ? " each" : ""));
      }
      if (max < Integer.MAX_VALUE) {
        limits.add(min > 0 ? min + " to " + max + " of them" : max + " at most");
      }
      return String.join("; ", limits);
    }

    @Override
    public Object json(List<T> value) {
      return value.stream().map(item::json).toList();
    }
  }

  /** A mapping of settings, read with its keys checked. */
  record Mapping(ObjectSetting<?> object) implements Value<Fields> {

    @Override
    public Optional<Fields> read(Fields fields, String name) {
      return fields.mapping(name).map(inner -> inner.check(object));
    }
  }

  /** A name for a whole mapping, or a list that stands for it, or the mapping itself. */
  record MappingOr(Value<?> shortcut, ObjectSetting<?> object) implements Value<YamlNode> {

    @Override
    public Optional<YamlNode> read(Fields fields, String name) {
      return fields
          .get(name)
          .map(node -> node instanceof Fields inner ? inner.check(object) : node);
    }

    @Override
    public String limits() {
      return shortcut.limits();
    }
  }

  /** A list of mappings, whose keys are checked where each is read. */
  record Mappings(ObjectSetting<?> object) implements Value<Items> {

    @Override
    public Optional<Items> read(Fields fields, String name) {
      return fields.list(name);
    }
  }

  /**
   * A mapping whose keys are names that the file chooses.
   *
   * @param each what stands under a name
   * @param names a pattern of these; empty for any
   * @param min how many, at least
   * @param max how many, at most
   */
  record Named(Value<?> each, String names, int min, int max) implements Value<Fields> {

    @Override
    public Optional<Fields> read(Fields fields, String name) {
      return fields.mapping(name);
    }

    @Override
    public String limits() {
      return max < Integer.MAX_VALUE ? max + " at most" : "";
    }
  }

  /** Any text but none at all, if the rule takes it. */
  static <T> One<T> text(ValueParser<T> parser) {
    return new One<>(parser, Map.of("type", "string", "minLength", 1), "", Object::toString);
  }

  /** A single value that the schema says this of. */
  static <T> One<T> of(ValueParser<T> parser, Map<String, Object> schema) {
    return new One<>(parser, schema, "", Object::toString);
  }

  static One<Boolean> flag() {
    return new One<>(
        ValueParser.flag(), orReference(Map.of("type", "boolean")), "", value -> value);
  }

  /** A whole number within limits, both included. */
  static One<Integer> integer(int min, int max) {
    return integer(ValueParser.integer(min, max), min, max);
  }

  /** A whole number within limits, both included, that a rule takes. */
  static One<Integer> integer(ValueParser<Integer> parser, int min, int max) {
    return new One<>(
        parser,
        orReference(Map.of("type", "integer", "minimum", min, "maximum", max)),
        min + " to " + max,
        value -> value);
  }

  /** A part of one. */
  static One<Double> part() {
    return new One<>(
        ValueParser.part(),
        orReference(Map.of("type", "number", "minimum", 0, "maximum", 1)),
        "0 to 1",
        value -> value);
  }

  /** {@code 500ms 5s 10m 1h 10d}, within limits, both included. */
  static One<Duration> duration(Duration min, Duration max) {
    return new One<>(
        ValueParser.duration(min, max),
        Map.of("type", "string", "pattern", "^" + ValueParser.DURATION + "$|\\$\\{"),
        ValueParser.written(min) + " to " + ValueParser.written(max),
        ValueParser::written);
  }

  /** {@code 64KB 10MB 2GB}, as bytes. */
  static One<Long> bytes(long min, String example) {
    return new One<>(
        ValueParser.bytes(min, example),
        Map.of("type", "string", "pattern", "^" + ValueParser.SIZE + "$|\\$\\{"),
        "at least " + ValueParser.size(min),
        ValueParser::size);
  }

  /** One of the names of an enum. */
  static <E extends Enum<E>> One<E> oneOf(Class<E> type) {
    return oneOf(
        ValueParser.oneOf(type), Arrays.stream(type.getEnumConstants()).map(Enum::name).toList());
  }

  /** One of these names, as the rule reads them. */
  static <T> One<T> oneOf(ValueParser<T> parser, List<String> names) {
    return new One<>(
        parser, Map.of("enum", names), "`" + String.join("`, `", names) + "`", Object::toString);
  }

  /** Any number of these, or one without brackets. */
  static <T> Many<T> listOf(One<T> item) {
    return new Many<>(item, 0, Integer.MAX_VALUE, false);
  }

  /** As {@link #listOf}, but never none. */
  static <T> Many<T> someOf(One<T> item) {
    return new Many<>(item, 1, Integer.MAX_VALUE, false);
  }

  /** A name of a mapping as a whole, or the mapping. */
  static <T> T either(
      Optional<YamlNode> node, ValueParser<T> name, Function<Fields, T> mapping, T otherwise) {
    return switch (node.orElse(null)) {
      case null -> otherwise;
      case Scalar scalar -> scalar.read(name).orElse(otherwise);
      case Items items -> Yaml.<T>wrongKind(items, "a mapping", items.session()).orElse(otherwise);
      case Fields inner -> mapping.apply(inner);
    };
  }

  private static Map<String, Object> orReference(Map<String, Object> schema) {
    return Map.of(
        "anyOf", List.of(schema, Map.of("type", "string", "pattern", "\\$\\{(env|file):")));
  }
}
