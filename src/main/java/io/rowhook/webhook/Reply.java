package io.rowhook.webhook;

import java.util.Optional;

/** What came back from one POST: made by {@link Sender}, weighed by {@link Judge}. */
public sealed interface Reply {

  /**
   * An HTTP answer, complete or cut at {@link Sender#ANSWER_LIMIT}.
   *
   * @param status as sent
   * @param retryAfter the header of that name
   * @param location the header of that name
   * @param delivery the header {@code Webhook-Delivery}
   * @param body what was read of it; not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(
      int status,
      Optional<String> retryAfter,
      Optional<String> location,
      Optional<String> delivery,
      byte[] body)
      implements Reply {

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
  record Silence(String reason) implements Reply {}
}
