package io.rowhook.webhook;

import io.rowhook.journal.Entry;
import io.rowhook.journal.Journal;
import io.rowhook.journal.Ledger;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The journal, page by page, as a {@link Window} takes it in: what of it is owed, and in which
 * form. Owned by the courier's thread.
 */
final class Pages {

  /** Of a page that is read for its first events only. */
  private static final long AHEAD_BYTES = 64L << 10;

  private final Journal journal;
  private final Ledger ledger;
  private final Window window;
  private final Progress progress;
  private ArrayDeque<Entry> ahead = new ArrayDeque<>(); // read, and not looked at yet
  private boolean caughtUp;

  Pages(Journal journal, Ledger ledger, Window window, Progress progress) {
    this.journal = journal;
    this.ledger = ledger;
    this.window = window;
    this.progress = progress;
  }

  /** Whether the journal had no more when it was last looked at. */
  boolean caughtUp() {
    return caughtUp;
  }

  /** The journal may have more than was read. */
  void changed() {
    caughtUp = false;
  }

  /** What was read ahead is not as it was. */
  void stale() {
    ahead.clear();
    caughtUp = false;
  }

  /** The next entries, and which of them are settled or on disk already. */
  List<Entry> next(int limit, long maxBytes) throws InterruptedException {
    List<Entry> page = journal.read(progress.position(), limit, maxBytes);
    caughtUp = page.isEmpty();
    if (!caughtUp && progress.mayKnow()) {
      window.flush();
      progress.know(ledger.known(progress.position(), page.getLast().sequence()));
    } else {
      progress.know(Set.of());
    }
    return page;
  }

  /** The oldest that was not taken in yet; passes over what there is nothing to do about. */
  Optional<Owed> oldest(Wanting wanting) throws InterruptedException {
    while (true) {
      if (ahead.isEmpty() || ahead.getFirst().sequence() <= progress.position()) {
        ahead = new ArrayDeque<>(next(Window.SMALLEST, AHEAD_BYTES));
        if (caughtUp) {
          return Optional.empty();
        }
      }
      Entry next = ahead.getFirst();
      if (!isDone(next, wanting)) {
        return Optional.of(fresh(next));
      }
      progress.passed(ahead.remove().sequence());
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
    progress.passed(ahead.remove().sequence());
  }

  boolean isDone(Entry entry, Wanting wanting) {
    return progress.isKnown(entry.sequence())
        || window.lanes().contains(entry.sequence()) // a person asked for it before its turn
        || !wanting.wants(entry.event());
  }

  /** Owed for the first time; others may have been skipped in its favour before. */
  Owed fresh(Entry entry) {
    return Owed.fresh(
        entry, progress.mayKnow() ? ledger.merged(entry.sequence()).orElse(null) : null);
  }
}
