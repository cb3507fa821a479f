package io.rowhook.journal;

/** What a person asks of the journal cannot be done; the message says why and what can be. */
public final class DeliveryAdminException extends Exception {

  private static final long serialVersionUID = 1;

  public DeliveryAdminException(String message) {
    super(message);
  }
}
