package io.rowhook.journal;

/** The journal cannot do what it must: locked, unwritable, full or damaged; the message says which, where, and what to do. */
public final class JournalException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public JournalException(String message, Throwable cause) {
    super(message, cause);
  }
}
