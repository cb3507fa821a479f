package io.rowhook.webhook.dispatch;

import io.rowhook.entity.Event;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.JournalEntry;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What has to wait on disk, in parallel processing, behind what stands there: the later events of
 * its entity; by {@code order: references} also those that name its entity. Owned by the
 * dispatcher's thread.
 *
 * <p>It waits for lower sequences only, as {@link NamedInMemory} does. So the lowest of all that is
 * not settled can always go: it stands on disk and nothing holds it, or it is in memory, or it is
 * the next in the journal.
 */
final class OnDisk {

  private final boolean byReferences;
  private final DeliveryStore store;
  private final Set<String> queued = new HashSet<>(); // entities of what a page has put there
  private final KnownKeys open =
      new KnownKeys(); // by references: entities that have something there
  private final KnownKeys behind = new KnownKeys(); // what something is blocked behind there

  OnDisk(boolean byReferences, DeliveryStore store) {
    this.byReferences = byReferences;
    this.store = store;
    changed();
  }

  /** Someone else has changed what is there; what was queued is durable. */
  void changed() {
    if (byReferences) {
      open.set(store.openEntities(KnownKeys.MOST));
      behind.anyMayBe();
    }
  }

  /** Nothing is there. */
  void emptied() {
    open.set(Set.of());
    behind.set(Set.of());
  }

  /** It is put there, or stays there, or waits there behind something else. */
  void add(Follower follower) {
    open.add(follower.delivery().entityKey());
    if (follower.behind() != null) {
      behind.add(follower.behind());
    }
  }

  /** An attempt has failed and another is due. */
  void add(Delivery failed) {
    open.add(failed.entityKey());
  }

  /** Whether something may be blocked behind this. */
  boolean mayHaveBehind(String key) {
    return behind.mayHave(key);
  }

  /** Whether what an event names counts. */
  boolean byReferences() {
    return byReferences;
  }

  /** How an event has to wait that comes from the journal; empty: it need not. */
  Optional<Blocked> blocked(JournalEntry entry) {
    String own = entry.event().entityKey();
    return isQueued(entry) || (mayBeOpen(own) && store.oldestOpen(own).isPresent())
        ? Optional.of(new Blocked())
        : behind(entry).map(Blocked::new);
  }

  /** An event was put there: what is queued is not found until it is durable. */
  void put(JournalEntry entry, Optional<String> waitsBehind) {
    if (byReferences) {
      queued.add(entry.event().entityKey());
      open.add(entry.event().entityKey());
      waitsBehind.ifPresent(behind::add);
    }
  }

  private boolean mayBeOpen(String key) {
    return !byReferences || open.mayHave(key);
  }

  /** Whether something of its entity was put there and is not durable yet. */
  boolean isQueued(JournalEntry entry) {
    return queued.contains(entry.event().entityKey());
  }

  /** What was queued is durable, and so is found. */
  void flushed() {
    queued.clear();
    if (byReferences && open.isOld()) {
      open.set(store.openEntities(KnownKeys.MOST));
    }
  }

  /** What holds an event by what it names, as {@link Blocked#behind}; empty: nothing. */
  Optional<String> behind(JournalEntry entry) {
    Event event = entry.event();
    if (!byReferences || event.named().isNone()) {
      return Optional.empty();
    }
    for (String key : event.named().keys()) {
      if (key.equals(event.entityKey()) ? isBehindAny(entry) : isBehind(key, entry)) {
        return Optional.of(key.equals(event.entityKey()) ? Blocked.ALL : key);
      }
    }
    return Optional.empty();
  }

  private boolean isBehind(String key, JournalEntry entry) {
    return queued.contains(key)
        || (mayBeOpen(key) && store.holdsFrom(key).orElse(Long.MAX_VALUE) < entry.sequence());
  }

  /** It names itself: which of those on disk name it as well is not looked up. */
  private boolean isBehindAny(JournalEntry entry) {
    List<Delivery> oldest = store.oldestUnrequested(1);
    return !queued.isEmpty()
        || (!oldest.isEmpty() && oldest.getFirst().sequence() < entry.sequence());
  }

  /** What holds one that stands on disk, as {@link Blocked#behind}; empty: nothing. */
  Optional<String> behind(Delivery delivery) {
    return waits(delivery) ? behind(delivery.entry()) : Optional.empty();
  }

  /** Not one that a person has redelivered, that had its turn, or that stands for others. */
  boolean waits(Delivery delivery) {
    return byReferences
        && delivery.state() instanceof Blocked
        && delivery.redelivery() == 0
        && delivery.coalesced() == null;
  }

  /** Whether one that is Blocked is the first of its entity. */
  boolean isFirst(Delivery delivery) {
    return store
        .oldestOpen(delivery.entityKey())
        .filter(oldest -> oldest.sequence() == delivery.sequence())
        .isPresent();
  }
}
