package io.rowhook.journal.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Since when this process has had no sign that it still is a member: a process that was stopped for
 * a minute, or cut off, must send nothing, since others may have its recipients. Any thread.
 */
final class Lease {

  /** Shorter than Kafka's session, which began before its sign came here. */
  private static final long NANOS = Clients.SESSION.minus(Duration.ofSeconds(2)).toNanos();

  /** By topic. */
  private final Map<String, Long> renewed = new ConcurrentHashMap<>();

  /**
   * There was a sign.
   *
   * @param since {@link System#nanoTime} before it
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
