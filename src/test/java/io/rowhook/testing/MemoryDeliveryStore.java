package io.rowhook.testing;

import io.rowhook.entity.EventType;
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
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.Matching;
import io.rowhook.journal.Pause;
import io.rowhook.journal.SupersedingEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A recipient's part of a {@link MemoryJournal}: reads see what is committed, writes are queued.
 */
public final class MemoryDeliveryStore implements DeliveryStore {

  private final MemoryJournal journal;

  // What is committed; guarded by the journal.
  private long cursor;
  private final Set<Long> settled = new HashSet<>(); // delivered or failed, ever
  private final TreeMap<Long, Delivery> exceptions = new TreeMap<>();
  private final Map<String, TreeSet<Long>> open = new HashMap<>(); // by entity
  private final TreeSet<Long> allOpen = new TreeSet<>();
  private final TreeMap<Instant, TreeSet<Long>> waiting = new TreeMap<>();
  private final Map<Long, List<Attempt>> attempts = new HashMap<>();
  private final Map<Long, DeliveryState> ends = new HashMap<>();
  private final TreeSet<Long> asked = new TreeSet<>();
  private final Map<Long, Long> skipped = new HashMap<>(); // to the newer one
  private final Map<Long, CoalescedEvent> merged = new HashMap<>();
  private final List<Matching> matchings = new ArrayList<>(); // by sequence
  private Optional<Pause> pause = Optional.empty();
  private Instant countedFrom = Instant.MIN;

  MemoryDeliveryStore(MemoryJournal journal, long cursor) {
    this.journal = journal;
    this.cursor = cursor;
  }

  @Override
  public long cursor() {
    return journal.reading(() -> cursor);
  }

  @Override
  public long lastKnown() {
    return journal.reading(() ->
        Stream.concat(decided(0, Long.MAX_VALUE).stream(), merged.keySet().stream())
            .mapToLong(Long::longValue)
            .max()
            .orElse(0));
  }

  @Override
  public Set<Long> decided(long after, long through) {
    return journal.reading(() -> {
      Set<Long> known = new HashSet<>(exceptions.subMap(after, false, through, true).keySet());
      settled.stream().filter(s -> s > after && s <= through).forEach(known::add);
      skipped.keySet().stream().filter(s -> s > after && s <= through).forEach(known::add);
      return known;
    });
  }

  @Override
  public Optional<CoalescedEvent> coalesced(long sequence) {
    return journal.reading(() -> Optional.ofNullable(merged.get(sequence)));
  }

