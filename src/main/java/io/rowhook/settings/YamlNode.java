package io.rowhook.settings;

import io.rowhook.base.DidYouMean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A value in a YAML file that knows its place and reports what is wrong with it there. */
sealed interface YamlNode {

  Place place();

  /** What it is, for messages that must not show what it says. */
  String kind();

  /**
   * A text, number or other single value. References in it are resolved when it is read.
   *
   * @param written as in the file, without quotes
   * @param nothing there is no value at all: {@code key:} or {@code key: null}
   */
  record Scalar(Place place, String written, boolean nothing, Reading reading) implements YamlNode {

    @Override
    public String kind() {
      return nothing ? "nothing" : "a single value";
    }

    <T> Optional<T> read(Rule<T> rule) {
      if (nothing) {
        reading.problems().add(place, place.key() + " has no value. Give it one, or take it out.");
        return Optional.empty();
      }
      String value = written;
      try {
        value = reading.references().resolve(written);
        return Optional.of(rule.apply(value));
      } catch (Refused refused) {
        boolean resolved = !value.equals(written);
        reading.problems().add(place, refused.sentence(place.key(), written, resolved));
        return Optional.empty();
      }
    }

    @Override
    public String toString() {
      return "Scalar[" + place + "]"; // the value may be a secret
    }
  }

  /** A list. */
  record Items(Place place, List<YamlNode> items, Reading reading) implements YamlNode {

    public Items {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "a list";
    }

    /** Its values; those that break the rule are reported and left out. */
    <T> List<T> read(Rule<T> rule) {
      List<T> values = new ArrayList<>();
      for (YamlNode item : items) {
        if (item instanceof Scalar scalar) {
          scalar.read(rule).ifPresent(values::add);
        } else {
          Yaml.wrongKind(item, "a single value", reading);
        }
      }
      return values;
    }
  }

  /** A mapping of keys to values, in the order of the file. */
  record Fields(Place place, Map<String, YamlNode> fields, Map<String, Place> keys, Reading reading)
      implements YamlNode {

    @Override
    public String kind() {
      return "a mapping";
    }

    Set<String> names() {
      return fields.keySet();
    }

    /** Reports keys that are not known, or missing. */
    Fields check(ObjectSetting<?> object) {
      List<String> known = object.known();
      keys.forEach((name, at) -> {
        if (!known.contains(name)) {
          problem(at, unknown(name, at, known));
        }
      });
      for (String name : object.required()) {
        if (!keys.containsKey(name)) {
          String inside = place.key().isEmpty() ? "" : " in " + place.key();
          problem(place, name + " is missing" + inside + ". Add it.");
        }
      }
      return this;
    }

    private String unknown(String name, Place at, List<String> known) {
      if (fields.get(name) instanceof Scalar scalar && scalar.nothing()) {
        // {password:secret} is a key "password:secret" in YAML: the name must not be shown.
        return "a key that Rowhook does not know stands here without a value. Write a space after"
            + " the colon. Known here: "
            + String.join(", ", known)
            + ".";
      }
      return Problems.printable(at.key())
          + " is not a key that Rowhook knows. "
          + DidYouMean.advice(name, known, "Known here");
    }

    private void problem(Place at, String sentence) {
      reading.problems().add(at, sentence);
    }

    /** Reports what is wrong with a setting, where its value stands. */
    void problem(Setting<?> setting, String sentence) {
      problem(place(setting), sentence);
    }

    /** Where the setting's value stands; without one, where the mapping does. */
    Place place(Setting<?> setting) {
      return get(setting).map(YamlNode::place).orElse(place);
    }

    Optional<YamlNode> get(String name) {
      return Optional.ofNullable(fields.get(name));
    }

    Optional<YamlNode> get(Setting<?> setting) {
      return get(setting.name());
    }

    /** Whether it has an empty list there. */
    boolean hasEmptyList(Setting<?> setting) {
      return fields.get(setting.name()) instanceof Items items && items.items().isEmpty();
    }

    /** A setting's value; empty where there is none and where what is wrong was reported. */
    <T> Optional<T> read(Setting<T> setting) {
      return setting.value().read(this, setting.name());
    }

    /** As {@link #read(Setting)}, by a rule that depends on other settings. */
    <T> Optional<T> read(Setting<T> setting, Rule<T> rule) {
      return read(setting.name(), rule);
    }

    /** A setting's value, or its default. */
    <T> T readOrDefault(Setting<T> setting) {
      return read(setting).or(setting::fallback).orElseThrow();
    }

    /** A single value; empty where there is none and where it was reported. */
    <T> Optional<T> read(String name, Rule<T> rule) {
      return switch (fields.get(name)) {
        case null -> Optional.empty();
        case Scalar scalar -> scalar.read(rule);
        case Items items -> Yaml.wrongKind(items, "a single value", reading);
        case Fields inner -> Yaml.wrongKind(inner, "a single value", reading);
      };
    }

    /** A list, or a single value in place of a list of one; empty where there is none. */
    <T> Optional<List<T>> readList(String name, Rule<T> rule) {
      return switch (fields.get(name)) {
        case null -> Optional.empty();
        case Scalar scalar -> scalar.read(rule).map(List::of);
        case Items items -> Optional.of(items.read(rule));
        case Fields inner -> Yaml.wrongKind(inner, "a list", reading);
      };
    }

    /** A list; empty where there is none and where it was reported. */
    Optional<Items> list(String name) {
      return switch (fields.get(name)) {
        case null -> Optional.empty();
        case Items items -> Optional.of(items);
        case Scalar scalar -> Yaml.wrongKind(scalar, "a list", reading);
        case Fields inner -> Yaml.wrongKind(inner, "a list", reading);
      };
    }

    /** A mapping; empty where there is none and where it was reported. */
    Optional<Fields> mapping(String name) {
      return switch (fields.get(name)) {
        case null -> Optional.empty();
        case Fields inner -> Optional.of(inner);
        case Scalar scalar -> Yaml.wrongKind(scalar, "a mapping", reading);
        case Items items -> Yaml.wrongKind(items, "a mapping", reading);
      };
    }
  }
}
