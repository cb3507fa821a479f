package io.rowhook.journal;

import io.rowhook.entity.Event;
import org.jspecify.annotations.Nullable;

/**
 * An event after another of its entity that its recipient was never sent and no person has decided
 * on: an earlier one may be skipped in its favour.
 *
 * @param entry the event
 * @param onDisk whether it stands as Blocked
 * @param match how it is sent, as in {@link Delivery}; null: not decided yet
 * @param coalesced what the recipient gets instead, if others were skipped for it already; else
 *     null
 */
public record SupersedingEvent(
    JournalEntry entry,
    boolean onDisk,
    @Nullable String match,
    @Nullable CoalescedEvent coalesced) {

  /** As the recipient gets it. */
  public Event event() {
    return coalesced == null ? entry.event() : coalesced.in(entry.event());
  }
}
