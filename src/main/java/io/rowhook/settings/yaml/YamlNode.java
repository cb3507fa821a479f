package io.rowhook.settings.yaml;

import io.rowhook.base.DidYouMean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A value in a YAML file that knows its place and reports what is wrong with it there. */
public sealed interface YamlNode {

  Location location();

  /** What it is, for messages that must not show what it says. */
  String kind();

  /**
   * A text, number or other single value. References in it are resolved when it is read.
   *
   * @param written as in the file, without quotes
   * @param nothing there is no value at all: {@code key:} or {@code key: null}
   */
  record Scalar(Location location, String written, boolean nothing, ParseSession session)
      implements YamlNode {

    @Override
    public String kind() {
      return nothing ? "nothing" : "a single value";
    }

    public <T> Optional<T> read(ValueParser<T> parser) {
      if (nothing) {
        session
            .problems()
            .add(location, location.key() + " has no value. Give it one, or take it out.");
        return Optional.empty();
      }
      String value = written;
      try {
        value = session.references().resolve(written);
        return Optional.of(parser.apply(value));
      } catch (InvalidValueException invalidValueException) {
        boolean resolved = !value.equals(written);
        session
            .problems()
            .add(location, invalidValueException.sentence(location.key(), written, resolved));
        return Optional.empty();
      }
    }

    @Override
    public String toString() {
      return "Scalar[" + location + "]"; // the value may be a secret
    }
  }

  /** A list. */
  record Items(Location location, List<YamlNode> items, ParseSession session) implements YamlNode {

    public Items {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "a list";
    }

    /** Its values; those that break the rule are reported and left out. */
    <T> List<T> read(ValueParser<T> parser) {
      List<T> values = new ArrayList<>();
      for (YamlNode item : items) {
        if (item instanceof Scalar scalar) {
          scalar.read(parser).ifPresent(values::add);
        } else {
          Yaml.wrongKind(item, "a single value", session);
        }
      }
      return values;
    }
  }

  /** A mapping of keys to values, in the order of the file. */
  record Fields(
      Location location,
      Map<String, YamlNode> fields,
      Map<String, Location> keys,
      ParseSession session)
      implements YamlNode {

    @Override
    public String kind() {
      return "a mapping";
    }

    public Set<String> names() {
      return fields.keySet();
    }

    /** Reports keys that are not known, or missing. */
    public Fields check(ObjectSetting<?> object) {
      keys.forEach((name, at) -> {
        if (object.at(name).isEmpty()) {
          problem(at, unknown(name, at, object));
        }
      });
      for (String name : object.required()) {
        if (!keys.containsKey(name)) {
          String inside = location.key().isEmpty() ? "" : " in " + location.key();
          problem(location, name + " is missing" + inside + ". Add it.");
        }
      }
      return this;
    }

    private String unknown(String name, Location at, ObjectSetting<?> object) {
      String known = "Known here: " + String.join(", ", object.known()) + ".";
      if (fields.get(name) instanceof Scalar scalar && scalar.nothing()) {
        // {password:secret} is a key "password:secret" in YAML: the name must not be shown.
        return "a key that Rowhook does not know stands here without a value. Write a space after"
            + " the colon. "
            + known;
      }
      return Diagnostics.printable(at.key())
          + " is not a key that Rowhook knows. "
          + DidYouMean.to(name, object.keys())
              .map(near -> "Did you mean " + near + "?")
              .orElse(known);
    }

    private void problem(Location at, String sentence) {
      session.problems().add(at, sentence);
    }

    /** Reports what is wrong with a setting, where its value stands. */
    public void problem(Setting<?> setting, String sentence) {
      problem(location(setting), sentence);
    }

    /** Where the setting's value stands; without one, where the mapping does. */
    public Location location(Setting<?> setting) {
      return get(setting).map(YamlNode::location).orElse(location);
    }

    public Optional<YamlNode> get(String name) {
      return Optional.ofNullable(fields.get(name));
    }

    public Optional<YamlNode> get(Setting<?> setting) {
      return get(setting.name());
    }

    /** Whether it has an empty list there. */
    public boolean hasEmptyList(Setting<?> setting) {
      return fields.get(setting.name()) instanceof Items items && items.items().isEmpty();
    }

    /** A setting's value; empty where there is none and where what is wrong was reported. */
    public <T> Optional<T> read(Setting<T> setting) {
      return setting.value().read(this, setting.name());
    }

    /** As {@link #read(Setting)}, by a rule that depends on other settings. */
    public <T> Optional<T> read(Setting<T> setting, ValueParser<T> parser) {
      return read(setting.name(), parser);
    }

    /** A setting's value, or its default. */
    public <T> T readOrDefault(Setting<T> setting) {
      return read(setting).or(setting::fallback).orElseThrow();
    }

    /** A single value; empty where there is none and where it was reported. */
    public <T> Optional<T> read(String name, ValueParser<T> parser) {
      return switch (fields.get(name)) {
        case null -> Optional.empty();
        case Scalar scalar -> scalar.read(parser);
        case Items items -> Yaml.wrongKind(items, "a single value", session);
        case Fields inner -> Yaml.wrongKind(inner, "a single value", session);
      };
    }

    /** A list, or a single value in place of a list of one; empty where there is none. */
    public <T> Optional<List<T>> readList(String name, ValueParser<T> parser) {
      return switch (fields.get(name)) {
        case null -> Optional.empty();
        case Scalar scalar -> scalar.read(parser).map(List::of);
        case Items items -> Optional.of(items.read(parser));
        case Fields inner -> Yaml.wrongKind(inner, "a list", session);
      };
    }

    /** A list; empty where there is none and where it was reported. */
    Optional<Items> list(String name) {
      return switch (fields.get(name)) {
        case null -> Optional.empty();
        case Items items -> Optional.of(items);
        case Scalar scalar -> Yaml.wrongKind(scalar, "a list", session);
        case Fields inner -> Yaml.wrongKind(inner, "a list", session);
      };
    }

    /** A mapping; empty where there is none and where it was reported. */
    public Optional<Fields> mapping(String name) {
      return switch (fields.get(name)) {
        case null -> Optional.empty();
        case Fields inner -> Optional.of(inner);
        case Scalar scalar -> Yaml.wrongKind(scalar, "a mapping", session);
        case Items items -> Yaml.wrongKind(items, "a mapping", session);
      };
    }
  }
}
