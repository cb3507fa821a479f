package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.EventReader;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.Match;
import io.rowhook.webhook.Matchers;
import io.rowhook.webhook.Matchers.Decision;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The journal, page by page, as a {@link DeliveryBuffer} takes it in: what of it is to be sent, and
 * in which form. Owned by the dispatcher's thread.
 */
final class JournalPager {

  /** Of a page that is read for its first events only. */
  private static final long AHEAD_BYTES = 64L << 10;

  private final EventReader journal;
  private final DeliveryStore store;
  private final DeliveryBuffer buffer;
  private final CursorTracker cursor;
  private final Matchers matchers;
  private ArrayDeque<JournalEntry> ahead = new ArrayDeque<>(); // read, and not looked at yet
  private boolean caughtUp;

  JournalPager(
      EventReader journal,
      DeliveryStore store,
      DeliveryBuffer buffer,
      CursorTracker cursor,
      Matchers matchers) {
    this.journal = journal;
    this.store = store;
    this.buffer = buffer;
    this.cursor = cursor;
    this.matchers = matchers;
  }

  /** Whether the journal had no more when it was last looked at. */
  boolean caughtUp() {
    return caughtUp;
  }

  /** The journal may have more than was read. */
  void changed() {
    caughtUp = false;
  }

  /** A page was taken in, whole: if nothing came meanwhile, there is no more. */
  void taken() {
    caughtUp = cursor.position() >= journal.head();
  }

  /** Discards the read-ahead. */
  void stale() {
    ahead.clear();
    caughtUp = false;
  }

  /** The next entries, and which of them are settled or on disk already. */
  List<JournalEntry> next(int limit, long maxBytes) throws InterruptedException {
    long head = journal.head();
    List<JournalEntry> page = journal.read(cursor.position(), limit, maxBytes);
    caughtUp = page.isEmpty();
    if (caughtUp && head > cursor.position()) {
      cursor.advance(head); // what stood there was erased
    }
    if (!caughtUp) {
      matchers.deciding(page.getLast().sequence());
    }
    if (!caughtUp && cursor.hasDecidedAhead()) {
      buffer.flush();
      cursor.setDecided(store.decided(cursor.position(), page.getLast().sequence()));
    } else {
      cursor.setDecided(Set.of());
    }
    return page;
  }

  /** The oldest that was not taken in yet; passes over what there is nothing to do about. */
  Optional<Delivery> oldest() throws InterruptedException {
    while (true) {
      if (ahead.isEmpty() || ahead.getFirst().sequence() <= cursor.position()) {
        ahead = new ArrayDeque<>(next(BufferRoom.SMALLEST, AHEAD_BYTES));
        if (caughtUp) {
          return Optional.empty();
        }
      }
      Optional<Delivery> delivery = toSend(ahead.getFirst());
      if (delivery.isPresent()) {
        return delivery;
      }
      cursor.advance(ahead.remove().sequence());
    }
  }

  /**
   * Keeps of what was read ahead only what {@link #oldest} has found: it may be long until then.
   */
  void forgetRest() {
    if (ahead.size() > 1) {
      ahead = new ArrayDeque<>(List.of(ahead.getFirst()));
    }
  }

  /** The one that {@link #oldest} has found is passed. */
  void pass() {
    cursor.advance(ahead.remove().sequence());
  }

  /**
   * The delivery of an event, for the first time; empty: nothing is to be done about it. Others may
   * have been skipped in its favour before.
   */
  Optional<Delivery> toSend(JournalEntry entry) {
    if (cursor.isDecided(entry.sequence())
        || buffer.queue().contains(entry.sequence())) { // a person asked for it before its turn
      return Optional.empty();
    }
    return switch (matchers.decide(entry)) {
      case Decision.NotWanted _, Decision.Own _ -> Optional.empty();
      case Decision.Wanted(Match match) -> Optional.of(fresh(entry, match.text()));
      case Decision.Undecidable _ -> Optional.of(fresh(entry, null));
    };
  }

  private Delivery fresh(JournalEntry entry, @Nullable String match) {
    return Delivery.pending(
        entry,
        match,
        cursor.hasDecidedAhead() ? store.coalesced(entry.sequence()).orElse(null) : null);
  }
}
