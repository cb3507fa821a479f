package io.rowhook.journal;

import io.rowhook.capture.History;
import io.rowhook.entity.EventLog;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The durable, ordered log of events, and what each recipient has settled of it. The narrow port to
 * whatever keeps it: today SQLite; a Kafka topic with consumer groups has the same shape.
 */
public interface Journal extends EventLog, History, AutoCloseable {

  /** The sequence of the newest event, 0 in an empty journal. Any thread. */
  long head();

  /**
   * Events after a sequence, in order: at most {@code limit}, and no more than about {@code
   * maxBytes} of them, but at least one if there is one. So an empty list says that there are none.
   * Any thread.
   *
   * @param limit at least 1
   * @throws IllegalArgumentException if it is less
   */
  List<Entry> read(long after, int limit, long maxBytes);

  /** The sequence of the last event that came into the journal before an instant, or one below. */
  long lastBefore(Instant instant);

  /** One event by its id. Any thread. */
  Optional<Entry> find(String eventId);

  /**
   * The ledger of a recipient. A name that is new starts at the journal's head: a new recipient is
   * not flooded with what happened before it.
   */
  Ledger ledger(String recipient);

  /** The kill switch: what keeps all recipients from being sent to; empty: nothing. Any thread. */
  Optional<Hold> killSwitch();

  /**
   * Called, by the journal's own thread, each time events have become visible; must return at once.
   */
  void onPublished(Runnable listener);

  /** Calls it no more, once a call under way has returned. */
  void noLongerOnPublished(Runnable listener);

  /**
   * Keeps the source of an attribute set under its hash, so that what was sent can be shown again.
   */
  void keepAttributeSet(String hash, String name, String source);

  /** The source of an attribute set by its hash. */
  Optional<String> attributeSet(String hash);

  @Override
  void close();
}
