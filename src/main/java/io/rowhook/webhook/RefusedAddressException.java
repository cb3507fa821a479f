package io.rowhook.webhook;

import java.net.UnknownHostException;

/** A recipient's host has no address that {@link Networks} lets through; the message says why. */
final class RefusedAddressException extends UnknownHostException {

  private static final long serialVersionUID = 1;

  RefusedAddressException(String message) {
    super(message);
  }
}
