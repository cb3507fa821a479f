package io.rowhook.journal;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries that a newer one of their entity takes the place of ({@code latest-only}). Reads see
 * what is durable.
 */
public interface SupersededDeliveries {

  /** What is sent instead of an event, if others were skipped in its favour. */
  Optional<CoalescedEvent> coalesced(long sequence);

  /**
   * The next events of an entity after this one, in order, up to the first that was attempted or
   * that a person has decided on: at most {@code limit}, and no more than about {@code maxBytes}.
   */
  List<SupersedingEvent> later(JournalEntry entry, int limit, long maxBytes);

  /**
   * Whether the recipient has the entity, by what it was sent before this event: not if the last of
   * these was a Deleted, or if there were none since a Created. An entity of which the journal does
   * not have the beginning counts as one that it has.
   */
  boolean mayHave(JournalEntry entry);

  /**
   * Queues, all of it in one commit, that deliveries are skipped since a newer one of their entity
   * is pending, and what is sent for that one instead. One that a person has decided on meanwhile
   * is not skipped.
   *
   * @param coalesced null: the event as it is
   */
  void skip(List<Long> skipped, JournalEntry newest, @Nullable CoalescedEvent coalesced)
      throws InterruptedException;
}
