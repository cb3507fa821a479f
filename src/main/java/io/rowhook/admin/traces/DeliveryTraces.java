package io.rowhook.admin.traces;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.rowhook.admin.TraceContext;
import io.rowhook.admin.traces.SpanRecorder.Ended;
import io.rowhook.admin.traces.SpanRecorder.Place;
import io.rowhook.entity.Event;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import io.rowhook.webhook.AttemptOutcome;
import io.rowhook.webhook.DeliveryListener;
import io.rowhook.webhook.Destination;
import io.rowhook.webhook.HttpHeader;
import io.rowhook.webhook.TraceHeaders;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The spans of a delivery: one from the commit to its end, and below it one for each attempt, whose
 * ids the request carries. A request with several events is a trace of its own, since it has no one
 * parent: each event's share of it and the request link to each other.
 */
final class DeliveryTraces implements DeliveryListener, TraceHeaders {

  private final SpanRecorder recorder;

  /** By recipient: of the request whose outcomes are being told, one after the other. */
  private final Map<String, Shares> shares = new ConcurrentHashMap<>();

  private record Shares(String requestId, List<SpanContext> spans) {}

  DeliveryTraces(SpanRecorder recorder) {
    this.recorder = recorder;
  }

  @Override
  public List<HttpHeader> of(String requestId, List<Delivery> deliveries) {
    SpanContext request =
        deliveries.size() > 1
            ? ofRequest(requestId)
            : ofAttempt(recorder.place(deliveries.getFirst().entry().event()), requestId);
    String value =
        new TraceContext(request.getTraceId(), request.getSpanId(), request.isSampled())
            .traceparent();
    return List.of(new HttpHeader(TraceContext.KEY, value));
  }

  private SpanContext ofRequest(String requestId) {
    String trace = TraceIds.traceOfRequest(requestId);
    boolean sampled = recorder.sampled(Context.root(), trace);
    return SpanRecorder.span(trace, TraceIds.request(requestId), sampled);
  }

  private static SpanContext ofAttempt(Place place, String requestId) {
    return SpanRecorder.span(
        place.span().getTraceId(), TraceIds.request(requestId), place.sampled());
  }

  @Override
  public void attempted(String recipient, AttemptOutcome outcome, DeliveryState state) {
    Place place = recorder.place(outcome.delivery().entry().event());
    if (place.sampled()) {
      SpanContext delivery = delivery(recipient, outcome.delivery(), place);
      attempt(recipient, outcome, state, place, delivery);
      if (!(state instanceof DeliveryState.Retrying)) {
        ended(recipient, outcome, state, place, delivery);
      }
    }
    if (outcome.isShared()) {
      share(recipient, outcome, place);
    }
  }

  private static SpanContext delivery(String recipient, Delivery delivery, Place place) {
    String id = TraceIds.delivery(delivery.entry().event(), recipient, delivery.redelivery());
    return SpanRecorder.span(place.span().getTraceId(), id, true);
  }

  private void attempt(
      String recipient,
      AttemptOutcome outcome,
      DeliveryState state,
      Place place,
      SpanContext delivery) {
    Attempt attempt = outcome.attempt();
    AttributesBuilder attributes = common(recipient, outcome.delivery());
    attributes.put(Names.ATTEMPT, (long) attempt.number());
    attributes.put(Names.REQUEST, attempt.requestId());
    attributes.put(Names.OUTCOME, word(state));
    if (state instanceof DeliveryState.Retrying(Instant next)) {
      attributes.put(Names.NEXT, next.toString());
    }
    Destination destination = outcome.destination();
    boolean alone = destination != null && !outcome.isShared();
    if (destination != null && alone) {
      request(attributes, destination, attempt);
      if (attempt.number() > 1) {
        attributes.put(Names.RESENT, attempt.number() - 1L);
      }
    }
    recorder.record(
        new Ended(
            SpanRecorder.below(delivery),
            alone ? ofAttempt(place, attempt.requestId()) : ofShare(outcome, place),
            destination != null && alone ? destination.method().name() : "attempt",
            alone ? SpanKind.CLIENT : SpanKind.INTERNAL,
            attempt.at(),
            attempt.at().plus(attempt.took()),
            attributes.build(),
            outcome.isShared() ? List.of(ofRequest(attempt.requestId())) : List.of(),
            error(attempt),
            description(attempt)));
  }

  private static SpanContext ofShare(AttemptOutcome outcome, Place place) {
    String id = TraceIds.share(outcome.delivery().entry().event(), outcome.attempt().requestId());
    return SpanRecorder.span(place.span().getTraceId(), id, place.sampled());
  }

