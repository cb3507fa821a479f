package io.rowhook.admin.traces;

import io.rowhook.admin.PublicationListener;
import io.rowhook.admin.TraceContext;
import io.rowhook.entity.Event;
import io.rowhook.journal.Delivery;
import io.rowhook.webhook.DeliveryListener;
import io.rowhook.webhook.HttpHeader;
import io.rowhook.webhook.TraceHeaders;
import java.util.List;
import java.util.Optional;

/**
 * Takes no part in a trace, and so passes on the {@code traceparent} that a transaction gave, as
 * W3C's Trace Context asks of whoever takes none.
 */
final class NoTraces implements Traces {

  private static final PublicationListener UNHEARD = new PublicationListener() {};

  private final TraceHeaders headers;

  /**
   * @param propagates whether a given one is passed on
   */
  NoTraces(boolean propagates) {
    this.headers = propagates ? (_, deliveries) -> passedOn(deliveries) : TraceHeaders.NONE;
  }

  /** Of a batch only if all of it has the same: there is one header. */
  private static List<HttpHeader> passedOn(List<Delivery> deliveries) {
    Optional<String> first = TraceContext.passedOn(deliveries.getFirst().entry().event());
    if (first.isEmpty()) {
      return List.of();
    }
    for (Delivery other : deliveries.subList(1, deliveries.size())) {
      if (!TraceContext.passedOn(other.entry().event()).equals(first)) {
        return List.of();
      }
    }
    return List.of(new HttpHeader(TraceContext.KEY, first.get()));
  }

  @Override
  public PublicationListener publications() {
    return UNHEARD;
  }

  @Override
  public DeliveryListener deliveries() {
    return DeliveryListener.NONE;
  }

  @Override
  public TraceHeaders headers() {
    return headers;
  }

  @Override
  public Optional<TraceContext> of(Event event) {
    return TraceContext.given(event);
  }

  @Override
  public void close() {}
}
