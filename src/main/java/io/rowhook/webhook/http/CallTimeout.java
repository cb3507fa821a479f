package io.rowhook.webhook.http;

import io.rowhook.webhook.WebhookClient;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.concurrent.Cancellable;

/**
 * One deadline for one whole call of {@link WebhookClient}: looking up, connecting, TLS, sending,
 * and an answer that is trickled byte by byte; HttpClient's own timeouts are for each read.
 *
 * <p>At the deadline the calling thread is interrupted, which on a virtual thread closes the socket
 * that it waits for, and the request is cancelled, which does the same for any other thread. Once
 * closed, it leaves no interrupt behind.
 */
public final class CallTimeout implements AutoCloseable {

  private static final ScheduledThreadPoolExecutor CLOCK = clock();

  private final Thread caller = Thread.currentThread();
  private final Cancellable call;
  private final ScheduledFuture<?> alarm;
  private boolean passed; // guarded by this
  private boolean closed; // guarded by this

  /** Starts the clock for a call that the current thread is about to make. */
  public CallTimeout(Duration within, Cancellable call) {
    this.call = call;
    this.alarm = CLOCK.schedule(this::pass, within.toNanos(), TimeUnit.NANOSECONDS);
  }

  public synchronized boolean passed() {
    return passed;
  }

  private synchronized void pass() {
    if (!closed) {
      passed = true;
      caller.interrupt();
      // Closing a socket can wait for whoever is writing to it; this thread serves all recipients.
      Thread.ofVirtual().name("cancel").start(call::cancel);
    }
  }

  @Override
  public void close() {
    alarm.cancel(false);
    synchronized (this) {
      closed = true;
      if (passed) {
        Thread.interrupted(); // ours, and nobody else's business
      }
    }
  }

  private static ScheduledThreadPoolExecutor clock() {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().daemon().name("deadlines").unstarted(task));
    clock.setRemoveOnCancelPolicy(true); // else what was answered would wait here for its deadline
    return clock;
  }
}
