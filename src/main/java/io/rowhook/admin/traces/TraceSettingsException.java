package io.rowhook.admin.traces;

/** What the environment asks for cannot be; the message names the variable, the rule, the value. */
final class TraceSettingsException extends Exception {

  private static final long serialVersionUID = 1L;

  TraceSettingsException(String message) {
    super(message);
  }
}
