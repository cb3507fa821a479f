package io.rowhook.crash;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Holds what recipients got against the truth. Pure; finds every kind of fault that the promises
 * exclude, each in words.
 */
final class Verification {

  private static final int MAX_FAULTS = 40;

  private final Map<String, List<Expected>> truth;
  private final Map<String, String> whatById = new HashMap<>(); // over all recipients
  private final Map<String, String> idByWhat = new HashMap<>();
  private final Map<String, String> bodyById = new HashMap<>();
  private final Map<String, Long> sequenceById = new HashMap<>();
  private final List<String> faults = new ArrayList<>();

  Verification(Map<String, List<Expected>> truth) {
    this.truth = truth;
  }

  /** What is wrong, in the order of its finding; empty: nothing is. */
  List<String> faults() {
    return faults;
  }

  /** What one recipient got, in the order in which it got it. */
  Verification recipient(String name, List<Arrival> arrivals, boolean sequential) {
    Map<String, List<Expected>> first = new LinkedHashMap<>();
    Map<String, String> unacknowledged = new HashMap<>(); // entity -> id of its newest event
    Set<String> acknowledged = new HashSet<>();
    Set<String> seen = new HashSet<>();
    long lastSequence = 0;
    String lastId = "";
    Map<String, String> requests = new HashMap<>(); // the one each event came with first
    for (Arrival arrival : arrivals) {
      each(name, arrival);
      if (seen.add(arrival.id())) {
        first.computeIfAbsent(arrival.entity(), e -> new ArrayList<>()).add(arrival.what());
        String earlier = unacknowledged.put(arrival.entity(), arrival.id());
        requests.put(arrival.id(), arrival.request());
        if (earlier != null && !isBehind(arrival, earlier, acknowledged, requests)) {
          fault(name, arrival, "came before the event before it, " + earlier + ", was accepted");
        }
        if (sequential) {
          if (arrival.sequence() <= lastSequence) {
            fault(name, arrival, "came after sequence " + lastSequence + ", out of order");
          }
          if (!lastId.isEmpty() && !isBehind(arrival, lastId, acknowledged, requests)) {
            fault(name, arrival, "came before " + lastId + ", the one before it, was accepted");
          }
          lastSequence = arrival.sequence();
          lastId = arrival.id();
        }
      }
      if (arrival.acknowledged()) {
        acknowledged.add(arrival.id());
      }
    }
    complete(name, first);
    int open = seen.size() - acknowledged.size();
    if (open > 0) {
      add(name + ": " + open + " events arrived and were never accepted");
    }
    return this;
  }

  /** Whether the earlier one was accepted, or stands before it in its request. */
  private static boolean isBehind(
      Arrival arrival, String earlier, Set<String> acknowledged, Map<String, String> requests) {
    boolean together =
        !arrival.request().isEmpty() && arrival.request().equals(requests.get(earlier));
    return together || acknowledged.contains(earlier);
  }

  /** Each event once: what holds for the journal, and for no recipient. */
  Verification once(String name, List<Arrival> arrivals) {
    Set<String> seen = new HashSet<>();
    for (Arrival arrival : arrivals) {
      if (!seen.add(arrival.id())) {
        fault(name, arrival, "is there twice");
      }
    }
    return this;
  }

  /** How many of the requests repeat an earlier one. */
  static long repeats(List<Arrival> arrivals) {
    return arrivals.size() - arrivals.stream().map(Arrival::id).distinct().count();
  }

  /** How many of them came although they, or their request, had been accepted before. */
  static long needless(List<Arrival> arrivals) {
    Set<String> accepted = new HashSet<>();
    long count = 0;
    for (Arrival arrival : arrivals) {
      count += accepted.contains(arrival.id()) ? 1 : 0;
      if (arrival.acknowledged()) {
        accepted.add(arrival.id());
      }
    }
    return count;
  }

  private void each(String name, Arrival arrival) {
    if (!arrival.fault().isEmpty()) {
      fault(name, arrival, arrival.fault());
    }
    String what = arrival.entity() + " " + arrival.what();
    String otherWhat = whatById.putIfAbsent(arrival.id(), what);
    if (otherWhat != null && !otherWhat.equals(what)) {
      fault(name, arrival, "its id stands for another event too: " + otherWhat);
    }
    String otherId = idByWhat.putIfAbsent(what, arrival.id());
    if (otherId != null && !otherId.equals(arrival.id())) {
      fault(name, arrival, "came under another id too: " + otherId);
    }
    String otherBody = bodyById.putIfAbsent(arrival.id(), arrival.bodySha256());
    if (otherBody != null && !otherBody.equals(arrival.bodySha256())) {
      fault(name, arrival, "came with another body too");
    }
    Long otherSequence = sequenceById.putIfAbsent(arrival.id(), arrival.sequence());
    if (otherSequence != null && otherSequence != arrival.sequence()) {
      fault(name, arrival, "came with another sequence too: " + otherSequence);
    }
  }

  /** For each entity the first arrivals are what was expected, in that order, and no more. */
  private void complete(String name, Map<String, List<Expected>> first) {
    Set<String> entities = new TreeSet<>(truth.keySet());
    entities.addAll(first.keySet());
    for (String entity : entities) {
      List<Expected> right = truth.getOrDefault(entity, List.of());
      List<Expected> got = first.getOrDefault(entity, List.of());
      if (right.equals(got)) {
        continue;
      }
      List<Expected> missing = new ArrayList<>(right);
      missing.removeAll(got);
      List<Expected> extra = new ArrayList<>(got);
      extra.removeAll(right);
      if (!missing.isEmpty()) {
        add(name + ": " + entity + ": never came: " + some(missing));
      }
      if (!extra.isEmpty()) {
        add(name + ": " + entity + ": nobody did this: " + some(extra));
      }
      if (missing.isEmpty() && extra.isEmpty()) {
        add(name + ": " + entity + ": wrong order: " + some(got) + ", right: " + some(right));
      }
    }
  }

  private static String some(List<Expected> events) {
    int most = 8;
    return events.size() <= most
        ? events.toString()
        : events.subList(0, most) + " and " + (events.size() - most) + " more";
  }

  private void fault(String name, Arrival arrival, String words) {
    add(
        "%s: %s %s (%s, sequence %d): %s"
            .formatted(
                name, arrival.entity(), arrival.what(), arrival.id(), arrival.sequence(), words));
  }

  private void add(String fault) {
    if (faults.size() < MAX_FAULTS) {
      faults.add(fault);
    }
  }
}
