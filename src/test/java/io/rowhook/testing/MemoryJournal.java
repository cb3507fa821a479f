package io.rowhook.testing;

import io.rowhook.capture.Epoch;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.Position;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.SpilledChanges;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.Journal;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.Pause;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A journal in memory with the semantics of a real one: writes are queued up to a limit and become
 * visible and "durable" together, in group commits by a thread of its own; {@link #crashed} gives
 * what a restart after a crash would find; {@link #fail} makes it break.
 */
public final class MemoryJournal implements Journal {

  // All guarded by this.
  private final TreeMap<Long, JournalEntry> entries = new TreeMap<>();
  private final Map<String, JournalEntry> byId = new HashMap<>();
  private final Map<String, MemoryDeliveryStore> stores = new HashMap<>();
  private final Map<String, String> attributeSets = new HashMap<>();
  private Set<String> inForce = Set.of();
  private final Map<String, NetChange> staged = new LinkedHashMap<>();
  private final List<Event> appended = new ArrayList<>();
  private final List<Event> published = new ArrayList<>();
  private final MemoryCheckpointStore checkpoints = new MemoryCheckpointStore();
  private Position publishedEnd = Position.START;
  private @Nullable Pause killSwitch;

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  final MemoryCommits commits = new MemoryCommits(this);

  /** Appends events and makes them visible, as a commit of capture would. */
  public void append(List<Event> events) {
    synchronized (this) {
      commits.check();
      for (Event event : events) {
        if (!byId.containsKey(event.id())) {
          JournalEntry entry = new JournalEntry(head() + 1, event);
          entries.put(entry.sequence(), entry);
          byId.put(event.id(), entry);
        }
      }
    }
    listeners.forEach(Runnable::run);
  }

  /**
   * What is left after a crash: all that was committed, nothing that was queued. This one is dead
   * then.
   */
  public synchronized MemoryJournal crashed() {
    commits.crash();
    MemoryJournal copy = new MemoryJournal();
    synchronized (copy) {
      copy.entries.putAll(entries);
      copy.byId.putAll(byId);
      copy.attributeSets.putAll(attributeSets);
      copy.inForce = inForce;
      stores.forEach((name, store) -> copy.stores.put(name, store.copy(copy)));
      copy.checkpoints.copy(checkpoints);
      copy.killSwitch = killSwitch;
    }
    return copy;
  }

  /** From now on everything fails, and what was queued is lost; null: it works again. */
  public void fail(@Nullable String reason) {
    commits.fail(reason);
  }

  /** How many group commits there were. */
  public long commits() {
    return commits.count();
  }

  @Override
  public void complete(Instant committedTo) {}

  @Override
  public synchronized long head() {
    return entries.isEmpty() ? 0 : entries.lastKey();
  }

  @Override
  public synchronized List<JournalEntry> read(long after, int limit, long maxBytes) {
    commits.check();
    if (limit < 1) {
      throw new IllegalArgumentException("limit: " + limit);
    }
    List<JournalEntry> page = new ArrayList<>();
    long bytes = 0;
    for (JournalEntry entry : entries.tailMap(after, false).values()) {
      bytes += entry.event().json().length;
      if (page.size() == limit || (bytes > maxBytes && !page.isEmpty())) {
        break;
      }
      page.add(entry);
    }
    return page;
  }

  @Override
  public synchronized Optional<JournalEntry> find(String eventId) {
    commits.check();
    return Optional.ofNullable(byId.get(eventId));
  }

  @Override
  public synchronized DeliveryStore deliveries(String recipient) {
    commits.check();
    return stores.computeIfAbsent(
        recipient, _ -> new MemoryDeliveryStore(this, new MemoryDeliveries(head())));
  }

  /** The same, for a test to look into. */
  public MemoryDeliveryStore store(String recipient) {
    return (MemoryDeliveryStore) deliveries(recipient);
  }

  /** As if events came in when they were committed. */
  @Override
  public synchronized long lastBefore(Instant instant) {
    return entries.values().stream()
        .filter(entry -> entry.event().committedAt().isBefore(instant))
        .mapToLong(JournalEntry::sequence)
        .max()
        .orElse(0);
  }

  @Override
  public synchronized Optional<Pause> killSwitch() {
    commits.check();
    return Optional.ofNullable(killSwitch);
  }

  /** A person sets the kill switch, or, with null, clears it. */
  public synchronized void killSwitch(@Nullable Pause pause) {
    killSwitch = pause;
  }

  @Override
  public void onPublished(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public void noLongerOnPublished(Runnable listener) {
    listeners.remove(listener);
  }

  @Override
  public synchronized void keepAttributeSet(String hash, String name, String source) {
    attributeSets.put(hash, source);
  }

  @Override
  public synchronized Optional<String> attributeSet(String hash) {
    return Optional.ofNullable(attributeSets.get(hash));
  }

  @Override
  public synchronized void attributeSetsInForce(Set<String> hashes) {
    inForce = Set.copyOf(hashes);
  }

  @Override
  public synchronized Set<String> attributeSetsInForce() {
    return inForce;
  }

  @Override
  public synchronized void stage(Collection<NetChange> changes, BinaryOperator<NetChange> merge) {
    changes.forEach(change -> staged.merge(change.entityKey(), change, merge));
  }

  @Override
  public synchronized void discard() {
    discardStaged();
    published.clear();
    publishedEnd = checkpoints.watermark();
  }

  @Override
  public synchronized void discardStaged() {
    staged.clear();
    appended.clear();
  }

  @Override
  public synchronized void publish(
      Transaction transaction, List<Event> events, List<RejectedRow> rejected) {
    published.addAll(events);
    publishedEnd = transaction.end();
  }

  @Override
  public synchronized SpilledChanges staged() {
    return new SpilledInMemory(new LinkedHashMap<>(staged));
  }

  @Override
  public synchronized void append(Transaction transaction, List<Event> events) {
    appended.addAll(events);
  }

  @Override
  public void publishStaged(Transaction transaction, List<RejectedRow> rejected) {
    synchronized (this) {
      if (transaction.end().isAfter(checkpoints.watermark())) {
        published.addAll(appended);
        publishedEnd = transaction.end();
      }
      appended.clear();
      staged.clear();
    }
    commit();
  }

  @Override
  public void commit() {
    List<Event> events;
    synchronized (this) {
      events = List.copyOf(published);
      published.clear();
      checkpoints.advance(publishedEnd);
    }
    append(events);
  }

  @Override
  public Optional<Epoch> epoch() {
    return checkpoints.epoch();
  }

  @Override
  public Position watermark() {
    return checkpoints.watermark();
  }

  @Override
  public void begin(Epoch next, Position start, Map<String, String> notes) {
    checkpoints.begin(next, start, notes);
  }

  @Override
  public Optional<String> note(String name) {
    return checkpoints.note(name);
  }

  @Override
  public void record(Map<String, String> notes, List<MissedRange> missed) {
    checkpoints.record(notes, missed);
  }

  @Override
  public List<MissedRange> missed(int limit) {
    return checkpoints.missed(limit);
  }

  @Override
  public void close() {
    commits.halt();
  }

  synchronized JournalEntry entry(long sequence) {
    return java.util.Objects.requireNonNull(entries.get(sequence));
  }

  synchronized List<JournalEntry> after(long sequence) {
    return List.copyOf(entries.tailMap(sequence, false).values());
  }
}