  /** From the commit on; what a person sends again from its first attempt on. */
  private void ended(
      String recipient,
      AttemptOutcome outcome,
      DeliveryState state,
      Place place,
      SpanContext delivery) {
    Delivery of = outcome.delivery();
    Event event = of.entry().event();
    Attempt last = outcome.attempt();
    Instant first = of.firstAttempt();
    Instant begun = first == null ? last.at() : first;
    boolean failed = state instanceof DeliveryState.Failed;
    recorder.record(
        new Ended(
            // Rowhook's own events come to be in the journal: nothing was before it.
            event.type().isOwn() ? place.parent() : SpanRecorder.below(place.span()),
            delivery,
            "deliver " + recipient,
            SpanKind.INTERNAL,
            of.redelivery() == 0 ? event.committedAt() : begun,
            last.at().plus(last.took()),
            common(recipient, of)
                .put(Names.OUTCOME, word(state))
                .put(Names.ATTEMPTS, (long) last.number())
                .build(),
            List.of(),
            failed ? error(last) : null,
            failed ? description(last) : null));
  }

  private void share(String recipient, AttemptOutcome outcome, Place place) {
    Attempt attempt = outcome.attempt();
    if (outcome.isFirst()) {
      shares.put(recipient, new Shares(attempt.requestId(), new ArrayList<>()));
    }
    Shares told = shares.get(recipient);
    if (told == null || !told.requestId().equals(attempt.requestId())) {
      return; // the journal failed in the middle of it: all of them are sent again
    }
    if (place.sampled()) {
      told.spans().add(ofShare(outcome, place));
    }
    Destination destination = outcome.destination();
    if (outcome.place() == outcome.size() - 1 && destination != null) {
      shares.remove(recipient);
      requested(recipient, outcome, destination, told.spans());
    }
  }

  private void requested(
      String recipient, AttemptOutcome outcome, Destination destination, List<SpanContext> links) {
    Attempt attempt = outcome.attempt();
    SpanContext self = ofRequest(attempt.requestId());
    if (!self.isSampled()) {
      return;
    }
    AttributesBuilder attributes =
        sending(recipient)
            .put(Names.BATCH, (long) outcome.size())
            .put(Names.REQUEST, attempt.requestId());
    request(attributes, destination, attempt);
    recorder.record(
        new Ended(
            Context.root(),
            self,
            destination.method().name(),
            SpanKind.CLIENT,
            attempt.at(),
            attempt.at().plus(attempt.took()),
            attributes.build(),
            links,
            error(attempt),
            description(attempt)));
  }

  private static AttributesBuilder sending(String recipient) {
    return Attributes.builder()
        .put(Names.SYSTEM, "rowhook")
        .put(Names.OPERATION, "send")
        .put(Names.OPERATION_TYPE, "send")
        .put(Names.TO, recipient)
        .put(Names.RECIPIENT, recipient);
  }

  private static AttributesBuilder common(String recipient, Delivery delivery) {
    Event event = delivery.entry().event();
    AttributesBuilder attributes =
        sending(recipient)
            .put(Names.MESSAGE, event.id())
            .put(Names.ENTITY, event.entityType())
            .put(Names.EVENT, event.type().name())
            .put(Names.SEQUENCE, delivery.sequence());
    return delivery.redelivery() == 0
        ? attributes
        : attributes.put(Names.REDELIVERY, (long) delivery.redelivery());
  }

  private static void request(
      AttributesBuilder attributes, Destination destination, Attempt attempt) {
    int port = destination.url().getPort();
    boolean secure = "https".equals(destination.url().getScheme());
    attributes
        .put(Names.METHOD, destination.method().name())
        .put(Names.URL, destination.url().toString())
        .put(Names.HOST, destination.url().getHost())
        .put(Names.PORT, port >= 0 ? (long) port : secure ? 443L : 80L);
    Integer status = attempt.status();
    if (status != null) {
      attributes.put(Names.STATUS, (long) status);
    }
  }

  private static String word(DeliveryState state) {
    return switch (state) {
      case DeliveryState.Delivered _ -> "delivered";
      case DeliveryState.Retrying _ -> "retrying";
      case DeliveryState.Failed _ -> "failed";
      case DeliveryState.Pending _, DeliveryState.InFlight _, DeliveryState.Blocked _ ->
          throw new IllegalArgumentException("no attempt leads to " + state);
    };
  }

  /** Null: the recipient has it. */
  private static @Nullable String error(Attempt attempt) {
    if (attempt.error() == null) {
      return null;
    }
    Integer status = attempt.status();
    if (status != null) {
      return status >= 300 ? status.toString() : "refused";
    }
    return isRendered(attempt) ? "no_answer" : "not_rendered";
  }

  /** A template's own message may have values in it. */
  private static @Nullable String description(Attempt attempt) {
    return attempt.status() != null || isRendered(attempt)
        ? attempt.error()
        : "the template failed; rowhook deliveries says why";
  }

  private static boolean isRendered(Attempt attempt) {
    return attempt.bodySha256() != null;
  }
}