  @Override
  public List<SupersedingEvent> later(JournalEntry entry, int limit, long maxBytes) {
    return journal.reading(() -> {
      List<SupersedingEvent> found = new ArrayList<>();
      for (JournalEntry later : journal.after(entry.sequence())) {
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
                later,
                stands != null,
                stands == null ? null : stands.match(),
                merged.get(sequence)));
      }
      return found;
    });
  }

  @Override
  public boolean mayHave(JournalEntry entry) {
    return journal.reading(() -> {
      boolean has = true;
      for (JournalEntry earlier : journal.after(0).reversed()) {
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
    });
  }

  private static boolean isUntouched(Delivery delivery) {
    return delivery.state() instanceof Blocked
        && delivery.attempts() == 0
        && delivery.redelivery() == 0;
  }

  @Override
  public boolean isOpen(long sequence, int redelivery) {
    return journal.reading(
        () -> allOpen.contains(sequence) && exception(sequence).redelivery() == redelivery);
  }

  @Override
  public void skip(List<Long> sequences, JournalEntry newest, @Nullable CoalescedEvent instead)
      throws InterruptedException {
    journal.queue(() -> {
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
    });
  }

  /** What was skipped, and in whose favour. */
  public Map<Long, Long> skipped() {
    return journal.reading(() -> Map.copyOf(skipped));
  }

  @Override
  public List<Delivery> due(Instant now, int limit) {
    return journal.reading(() ->
        waiting.headMap(now, true).values().stream()
            .flatMap(Set::stream)
            .limit(limit)
            .map(this::exception)
            .toList());
  }

  @Override
  public Optional<Instant> nextDue() {
    return journal.reading(
        () -> waiting.isEmpty() ? Optional.empty() : Optional.of(waiting.firstKey()));
  }

  @Override
  public Optional<Delivery> oldestOpen() {
    return journal.reading(
        () -> allOpen.isEmpty() ? Optional.empty() : Optional.of(exception(allOpen.getFirst())));
  }

  @Override
  public List<Delivery> oldestUnrequested(int limit) {
    return journal.reading(() ->
        allOpen.stream()
            .map(this::exception)
            .filter(delivery -> delivery.redelivery() == 0)
            .limit(limit)
            .toList());
  }

  @Override
  public Optional<Delivery> oldestOpen(String entityKey) {
    return journal.reading(() ->
        open.containsKey(entityKey)
            ? Optional.of(exception(open.get(entityKey).getFirst()))
            : Optional.empty());
  }

  @Override
  public List<Delivery> waitingNotBlocked(int limit) {
    return journal.reading(() ->
        open.values().stream()
            .map(TreeSet::getFirst)
            .sorted()
            .map(this::exception)
            .filter(delivery -> delivery.state() instanceof Blocked)
            .limit(limit)
            .toList());
  }

  @Override
  public long open() {
    return journal.reading(() -> (long) allOpen.size());
  }

  @Override
  public List<Delivery> requested(int limit) {
    return journal.reading(() ->
        asked.stream()
            .map(this::exception)
            .filter(delivery -> delivery.state() instanceof Retrying)
            .limit(limit)
            .toList());
  }

  @Override
  public Optional<Pause> pause() {
    return journal.reading(() -> pause);
  }

  @Override
  public List<Instant> failures(Instant since, int limit) {
    return journal.reading(() -> {
      List<Instant> all =
          attempts.values().stream()
              .flatMap(List::stream)
              .filter(attempt -> attempt.error() != null && attempt.bodySha256() != null)
              .map(Attempt::at)
              .filter(at -> !at.isBefore(since) && !at.isBefore(countedFrom))
              .distinct() // those of one request have one time
              .sorted()
              .toList();
      return all.subList(Math.max(0, all.size() - limit), all.size());
    });
  }

  @Override
  public Backlog backlog() {
    return journal.reading(() -> {
      List<JournalEntry> owed = new ArrayList<>(journal.after(cursor));
      allOpen.headSet(cursor, true).forEach(sequence -> owed.add(exception(sequence).entry()));
      List<JournalEntry> requested =
          allOpen.stream()
              .map(this::exception)
              .filter(delivery -> delivery.redelivery() > 0)
              .map(Delivery::entry)
              .toList();
      owed.removeAll(requested);
      return new Backlog(
          bytes(owed),
          owed.stream()
              .min(Comparator.comparingLong(JournalEntry::sequence))
              .map(entry -> entry.event().committedAt()),
          bytes(requested));
    });
  }

  private static long bytes(List<JournalEntry> entries) {
    return entries.stream().mapToLong(entry -> entry.event().json().length).sum();
  }

  @Override
  public List<Matching> matchings() {
    return journal.reading(() -> List.copyOf(matchings));
  }

  @Override
  public void decide(Matching next) throws InterruptedException {
    journal.queue(() -> {
      if (!matchings.isEmpty() && matchings.getLast().definition().equals(next.definition())) {
        matchings.removeLast();
      }
      if (matchings.isEmpty() || matchings.getLast().through() < next.through()) {
        matchings.add(next);
      }
      matchings.removeIf(
          one -> one.through() <= cursor && one.through() < matchings.getLast().through());
    });
  }

  @Override
  public void recordAttempt(Delivery after, Attempt attempt) throws InterruptedException {
    journal.queue(() -> {
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
    });
  }

  private static boolean isDiscarded(Delivery delivery) {
    return delivery.state() instanceof Failed(String reason) && reason.startsWith(Failed.DISCARDED);
  }

  @Override
  public void pause(Pause next) throws InterruptedException {
    journal.queue(() -> {
      if (pause.isEmpty()
          || pause.get().kind() != Pause.Kind.person
          || next.kind() == Pause.Kind.person) {
        pause = Optional.of(next);
      }
    });
  }

  @Override
  public void resume(Instant at) throws InterruptedException {
    journal.queue(() -> {
      if (pause.isEmpty() || pause.get().kind() != Pause.Kind.person) {
        pause = Optional.empty();
        countedFrom = at;
      }
    });
  }

  @Override
  public void put(Delivery delivery) throws InterruptedException {
    journal.queue(() -> {
      Delivery before = exceptions.get(delivery.sequence());
      if (before != null && (before.redelivery() > 0 || isDiscarded(before))) {
        return; // a person has decided meanwhile
      }
      stand(
          before == null
              ? Delivery.pending(
                      delivery.entry(), delivery.match(), merged.get(delivery.sequence()))
                  .to(delivery.state(), 0)
              : before.to(delivery.state(), before.trials()));
    });
  }

  @Override
  public void advance(long to) throws InterruptedException {
    journal.queue(() -> cursor = Math.max(cursor, to));
  }

  @Override
  public void flush() throws InterruptedException {
    journal.flush();
  }

  @Override
  public int queued() {
    return journal.queued();
  }

  /** A person redelivers: durable at once. */
  public void redeliver(long sequence, Instant now) {
    journal.writing(() -> {
      Delivery before = exceptions.get(sequence);
      JournalEntry entry = before == null ? journal.entry(sequence) : before.entry();
      int times = before == null ? 1 : before.redelivery() + 1;
      stand(new Delivery(entry, new Retrying(now), null, 0, null, times, 0, merged.get(sequence)));
      asked.add(sequence);
    });
  }

  /** A person discards: durable at once. */
  public void discard(long sequence) {
    journal.writing(() -> {
      Failed discarded = new Failed(Failed.DISCARDED);
      if (!exceptions.containsKey(sequence)) { // never attempted
        stand(Delivery.pending(journal.entry(sequence), null, null).to(discarded, 0));
        return;
      }
      Delivery before = exception(sequence);
      stand(before.to(discarded, before.trials()));
    });
  }

  /** A person pauses the recipient: durable at once. */
  public void pause(Instant at, String reason) {
    journal.writing(() -> pause = Optional.of(Pause.untilResumed(Pause.Kind.person, at, reason)));
  }

  /** A person resumes it, whatever pauses it: durable at once. */
  public void resumeByPerson(Instant at) {
    journal.writing(() -> {
      pause = Optional.empty();
      countedFrom = at;
    });
  }

  /** Every end that was recorded, by sequence. */
  public Map<Long, DeliveryState> ends() {
    return journal.reading(() -> Map.copyOf(ends));
  }

  /** The attempt log of one delivery. */
  public List<Attempt> attempts(long sequence) {
    return journal.reading(() -> List.copyOf(attempts.getOrDefault(sequence, List.of())));
  }

  /** How many exceptions stand, the failed ones included. */
  public long exceptions() {
    return journal.reading(() -> (long) exceptions.size());
  }

  /** What stands of one delivery, if it is an exception. */
  public @Nullable Delivery standing(long sequence) {
    return journal
        .<Optional<Delivery>>reading(() -> Optional.ofNullable(exceptions.get(sequence)))
        .orElse(null);
  }

  MemoryDeliveryStore copy(MemoryJournal to) {
    MemoryDeliveryStore copy = new MemoryDeliveryStore(to, cursor);
    copy.settled.addAll(settled);
    exceptions.values().forEach(copy::stand);
    copy.attempts.putAll(attempts);
    copy.ends.putAll(ends);
    copy.asked.addAll(asked);
    copy.skipped.putAll(skipped);
    copy.merged.putAll(merged);
    copy.matchings.addAll(matchings);
    copy.pause = pause;
    copy.countedFrom = countedFrom;
    return copy;
  }

  private Delivery exception(long sequence) {
    Delivery stands = java.util.Objects.requireNonNull(exceptions.get(sequence));
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
