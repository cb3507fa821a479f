package io.rowhook.admin.metrics;

import io.prometheus.metrics.tracer.common.SpanContext;
import io.rowhook.admin.TraceContext;
import io.rowhook.entity.Event;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Names the trace of what is being measured. A histogram asks for it only when it wants an
 * exemplar, every few seconds, so that an event is not read for each measurement.
 */
final class ExemplarSource implements SpanContext {

  private static final ScopedValue<Event> EVENT = ScopedValue.newInstance();

  private final Function<Event, Optional<TraceContext>> traces;

  /**
   * @param traces the trace of an event, and the place in it; empty: it has none
   */
  ExemplarSource(Function<Event, Optional<TraceContext>> traces) {
    this.traces = traces;
  }

  /** Measures something of an event. */
  static void measure(Event event, Runnable measurement) {
    ScopedValue.where(EVENT, event).run(measurement);
  }

  private @Nullable TraceContext trace() {
    return EVENT.isBound() ? traces.apply(EVENT.get()).orElse(null) : null;
  }

  @Override
  public @Nullable String getCurrentTraceId() {
    TraceContext trace = trace();
    return trace == null ? null : trace.traceId();
  }

  @Override
  public @Nullable String getCurrentSpanId() {
    TraceContext trace = trace();
    return trace == null ? null : trace.spanId();
  }

  @Override
  public boolean isCurrentSpanSampled() {
    TraceContext trace = trace();
    return trace != null && trace.sampled();
  }

  /** It is kept or not whatever is shown. */
  @Override
  public void markCurrentSpanAsExemplar() {}
}
