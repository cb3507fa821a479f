package io.rowhook.capture;

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
  Lsn watermark();

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
  void begin(Epoch epoch, Lsn start);
}
