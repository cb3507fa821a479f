package io.rowhook.capture;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is durable of the source's log; the journal keeps it. Capture reads it before it starts an
 * engine, to tell a replay from a gap. What is particular to a kind of source the store keeps as
 * text that it cannot read: {@link Epoch#history} and notes. Any thread.
 */
public interface CheckpointStore extends CheckpointReader {

  /**
   * The transaction whose END is the watermark; empty where it made no event, or is not kept any
   * more. Tells this history from another that has an END at the same position.
   */
  default Optional<Transaction> last() {
    return Optional.empty();
  }

  /**
   * Starts an epoch at a position, durably; or, with the id of the current one, records its history
   * as it is now and leaves the rest.
   *
   * @param notes as in {@link #record}, in the same commit
   */
  void begin(Epoch epoch, Position start, Map<String, String> notes);

  /**
   * Records notes and missed ranges durably, all in one commit.
   *
   * @param notes text by name, instead of what was recorded under it; an empty one removes it
   * @param missed to be kept with the earlier ones
   */
  default void record(Map<String, String> notes, List<MissedRange> missed) {}

  /**
   * Records notes durably, and that changes may be missing, which a person has accepted.
   *
   * @param what may be missing, in words
   */
  default void acceptedGap(String what, Map<String, String> notes) {
    record(notes, List.of());
  }

  /** Where changes may be missing, the newest first, at most so many. */
  default List<MissedRange> missed(int limit) {
    return List.of();
  }
}
