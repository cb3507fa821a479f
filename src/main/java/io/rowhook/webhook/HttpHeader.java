package io.rowhook.webhook;

import io.rowhook.webhook.signing.Signer;
import io.rowhook.webhook.signing.WebhookHeaders;

/**
 * One header of a request: made by {@link Signer} and {@link WebhookHeaders}, written by {@link
 * WebhookClient}.
 */
public record HttpHeader(String name, String value) {

  @Override
  public String toString() {
    return name; // a value may be a credential
  }
}
