package io.rowhook.settings;

import java.util.List;

/**
 * Settings that cannot be used, with everything that is wrong with them. No message holds a secret
 * or a value that came from the environment or another file.
 */
public final class SettingsException extends Exception {

  private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // never serialized
  private final List<String> problems;

  /**
   * Settings that have these problems.
   *
   * @param problems at least one; each whole sentences that name place, rule, value and what to do
   */
  public SettingsException(List<String> problems) {
    super(String.join(System.lineSeparator(), problems));
    this.problems = List.copyOf(problems);
  }

  /** Each one names place, rule, value and what to do. */
  public List<String> problems() {
    return problems;
  }
}
