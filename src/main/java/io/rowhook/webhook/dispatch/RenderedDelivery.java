package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import io.rowhook.webhook.http.RequestTarget;

/**
 * A delivery whose request can be made.
 *
 * @param delivery with the match that it goes by
 */
record RenderedDelivery(Delivery delivery, RequestTarget target, RenderedBody body) {

  /** Whether it can go in one request with another. */
  boolean joins(RenderedDelivery first) {
    return target.equals(first.target) && isArray() && first.isArray();
  }

  /** As decided when it was dispatched, whatever its recipient takes by now. */
  boolean isArray() {
    return body.set().array();
  }
}
