package io.rowhook.admin.traces;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.rowhook.admin.PublicationListener;
import io.rowhook.admin.TraceContext;
import io.rowhook.admin.traces.SpanRecorder.Ended;
import io.rowhook.admin.traces.SpanRecorder.Place;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * The first span of an event: from the commit until it is durable in the journal. Those of a
 * transaction that is too large for memory have none: they are not told one by one.
 */
final class EventTraces implements PublicationListener {

  private final SpanRecorder recorder;
  private final InstantSource clock;

  EventTraces(SpanRecorder recorder, InstantSource clock) {
    this.recorder = recorder;
    this.clock = clock;
  }

  TraceContext of(Event event) {
    Place place = recorder.place(event);
    return new TraceContext(place.span().getTraceId(), place.span().getSpanId(), place.sampled());
  }

  @Override
  public void journaled(Transaction transaction, List<Event> events) {
    if (events.isEmpty()) {
      return;
    }
    Instant now = clock.instant();
    for (Event event : events) {
      Place place = recorder.place(event);
      if (place.sampled()) {
        recorder.record(
            new Ended(
                place.parent(),
                place.span(),
                "journal " + event.entityType(),
                SpanKind.PRODUCER,
                transaction.committedAt(),
                now,
                Attributes.builder()
                    .put(Names.SYSTEM, "rowhook")
                    .put(Names.OPERATION, "journal")
                    .put(Names.OPERATION_TYPE, "create")
                    .put(Names.TO, event.entityType())
                    .put(Names.MESSAGE, event.id())
                    .put(Names.ENTITY, event.entityType())
                    .put(Names.EVENT, event.type().name())
                    .build(),
                List.of(),
                null,
                null));
      }
    }
  }
}
