package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import io.rowhook.recipient.BodyFormat;
import io.rowhook.webhook.http.RequestTarget;

/**
 * A delivery whose request can be made.
 *
 * @param delivery with the match that it goes by
 */
record RenderedDelivery(Delivery delivery, RequestTarget target, RenderedBody body) {

  /** Whether it can go in one request with another. */
  boolean joins(RenderedDelivery first) {
    return target.equals(first.target) && isJson() && first.isJson();
  }

  boolean isJson() {
    return body.set().format() == BodyFormat.json;
  }
}
