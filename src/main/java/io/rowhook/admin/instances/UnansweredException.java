package io.rowhook.admin.instances;

/** Another instance does not answer; the message says why, without an end of a sentence. */
public final class UnansweredException extends Exception {

  private static final long serialVersionUID = 1;

  UnansweredException(String why) {
    super(why);
  }

  UnansweredException(String why, Throwable cause) {
    super(why, cause);
  }

  /** Why. */
  public String why() {
    return String.valueOf(getMessage());
  }
}
