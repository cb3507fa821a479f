package io.rowhook.testing;

import io.rowhook.entity.EventType;
import io.rowhook.journal.Acknowledgement;
import io.rowhook.journal.Acknowledgement.Digest;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.Backlog;
import io.rowhook.journal.CoalescedEvent;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.InFlight;
import io.rowhook.journal.DeliveryState.Pending;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.SupersedingEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one recipient has settled, in memory: how its deliveries stand, and how each write changes
 * them. Guarded by the journal.
 */
final class MemoryDeliveries {

  long cursor;
  final Set<Long> settled = new HashSet<>(); // delivered or failed, ever
  final TreeMap<Long, Delivery> exceptions = new TreeMap<>();
  final Map<String, TreeSet<Long>> open = new HashMap<>(); // by entity
  final TreeSet<Long> allOpen = new TreeSet<>();
  final TreeMap<Instant, TreeSet<Long>> waiting = new TreeMap<>();
  final Map<Long, List<Attempt>> attempts = new HashMap<>();
  final Map<Long, DeliveryState> ends = new HashMap<>();
  final TreeSet<Long> asked = new TreeSet<>();
  final Map<Long, Long> skipped = new HashMap<>(); // to the newer one
  final Map<Long, CoalescedEvent> merged = new HashMap<>();
  final Map<String, Acknowledgement> acknowledged = new HashMap<>(); // by entity

  MemoryDeliveries(long cursor) {
    this.cursor = cursor;
  }

  MemoryDeliveries copy() {
    MemoryDeliveries copy = new MemoryDeliveries(cursor);
    copy.settled.addAll(settled);
    exceptions.values().forEach(copy::stand);
    copy.attempts.putAll(attempts);
    copy.ends.putAll(ends);
    copy.asked.addAll(asked);
    copy.skipped.putAll(skipped);
    copy.merged.putAll(merged);
    copy.acknowledged.putAll(acknowledged);
    return copy;
  }

  Set<Long> decided(long after, long through) {
    Set<Long> known = new HashSet<>(exceptions.subMap(after, false, through, true).keySet());
    settled.stream().filter(s -> s > after && s <= through).forEach(known::add);
    skipped.keySet().stream().filter(s -> s > after && s <= through).forEach(known::add);
    return known;
  }

  /** What of these, which come after it, may be sent in place of an event. */
  List<SupersedingEvent> later(JournalEntry entry, List<JournalEntry> after, int limit) {
    List<SupersedingEvent> found = new ArrayList<>();
    for (JournalEntry later : after) {
      long sequence = later.sequence();
      if (!later.event().entityKey().equals(entry.event().entityKey())) {
        continue;
      }
      Delivery stands = exceptions.get(sequence);
      boolean touched =
          (stands == null ? settled.contains(sequence) : !isUntouched(stands))
              || attempts.containsKey(sequence)
              || skipped.containsKey(sequence);
      if (touched || found.size() == limit) {
        break;
      }
      found.add(
          new SupersedingEvent(
              later, stands != null, stands == null ? null : stands.match(), merged.get(sequence)));
    }
    return found;
  }

  /** Whether the recipient has the entity of this event, from what all events were. */
  boolean mayHave(JournalEntry entry, List<JournalEntry> all) {
    boolean has = true;
    for (JournalEntry earlier : all.reversed()) {
      long sequence = earlier.sequence();
      if (sequence < entry.sequence()
          && earlier.event().entityKey().equals(entry.event().entityKey())) {
        CoalescedEvent instead = merged.get(sequence);
        EventType type = instead == null ? earlier.event().type() : instead.type();
        if (attempts.containsKey(sequence)) {
          return type != EventType.Deleted;
        }
        has = type != EventType.Created;
      }
    }
    return has;
  }

  boolean isOpen(long sequence, int redelivery) {
    return allOpen.contains(sequence) && exception(sequence).redelivery() == redelivery;
  }

  /** What waits, of the events after the cursor too. */
  Backlog backlog(List<JournalEntry> after) {
    List<JournalEntry> waits = new ArrayList<>(after);
    waits.removeIf(entry -> entry.event().audience() != null); // as the other journal counts
    allOpen.headSet(cursor, true).forEach(sequence -> waits.add(exception(sequence).entry()));
    List<JournalEntry> requested =
        allOpen.stream()
            .map(this::exception)
            .filter(delivery -> delivery.redelivery() > 0)
            .map(Delivery::entry)
            .toList();
    waits.removeAll(requested);
    return new Backlog(
        bytes(waits),
        waits.stream()
            .min(Comparator.comparingLong(JournalEntry::sequence))
            .map(entry -> entry.event().committedAt()),
        bytes(requested));
  }

  private static long bytes(List<JournalEntry> entries) {
    return entries.stream().mapToLong(entry -> entry.event().json().length).sum();
  }

  private static boolean isUntouched(Delivery delivery) {
    return delivery.state() instanceof Blocked
        && delivery.attempts() == 0
        && delivery.redelivery() == 0;
  }

  void skip(List<Long> sequences, JournalEntry newest, @Nullable CoalescedEvent instead) {
    for (long sequence : sequences) {
      Delivery stands = exceptions.get(sequence);
      if (stands == null || isUntouched(stands)) {
        remove(sequence);
        merged.remove(sequence);
        skipped.put(sequence, newest.sequence());
      }
    }
    if (instead != null) {
      merged.put(newest.sequence(), instead);
    }
  }

