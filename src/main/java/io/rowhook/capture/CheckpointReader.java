package io.rowhook.capture;

import java.util.Optional;

/** What is durable of the source's log, to be looked at only. Any thread. */
public interface CheckpointReader {

  /** The epoch that the journal's newest events belong to; empty in a new journal. */
  Optional<Epoch> epoch();

  /**
   * The position of the last END whose transaction is durable, in this epoch; where the epoch began
   * before the first. What the source has been told is never after it: only ENDs are marked.
   */
  Position watermark();

  /** Returns what was recorded under a name; empty: nothing. */
  default Optional<String> note(String name) {
    return Optional.empty();
  }
}
