package io.rowhook.journal;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one recipient has of each entity, as far as that is known; for whoever sends only what is
 * different. Writes are queued with the recipient's outcomes, in order.
 */
public interface Acknowledgements {

  /** What it acknowledged last of an entity; empty: not known. What is queued is not seen. */
  Optional<Acknowledgement> acknowledged(String entityKey);

  /**
   * Records an attempt with what the recipient has now, in one commit: it must not be taken for
   * having what it had before.
   *
   * @param digest of what it has acknowledged; null: it is not known what it has, since it may have
   *     taken what it did not acknowledge
   */
  void recordAttempt(Delivery after, Attempt attempt, Acknowledgement.@Nullable Digest digest)
      throws InterruptedException;

  /**
   * Records that an event was not sent, since the recipient has acknowledged the same already.
   *
   * @param same the sequence of what it has acknowledged, an earlier one
   */
  void unchanged(Delivery delivery, long same) throws InterruptedException;
}
