package io.rowhook.journal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The events in their order. Any thread. */
public interface EventReader {

  /** The sequence of the newest event, 0 in an empty journal. */
  long head();

  /**
   * Events after a sequence, in order: at most {@code limit}, and no more than about {@code
   * maxBytes} of them, but at least one if there is one. So an empty list says that there are none.
   *
   * @param limit at least 1
   * @throws IllegalArgumentException if it is less
   */
  List<JournalEntry> read(long after, int limit, long maxBytes);

  /** The sequence of the last event that came into the journal before an instant, or one below. */
  long lastBefore(Instant instant);

  /** One event by its id. */
  Optional<JournalEntry> find(String eventId);

  /**
   * Called, by the journal's own thread, each time events have become visible; must return at once.
   */
  void onPublished(Runnable listener);

  /** Calls it no more, once a call under way has returned. */
  void noLongerOnPublished(Runnable listener);
}
