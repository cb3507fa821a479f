package io.rowhook.journal.deliveries;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The events that were erased, or redacted, since the journal was opened: what is queued of them,
 * or still in flight, must not bring back what it was made of. After a restart nothing is. Filled
 * and asked inside of writes, which may share a transaction: the writer's thread only.
 */
public final class ErasedEvents {

  private final Set<Long> gone = new HashSet<>();
  private final Map<Long, Long> redacted = new HashMap<>(); // since which generation
  private long generation;

  /** Grows with what is redacted: a store that is made now reads nothing from before. */
  public long generation() {
    return generation;
  }

  public void gone(Collection<Long> sequences) {
    gone.addAll(sequences);
  }

  public void redacted(Collection<Long> sequences) {
    generation++;
    sequences.forEach(sequence -> redacted.put(sequence, generation));
  }

  boolean isGone(long sequence) {
    return gone.contains(sequence);
  }

  /** Whether it was redacted after a generation. */
  boolean isRedacted(long sequence, long since) {
    return redacted.getOrDefault(sequence, 0L) > since;
  }

  /** Whether a body that was merged of some may hold what was erased after a generation. */
  boolean isAny(Collection<Long> sequences, long since) {
    return sequences.stream().anyMatch(one -> isGone(one) || isRedacted(one, since));
  }
}
