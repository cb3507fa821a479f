package io.rowhook.admin.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Ends requests that have begun and do not come to their end, and writes that nobody reads: each
 * would keep a connection, and one of the few places, for good. A connection's thread is
 * interrupted when its time is over, which closes the connection. A line that has not come whole is
 * the server's own idle timeout to end. Any thread.
 */
final class RequestDeadlines implements Http1ConnectionListener, AutoCloseable {

  /** From a request's first line to its last byte; and for one write. */
  static final Duration LIMIT = Duration.ofSeconds(10);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private final Map<Thread, Long> ends = new HashMap<>(); // in nanoseconds; under its own lock
  private final Thread watch = Thread.ofVirtual().name("admin deadlines").start(this::watch);

  /** The request of this thread's connection has begun. */
  @Override
  public void prologue(ConnectionContext ctx, HttpPrologue prologue) {
    begin();
  }

  @Override
  public void data(ConnectionContext ctx, BufferData data) {}

  @Override
  public void data(ConnectionContext ctx, byte[] data, int position, int length) {}

  /** From now on this thread has so much time. */
  void begin() {
    synchronized (ends) {
      ends.put(Thread.currentThread(), System.nanoTime() + LIMIT.toNanos());
    }
  }

  /** It is done, and is not interrupted any more. */
  void end() {
    synchronized (ends) {
      ends.remove(Thread.currentThread());
    }
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(BETWEEN_LOOKS);
        long now = System.nanoTime();
        synchronized (ends) {
          ends.entrySet()
              .removeIf(one -> {
                boolean over = now - one.getValue() > 0;
                if (over) {
                  one.getKey().interrupt();
                }
                return over || !one.getKey().isAlive();
              });
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  @Override
  public void close() {
    watch.interrupt();
  }
}
