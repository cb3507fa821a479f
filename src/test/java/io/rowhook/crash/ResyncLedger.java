package io.rowhook.crash;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What one recipient was told of orders whose totals only rise, and everything that is wrong with
 * it. Any thread.
 */
final class ResyncLedger {

  static final int NEVER = -1;
  static final int DELETED = Integer.MAX_VALUE;
  private static final int MOST_FAULTS = 20;

  /** How long a change was under way: from its commit to its receipt. */
  record Latency(long atMillis, int micros) {}

  private final String name;
  private final int[] totals;
  private final long[] snapshots;
  private final Set<Long> seen = new HashSet<>();
  private final List<Latency> latencies = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private int told;
  private int again;

  /**
   * @param most the largest id there can be
   */
  ResyncLedger(String name, int most) {
    this.name = name;
    totals = new int[most + 1];
    snapshots = new long[most + 1];
    Arrays.fill(totals, NEVER);
  }

  Answer receive(Receiver.Request request) throws IOException {
    Instant now = Instant.now();
    JsonNode event = Json.MAPPER.readTree(request.body());
    Instant committed = Instant.parse(request.header("Rowhook-Committed-At"));
    take(event, Math.toIntExact(Duration.between(committed, now).toNanos() / 1_000), now);
    return Answer.of(200);
  }

  private synchronized void take(JsonNode event, int micros, Instant now) {
    int id = event.path("entityId").intValue();
    String type = event.path("event").textValue();
    long unique = hash(event.path("id").textValue());
    int total = type.equals("Deleted") ? DELETED : event.path("data").path("total").intValue();
    boolean first = type.equals("Snapshot") ? snapshot(id, unique) : seen.add(unique);
    if (!first) {
      again++; // at least once: what was under way at a kill comes twice
      return;
    }
    if (total < totals[id]) {
      fault("order %d: total %d came after %d, as %s".formatted(id, total, totals[id], type));
    }
    JsonNode lines = event.path("data").path("lines");
    if (total != DELETED
        && (lines.size() != 1 || lines.path(0).path("quantity").intValue() != total)) {
      fault("order %d: total %d, and lines %s".formatted(id, total, lines));
    }
    totals[id] = Math.max(total, totals[id]);
    if (!type.equals("Snapshot")) {
      latencies.add(new Latency(now.toEpochMilli(), micros));
    }
  }

  private boolean snapshot(int id, long unique) {
    if (snapshots[id] != 0 && snapshots[id] != unique) {
      fault("order " + id + ": a second Snapshot");
    }
    boolean first = snapshots[id] == 0;
    told += first ? 1 : 0;
    snapshots[id] = unique;
    return first;
  }

  private static long hash(String id) {
    return Long.parseUnsignedLong(id.substring(id.length() - 16), 16);
  }

  private void fault(String words) {
    if (faults.size() < MOST_FAULTS) {
      faults.add(name + ": " + words);
    }
  }

  /** How many orders had a Snapshot. */
  synchronized int snapshots() {
    return told;
  }

  /** How many requests came twice. */
  synchronized int again() {
    return again;
  }

  synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  /** The first orders of which it knows another state than the source has; empty: none. */
  synchronized List<String> differences(Map<Integer, Integer> source, boolean all) {
    List<String> found = new ArrayList<>();
    for (int id = 0; id < totals.length && found.size() < MOST_FAULTS; id++) {
      int there = source.getOrDefault(id, DELETED);
      boolean unknown = totals[id] == NEVER && (there == DELETED || !all);
      if (!unknown && totals[id] != there) {
        found.add("%s: order %d is %d, and told %d".formatted(name, id, there, totals[id]));
      }
    }
    return found;
  }

  /** Of the changes that came at such times, in milliseconds since the epoch. */
  synchronized Percentiles latency(Predicate<Latency> when) {
    int[] micros = latencies.stream().filter(when).mapToInt(Latency::micros).sorted().toArray();
    return new Percentiles(micros.length, at(micros, 0.50), at(micros, 0.99), at(micros, 0.999));
  }

  private static double at(int[] sorted, double part) {
    return sorted.length == 0 ? 0 : sorted[(int) (part * (sorted.length - 1))] / 1e3;
  }

  /** In milliseconds. */
  record Percentiles(int count, double p50, double p99, double p999) {
    @Override
    public String toString() {
      return "p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms of %d".formatted(p50, p99, p999, count);
    }
  }
}
