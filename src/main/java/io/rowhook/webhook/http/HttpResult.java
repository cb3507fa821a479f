package io.rowhook.webhook.http;

import io.rowhook.webhook.WebhookClient;
import io.rowhook.webhook.policy.ResponseClassifier;
import java.util.Optional;

/**
 * What came back from one POST: made by {@link WebhookClient}, weighed by {@link
 * ResponseClassifier}.
 */
public sealed interface HttpResult {

  /**
   * An HTTP answer, complete or cut at {@link WebhookClient#ANSWER_LIMIT}.
   *
   * @param status as sent
   * @param retryAfter the header of that name
   * @param location the header of that name
   * @param delivery the header {@code Webhook-Delivery}
   * @param body what was read of it; not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Response(
      int status,
      Optional<String> retryAfter,
      Optional<String> location,
      Optional<String> delivery,
      byte[] body)
      implements HttpResult {

    @Override
    public String toString() {
      return "Answer[" + status + ", " + body.length + " bytes]";
    }
  }

  /**
   * No answer, or not a complete one.
   *
   * @param reason in words; names at most the host
   */
  record NoResponse(String reason) implements HttpResult {}
}
