package io.rowhook.journal.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Since when this process has had no sign that it still is a member: a process that was stopped for
 * a minute, or cut off, must send nothing, since others may have its recipients. Any thread.
 */
final class Lease {

  /** Shorter than Kafka's session, by what two clocks may differ and a request takes to go out. */
  private static final long NANOS = Clients.SESSION.minus(Duration.ofSeconds(1)).toNanos();

  /** By topic. */
  private final Map<String, Long> renewed = new ConcurrentHashMap<>();

  /**
   * There was a sign.
   *
   * @param since {@link System#nanoTime} before it was given
   * @return whether it had run out
   */
  boolean renewed(String topic, long since) {
    boolean was = holds(topic);
    renewed.merge(topic, since, (a, b) -> a - b > 0 ? a : b);
    return !was && holds(topic);
  }

  /** Nothing is owned of a topic any more. */
  void end(String topic) {
    renewed.remove(topic);
  }

  /** Whether what is owned of a topic is this process's for sure. */
  boolean holds(String topic) {
    Long since = renewed.get(topic);
    return since != null && System.nanoTime() - since < NANOS;
  }
}
