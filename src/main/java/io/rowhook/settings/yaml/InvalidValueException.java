package io.rowhook.settings.yaml;

import org.jspecify.annotations.Nullable;

/** A value that breaks a rule; caught where its place is known. */
public final class InvalidValueException extends Exception {

  private static final long serialVersionUID = 1;

  private final boolean shown;
  private final @Nullable String instead;
  private final String advice;

  private InvalidValueException(
      String rule, boolean shown, @Nullable String instead, String advice) {
    super(rule, null, false, false);
    this.shown = shown;
    this.instead = instead;
    this.advice = advice;
  }

  /** Stands in an advice for the value as it may be shown. */
  public static final String VALUE = "{value}";

  /**
   * The message shows the value.
   *
   * @param rule goes on after the key: {@code must be ...}
   * @param advice what to do, in whole sentences; may hold {@link #VALUE}, but never the value
   *     itself, which may have come from the environment
   */
  public static InvalidValueException because(String rule, String advice) {
    return new InvalidValueException(rule, true, null, advice);
  }

  /** The message says nothing about the value: it is a secret, or there is nothing to show. */
  public static InvalidValueException hidden(String rule, String advice) {
    return new InvalidValueException(rule, false, null, advice);
  }

  /** The message shows this in place of the value, part of which may be a secret. */
  public static InvalidValueException showing(String rule, String instead, String advice) {
    return new InvalidValueException(rule, true, instead, advice);
  }

  /**
   * The sentences for a problem.
   *
   * @param key whose value it is
   * @param written the value as it stands in the file: references are not resolved in it
   * @param resolved whether the value holds anything that does not stand in the file
   */
  public String sentence(String key, String written, boolean resolved) {
    String value = Diagnostics.printable(resolved || instead == null ? written : instead);
    String got = shown ? ", got: " + (value.isBlank() ? "an empty text" : value) : "";
    return key + " " + getMessage() + got + ". " + advice.replace(VALUE, value);
  }
}
