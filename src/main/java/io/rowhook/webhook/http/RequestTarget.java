package io.rowhook.webhook.http;

import io.rowhook.recipient.Method;
import io.rowhook.webhook.WebhookClient;
import java.net.URI;

/**
 * Where one request goes: made by {@link RequestTargets}, sent by {@link WebhookClient}.
 *
 * @param method of the request
 * @param url the recipient's, with what its settings append to the path
 */
public record RequestTarget(Method method, URI url) {

  @Override
  public String toString() {
    return "RequestTarget[" + method + "]"; // the URL may hold a secret
  }
}
