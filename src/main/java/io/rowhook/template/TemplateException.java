package io.rowhook.template;

/**
 * An attribute set cannot be read, or cannot render an event. The message names file, line and
 * rule, and no values.
 */
public final class TemplateException extends Exception {

  private static final long serialVersionUID = 1;

  public TemplateException(String message) {
    super(message);
  }

  public TemplateException(String message, Throwable cause) {
    super(message, cause);
  }
}
