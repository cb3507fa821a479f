package io.rowhook.capture;

import java.util.List;
import java.util.Optional;

/**
 * What is durable of the source's log; the journal keeps it. Capture reads it before it starts an
 * engine, to tell a replay from a gap. Any thread.
 */
public interface History {

  /** The epoch that the journal's newest events belong to; empty in a new journal. */
  Optional<Epoch> epoch();

  /**
   * The position of the last END whose transaction is durable, in this epoch; where the epoch began
   * before the first. The slot's confirmed position is never after it: only ENDs are marked.
   */
  Position watermark();

  /**
   * The transaction whose END is the watermark; empty where it made no event, or is not kept any
   * more. Tells this history from another that has an END at the same position.
   */
  default Optional<Transaction> last() {
    return Optional.empty();
  }

  /**
   * Starts an epoch at a position, durably; or, with the id of the current one, notes its new
   * timeline.
   */
  void begin(Epoch epoch, Position start);

  /** A slot that was about to be made, and no epoch has begun since. */
  default Optional<SlotIntent> slotIntent() {
    return Optional.empty();
  }

  /** Notes durably that a slot is about to be made; {@link #begin} forgets it. */
  default void intend(SlotIntent intent) {}

  /** What the publication held when it was last seen whole; empty: never. */
  default Optional<PublishedTables> published() {
    return Optional.empty();
  }

  /**
   * Notes durably what the publication holds, and what was missed until then.
   *
   * @param missed to be kept with the earlier ones
   */
  default void published(PublishedTables now, List<MissedRange> missed) {}

  /** The publication is as {@link #published} has it, still at this position. */
  default void publicationSeen(Position at) {}

  /** Where changes may be missing, the newest first, at most so many. */
  default List<MissedRange> missed(int limit) {
    return List.of();
  }
}
