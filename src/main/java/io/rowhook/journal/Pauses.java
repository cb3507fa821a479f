package io.rowhook.journal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What keeps one recipient from being sent to. Reads see what is durable. */
public interface Pauses {

  /** What keeps this recipient from being sent to; empty: nothing. */
  Optional<Pause> pause();

  /**
   * When attempts failed since an instant, and since the last pause ended: the newest {@code limit}
   * of them, the oldest first. Only those that count against the recipient: one without a POST,
   * because the attribute set failed, does not.
   */
  List<Instant> failures(Instant since, int limit);

  /**
   * Queues what keeps this recipient from being sent to from now on. Where a person has paused it
   * already, that stays.
   */
  void pause(Pause pause) throws InterruptedException;

  /**
   * Queues the end of the pause, if there is one and it is not a person's: that only a person ends
   * ({@code Operations}). What failed before {@code at} is not counted any more.
   */
  void resume(Instant at) throws InterruptedException;
}
