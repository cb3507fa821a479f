package io.rowhook.testing;

import io.rowhook.journal.Acknowledgement;
import io.rowhook.journal.Acknowledgement.Digest;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.Backlog;
import io.rowhook.journal.CoalescedEvent;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.Matching;
import io.rowhook.journal.Pause;
import io.rowhook.journal.SupersedingEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A recipient's part of a {@link MemoryJournal}: reads see what is committed, writes are queued.
 */
public final class MemoryDeliveryStore extends MemoryPendingDeliveries implements DeliveryStore {

  private final MemoryJournal journal;
  private final MemoryCommits commits;

  // What is committed; guarded by the journal.
  private final MemoryDeliveries deliveries;
  private final List<Matching> matchings = new ArrayList<>(); // by sequence
  private Optional<Pause> pause = Optional.empty();
  private Instant countedFrom = Instant.MIN;

  MemoryDeliveryStore(MemoryJournal journal, MemoryDeliveries deliveries) {
    super(journal.commits, deliveries);
    this.journal = journal;
    commits = journal.commits;
    this.deliveries = deliveries;
  }

  @Override
  public long cursor() {
    return commits.reading(() -> deliveries.cursor);
  }

  @Override
  public long lastKnown() {
    return commits.reading(deliveries::lastKnown);
  }

  @Override
  public Set<Long> decided(long after, long through) {
    return commits.reading(() -> deliveries.decided(after, through));
  }

  @Override
  public Optional<CoalescedEvent> coalesced(long sequence) {
    return commits.reading(() -> Optional.ofNullable(deliveries.merged.get(sequence)));
  }

  @Override
  public List<SupersedingEvent> later(JournalEntry entry, int limit, long maxBytes) {
    return commits.reading(() -> deliveries.later(entry, journal.after(entry.sequence()), limit));
  }

  @Override
  public boolean mayHave(JournalEntry entry) {
    return commits.reading(() -> deliveries.mayHave(entry, journal.after(0)));
  }

  @Override
  public void skip(List<Long> sequences, JournalEntry newest, @Nullable CoalescedEvent instead)
      throws InterruptedException {
    commits.queue(() -> deliveries.skip(sequences, newest, instead));
  }

  /** What was skipped, and in whose favour. */
  public Map<Long, Long> skipped() {
    return commits.reading(() -> Map.copyOf(deliveries.skipped));
  }

  @Override
  public Optional<Pause> pause() {
    return commits.reading(() -> pause);
  }

  @Override
  public List<Instant> failures(Instant since, int limit) {
    return commits.reading(() -> {
      List<Instant> all =
          deliveries.attempts.values().stream()
              .flatMap(List::stream)
              .filter(attempt -> attempt.error() != null && attempt.bodySha256() != null)
              .collect(Collectors.toMap(Attempt::requestId, Attempt::at, (one, _) -> one))
              .values()
              .stream()
              .filter(at -> !at.isBefore(since) && !at.isBefore(countedFrom))
              .sorted()
              .toList();
      return all.subList(Math.max(0, all.size() - limit), all.size());
    });
  }

  @Override
  public Backlog backlog() {
    return commits.reading(() -> deliveries.backlog(journal.after(deliveries.cursor)));
  }

  @Override
  public List<Matching> matchings() {
    return commits.reading(() -> List.copyOf(matchings));
  }

  @Override
  public void decide(Matching next) throws InterruptedException {
    commits.queue(() -> {
      if (!matchings.isEmpty() && matchings.getLast().definition().equals(next.definition())) {
        matchings.removeLast();
      }
      if (matchings.isEmpty() || matchings.getLast().through() < next.through()) {
        matchings.add(next);
      }
      matchings.removeIf(one ->
          one.through() <= deliveries.cursor && one.through() < matchings.getLast().through());
    });
  }

  @Override
  public void recordAttempt(Delivery after, Attempt attempt) throws InterruptedException {
    commits.queue(() -> deliveries.recordAttempt(after, attempt));
  }

  @Override
  public void recordAttempt(Delivery after, Attempt attempt, @Nullable Digest digest)
      throws InterruptedException {
    commits.queue(() -> deliveries.recordAttempt(after, attempt, digest));
  }

  @Override
  public Optional<Acknowledgement> acknowledged(String entityKey) {
    return commits.reading(() -> Optional.ofNullable(deliveries.acknowledged.get(entityKey)));
  }

  @Override
  public void unchanged(Delivery delivery, long same) throws InterruptedException {
    commits.queue(() -> deliveries.unchanged(delivery.sequence(), same));
  }

  @Override
  public void pause(Pause next) throws InterruptedException {
    commits.queue(() -> {
      if (!isHeldByPerson() || next.kind() == Pause.Kind.person) {
        pause = Optional.of(next);
      }
    });
  }

  @Override
  public void resume(Instant at) throws InterruptedException {
    commits.queue(() -> {
      if (!isHeldByPerson()) {
        pause = Optional.empty();
        countedFrom = at;
      }
    });
  }

  @Override
  public void put(Delivery delivery) throws InterruptedException {
    commits.queue(() -> deliveries.put(delivery));
  }

  @Override
  public void advance(long to) throws InterruptedException {
    commits.queue(() -> deliveries.cursor = Math.max(deliveries.cursor, to));
  }

  @Override
  public void flush() throws InterruptedException {
    commits.flush();
  }

  @Override
  public int queued() {
    return commits.queued();
  }

  /** A person redelivers: durable at once. */
  public void redeliver(long sequence, Instant now) {
    commits.writing(() -> deliveries.redeliver(journal.entry(sequence), now));
  }

  /** A person discards: durable at once. */
  public void discard(long sequence) {
    commits.writing(() -> deliveries.discard(journal.entry(sequence)));
  }

  /** A person pauses the recipient: durable at once. */
  public void pause(Instant at, String reason) {
    commits.writing(() -> pause = Optional.of(Pause.untilResumed(Pause.Kind.person, at, reason)));
  }

  /** A person resumes it, whatever pauses it: durable at once. */
  public void resumeByPerson(Instant at) {
    commits.writing(() -> {
      pause = Optional.empty();
      countedFrom = at;
    });
  }

  /** Every end that was recorded, by sequence. */
  public Map<Long, DeliveryState> ends() {
    return commits.reading(() -> Map.copyOf(deliveries.ends));
  }

  /** The attempt log of one delivery. */
  public List<Attempt> attempts(long sequence) {
    return commits.reading(
        () -> List.copyOf(deliveries.attempts.getOrDefault(sequence, List.of())));
  }

  /** How many exceptions stand, the failed ones included. */
  public long exceptions() {
    return commits.reading(() -> (long) deliveries.exceptions.size());
  }

  /** What stands of one delivery, if it is an exception. */
  public @Nullable Delivery standing(long sequence) {
    return commits
        .<Optional<Delivery>>reading(() -> Optional.ofNullable(deliveries.exceptions.get(sequence)))
        .orElse(null);
  }

  MemoryDeliveryStore copy(MemoryJournal to) {
    MemoryDeliveryStore copy = new MemoryDeliveryStore(to, deliveries.copy());
    copy.matchings.addAll(matchings);
    copy.pause = pause;
    copy.countedFrom = countedFrom;
    return copy;
  }

  private boolean isHeldByPerson() {
    return pause.filter(held -> held.kind() == Pause.Kind.person).isPresent();
  }
}
