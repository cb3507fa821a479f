package io.rowhook.webhook.http;

import io.rowhook.webhook.AddressPolicy;
import java.net.UnknownHostException;

/**
 * A recipient's host has no address that {@link AddressPolicy} lets through; the message says why.
 */
public final class BlockedAddressException extends UnknownHostException {

  private static final long serialVersionUID = 1;

  BlockedAddressException(String message) {
    super(message);
  }
}
