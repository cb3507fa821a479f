package io.rowhook.journal;

/** What a person asks of the journal cannot be done; the message says why and what can be. */
public final class OperationException extends Exception {

  private static final long serialVersionUID = 1;

  public OperationException(String message) {
    super(message);
  }
}