  void unchanged(long sequence, long same) {
    Delivery stands = exceptions.get(sequence);
    if (stands == null || stands.redelivery() == 0) {
      remove(sequence);
      merged.remove(sequence);
      skipped.put(sequence, same);
    }
  }

  long lastKnown() {
    return Stream.concat(decided(0, Long.MAX_VALUE).stream(), merged.keySet().stream())
        .mapToLong(Long::longValue)
        .max()
        .orElse(0);
  }

  void recordAttempt(Delivery after, Attempt attempt, @Nullable Digest digest) {
    recordAttempt(after, attempt);
    if (digest == null) {
      acknowledged.remove(after.entityKey());
    } else {
      acknowledged.put(after.entityKey(), new Acknowledgement(after.sequence(), digest));
    }
  }

  void recordAttempt(Delivery after, Attempt attempt) {
    long sequence = after.sequence();
    Delivery before = exceptions.get(sequence);
    attempts.computeIfAbsent(sequence, _ -> new ArrayList<>()).add(attempt);
    if (before != null
        && (before.redelivery() > after.redelivery()
            || (isDiscarded(before) && !(after.state() instanceof Delivered)))) {
      return; // a person has decided meanwhile
    }
    Instant first = attempt.at();
    @Nullable String match = after.match();
    if (before != null && before.redelivery() == after.redelivery()) {
      first = before.firstAttempt() != null ? before.firstAttempt() : first;
      match = before.match() != null ? before.match() : match;
    }
    asked.remove(sequence);
    stand(
        new Delivery(
            after.entry(),
            after.state(),
            match,
            attempt.number(),
            first,
            after.redelivery(),
            after.trials(),
            merged.get(sequence)));
  }

  private static boolean isDiscarded(Delivery delivery) {
    return delivery.state() instanceof Failed(String reason) && reason.startsWith(Failed.DISCARDED);
  }

  void put(Delivery delivery) {
    Delivery before = exceptions.get(delivery.sequence());
    if (before != null && (before.redelivery() > 0 || isDiscarded(before))) {
      return; // a person has decided meanwhile
    }
    stand(
        before == null
            ? Delivery.pending(delivery.entry(), delivery.match(), merged.get(delivery.sequence()))
                .to(delivery.state(), 0)
            : before.to(delivery.state(), before.trials()));
  }

  void redeliver(JournalEntry entry, Instant now) {
    long sequence = entry.sequence();
    Delivery before = exceptions.get(sequence);
    int times = before == null ? 1 : before.redelivery() + 1;
    stand(new Delivery(entry, new Retrying(now), null, 0, null, times, 0, merged.get(sequence)));
    asked.add(sequence);
  }

  void discard(JournalEntry entry) {
    long sequence = entry.sequence();
    Failed discarded = new Failed(Failed.DISCARDED);
    if (!exceptions.containsKey(sequence)) { // never attempted
      stand(Delivery.pending(entry, null, null).to(discarded, 0));
      return;
    }
    Delivery before = exception(sequence);
    stand(before.to(discarded, before.trials()));
  }

  /** One that stands, as it is sent. */
  Delivery exception(long sequence) {
    Delivery stands = Objects.requireNonNull(exceptions.get(sequence));
    return new Delivery(
        stands.entry(),
        stands.state(),
        stands.match(),
        stands.attempts(),
        stands.firstAttempt(),
        stands.redelivery(),
        stands.trials(),
        merged.get(sequence)); // which may have come after it
  }

  private void remove(long sequence) {
    Delivery before = exceptions.remove(sequence);
    if (before != null) {
      String key = before.entry().event().entityKey();
      TreeSet<Long> ofEntity = open.get(key);
      if (ofEntity != null && ofEntity.remove(sequence) && ofEntity.isEmpty()) {
        open.remove(key);
      }
      allOpen.remove(sequence);
      if (before.state() instanceof Retrying(Instant next)) {
        waiting.computeIfPresent(
            next,
            (_, due) -> {
              due.remove(sequence);
              return due.isEmpty() ? null : due;
            });
      }
    }
  }

  private void stand(Delivery delivery) {
    long sequence = delivery.entry().sequence();
    String key = delivery.entry().event().entityKey();
    remove(sequence);
    ends.remove(sequence);
    if (!(delivery.state() instanceof Retrying || delivery.state() instanceof Blocked)) {
      asked.remove(sequence);
    }
    switch (delivery.state()) {
      case Delivered _ -> {
        settled.add(sequence);
        ends.put(sequence, delivery.state());
      }
      case Failed _ -> {
        exceptions.put(sequence, delivery);
        ends.put(sequence, delivery.state());
      }
      case Blocked _ -> open(delivery, key);
      case Pending _, InFlight _ -> throw new IllegalArgumentException(delivery.state().toString());
      case Retrying(Instant next) -> {
        open(delivery, key);
        waiting.computeIfAbsent(next, _ -> new TreeSet<>()).add(sequence);
      }
    }
  }

  private void open(Delivery delivery, String key) {
    long sequence = delivery.entry().sequence();
    exceptions.put(sequence, delivery);
    open.computeIfAbsent(key, _ -> new TreeSet<>()).add(sequence);
    allOpen.add(sequence);
  }
}
