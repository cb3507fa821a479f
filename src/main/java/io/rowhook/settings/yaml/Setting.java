package io.rowhook.settings.yaml;

import java.util.Optional;

/**
 * One setting, stated once: keys that are allowed, the JSON Schema, the difference between two
 * settings and the page of reference are made from this. Immutable.
 *
 * @param name its key in the file
 * @param value what may stand there
 * @param required whether its mapping must have it
 * @param fallback what is in force without it
 * @param sentence what it does, in Markdown, without a full stop at the end
 * @param limits what the kind of value does not say of its limits, in Markdown; may be empty
 * @param absent what holds without it, in Markdown; for those without a fallback
 * @param above whether the reference has described its mapping already, under another name
 */
public record Setting<T>(
    String name,
    Value<T> value,
    boolean required,
    Optional<T> fallback,
    String sentence,
    String limits,
    String absent,
    boolean above) {

  /** One that may be left out. */
  public static <T> Setting<T> of(String name, Value<T> value, String sentence) {
    return new Setting<>(name, value, false, Optional.empty(), sentence, "", "", false);
  }

  /** One that its mapping must have. */
  public static <T> Setting<T> required(String name, Value<T> value, String sentence) {
    return new Setting<>(name, value, true, Optional.empty(), sentence, "", "", false);
  }

  /** The same with its default. */
  public Setting<T> or(T other) {
    return new Setting<>(
        name, value, required, Optional.of(other), sentence, limits, absent, above);
  }

  /** The same with a description of what holds without it, for a default that is no fixed value. */
  public Setting<T> without(String words) {
    return new Setting<>(name, value, required, fallback, sentence, limits, words, above);
  }

  /** The same with limits that the kind of value does not say. */
  public Setting<T> within(String words) {
    return new Setting<>(name, value, required, fallback, sentence, words, absent, above);
  }

  /** The same, whose mapping the reference describes elsewhere. */
  public Setting<T> asAbove() {
    return new Setting<>(name, value, required, fallback, sentence, limits, absent, true);
  }
}
