package io.rowhook.admin.traces;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what waits for the collector within a limit, and says what is lost: at once, then at most
 * once a minute, and at the end. Stands on both sides of the library's queue, which counts its
 * losses for nobody.
 */
final class SpanLosses implements AutoCloseable {

  /** As in OpenTelemetry's specification; {@code OTEL_BSP_MAX_QUEUE_SIZE} says otherwise. */
  static final int QUEUE = 2048;

  private static final Duration QUIET = Duration.ofMinutes(1);
  private static final Logger LOG = LoggerFactory.getLogger(SpanLosses.class);

  private final String endpoint;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong lost = new AtomicLong();

  // The thread's that sends, and at the end the closing one's.
  private volatile @Nullable Sending sending;
  private volatile @Nullable String reason;
  private volatile long said; // of lost
  private volatile long saidAt;
  private volatile boolean failing;

  SpanLosses(String endpoint) {
    this.endpoint = endpoint;
  }

  /** One batch on its way; it ends once. */
  private final class Sending {

    private final int spans;
    private final AtomicBoolean ended = new AtomicBoolean();

    Sending(int spans) {
      this.spans = spans;
    }

    void end(boolean arrived, @Nullable String why) {
      if (ended.compareAndSet(false, true)) {
        waiting.addAndGet(-spans);
        if (!arrived) {
          lost.addAndGet(spans);
          reason = why;
        }
        report(arrived);
      }
    }
  }

  private synchronized void report(boolean arrived) {
    long all = lost.get();
    if (all > said && (saidAt == 0 || System.nanoTime() - saidAt >= QUIET.toNanos())) {
      String why = reason;
      LOG.warn(
          "spans of traces lost: {}; {} {}; webhooks go on",
          all - said,
          endpoint,
          why == null ? "takes fewer than come" : why);
      said = all;
      saidAt = System.nanoTime();
      failing = !arrived;
    } else if (arrived && failing) {
      LOG.info("{} takes spans of traces again; lost in all: {}", endpoint, all);
      said = all;
      failing = false;
    }
    if (arrived) {
      reason = null;
    }
  }

  /** Says what was not said yet; what still waits is lost. */
  @Override
  public void close() {
    long left = lost.addAndGet(waiting.getAndSet(0)) - said;
    if (left > 0) {
      LOG.warn(
          "spans of traces lost: {}, since {} did not take them until the end", left, endpoint);
    }
  }

  /** Lets no more than so many wait. */
  SpanProcessor limited(SpanProcessor queue, int limit) {
    return new SpanProcessor() {
      @Override
      public void onStart(Context parent, ReadWriteSpan span) {}

      @Override
      public boolean isStartRequired() {
        return false;
      }

      @Override
      public void onEnd(ReadableSpan span) {
        if (!span.getSpanContext().isSampled()) {
          return;
        }
        if (waiting.incrementAndGet() > limit) {
          waiting.decrementAndGet();
          lost.incrementAndGet();
        } else {
          queue.onEnd(span);
        }
      }

      @Override
      public boolean isEndRequired() {
        return true;
      }

      @Override
      public CompletableResultCode shutdown() {
        return queue.shutdown();
      }

      @Override
      public CompletableResultCode forceFlush() {
        return queue.forceFlush();
      }
    };
  }

  /** Sees what becomes of each batch; one that has not ended when the next comes was given up. */
  SpanExporter watched(SpanExporter exporter) {
    return new SpanExporter() {
      @Override
      public CompletableResultCode export(Collection<SpanData> spans) {
        Sending before = sending;
        if (before != null) {
          before.end(false, "does not answer");
        }
        Sending now = new Sending(spans.size());
        sending = now;
        CompletableResultCode result = exporter.export(spans);
        return result.whenComplete(
            () -> now.end(result.isSuccess(), why(result.getFailureThrowable())));
      }

      @Override
      public CompletableResultCode flush() {
        return exporter.flush();
      }

      @Override
      public CompletableResultCode shutdown() {
        return exporter.shutdown();
      }
    };
  }

  /** Without what a collector says: it may say anything. */
  private static String why(@Nullable Throwable failure) {
    Throwable cause = failure == null ? null : failure.getCause();
    return cause == null
        ? "refuses them"
        : "takes none of them (" + cause.getClass().getSimpleName() + ")";
  }
}
