package io.rowhook.webhook;

import io.rowhook.journal.Delivery;
import java.util.List;

/**
 * Says what a request carries so that its recipient's traces go on from it. Asked once an attempt,
 * on its thread; must return at once, and not throw.
 */
@FunctionalInterface
public interface TraceHeaders {

  /** Requests carry nothing of traces. */
  TraceHeaders NONE = (_, _) -> List.of();

  /**
   * The headers of one request.
   *
   * @param requestId of the attempt, as {@link io.rowhook.journal.Attempt#requestId} has it
   * @param deliveries that go in it, in their order; at least one
   */
  List<HttpHeader> of(String requestId, List<Delivery> deliveries);
}
