package io.rowhook.admin.traces;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.rowhook.admin.TraceContext;
import io.rowhook.entity.Event;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hands spans over that are over: each has its ids and its times from what it is about, and nothing
 * of it is kept between its start and its end. Any thread; never waits.
 */
final class SpanRecorder {

  private final Tracer tracer;
  private final Sampler sampler;

  SpanRecorder(Tracer tracer, Sampler sampler) {
    this.tracer = tracer;
    this.sampler = sampler;
  }

  /**
   * An event's place in its trace.
   *
   * @param parent what its transaction gave; the root's where it gave none
   * @param span of the event, whether it is recorded or not
   */
  record Place(Context parent, SpanContext span) {

    boolean sampled() {
      return span.isSampled();
    }
  }

  /**
   * A span as it is handed over.
   *
   * @param parent of it
   * @param self its own ids
   * @param error what kind of; null: none
   * @param description of the error, in words and without values
   */
  record Ended(
      Context parent,
      SpanContext self,
      String name,
      SpanKind kind,
      Instant start,
      Instant end,
      Attributes attributes,
      List<SpanContext> links,
      @Nullable String error,
      @Nullable String description) {}

  /** The same for all that is ever recorded of an event, in whichever process. */
  Place place(Event event) {
    Optional<TraceContext> given = TraceContext.given(event);
    String trace = given.map(TraceContext::traceId).orElseGet(() -> TraceIds.trace(event));
    Context parent =
        given
            .map(one ->
                Context.root()
                    .with(
                        Span.wrap(
                            SpanContext.createFromRemoteParent(
                                one.traceId(),
                                one.spanId(),
                                flags(one.sampled()),
                                TraceState.getDefault()))))
            .orElseGet(Context::root);
    return new Place(parent, span(trace, TraceIds.event(event), sampled(parent, trace)));
  }

  /** Whether the sampler wants a trace. Those that the library has look at nothing else. */
  boolean sampled(Context parent, String trace) {
    return sampler
            .shouldSample(parent, trace, "", SpanKind.INTERNAL, Attributes.empty(), List.of())
            .getDecision()
        == SamplingDecision.RECORD_AND_SAMPLE;
  }

  static SpanContext span(String trace, String span, boolean sampled) {
    return SpanContext.create(trace, span, flags(sampled), TraceState.getDefault());
  }

  private static TraceFlags flags(boolean sampled) {
    return sampled ? TraceFlags.getSampled() : TraceFlags.getDefault();
  }

  /** What is below a span. */
  static Context below(SpanContext span) {
    return Context.root().with(Span.wrap(span));
  }

  void record(Ended ended) {
    SpanBuilder builder =
        tracer
            .spanBuilder(ended.name())
            .setParent(ended.parent())
            .setSpanKind(ended.kind())
            .setStartTimestamp(ended.start())
            .setAllAttributes(ended.attributes());
    ended.links().forEach(builder::addLink);
    Span span =
        new GivenIds.Ids(ended.self().getTraceId(), ended.self().getSpanId())
            .start(builder::startSpan);
    if (ended.error() != null) {
      span.setAttribute(Names.ERROR_TYPE, ended.error());
      String description = ended.description();
      if (description == null) {
        span.setStatus(StatusCode.ERROR);
      } else {
        span.setStatus(StatusCode.ERROR, description);
      }
    }
    // The source's clock may be ahead of this machine's.
    span.end(ended.end().isBefore(ended.start()) ? ended.start() : ended.end());
  }
}
