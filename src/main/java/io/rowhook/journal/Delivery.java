package io.rowhook.journal;

import io.rowhook.entity.Event;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One event for one recipient, from the store to the worker and back.
 *
 * @param entry the event
 * @param state where it stands
 * @param match how it is sent, as decided when it was dispatched first, in the words of {@code
 *     recipient.Match}: every attempt goes by it; a person's redelivery decides anew; null: not
 *     decided yet
 * @param attempts made so far; a person's redelivery starts again from 0
 * @param firstAttempt when the first of these started; null before it
 * @param redelivery how often a person has redelivered or replayed it; 0 otherwise
 * @param trials how many of the attempts use up no retry: those that tried whether a paused
 *     recipient is back
 * @param coalesced what is sent instead of the event, if others were skipped in its favour; else
 *     null
 */
public record Delivery(
    JournalEntry entry,
    DeliveryState state,
    @Nullable String match,
    int attempts,
    @Nullable Instant firstAttempt,
    int redelivery,
    int trials,
    @Nullable CoalescedEvent coalesced) {

  /** One that comes from the journal for the first time. */
  public static Delivery pending(
      JournalEntry entry, @Nullable String match, @Nullable CoalescedEvent coalesced) {
    return new Delivery(entry, new DeliveryState.Pending(), match, 0, null, 0, 0, coalesced);
  }

  /** Returns it after a move of its state. */
  public Delivery to(UnaryOperator<DeliveryState> move) {
    return to(move.apply(state), trials);
  }

  /** Returns it where an attempt has led it. */
  public Delivery to(DeliveryState next, int trialsNow) {
    return new Delivery(
        entry, next, match, attempts, firstAttempt, redelivery, trialsNow, coalesced);
  }

  /** Returns it with another object of the same event. */
  public Delivery with(JournalEntry same) {
    return new Delivery(same, state, match, attempts, firstAttempt, redelivery, trials, coalesced);
  }

  /** Returns it with what was decided. */
  public Delivery matched(@Nullable String decided) {
    return new Delivery(
        entry, state, decided, attempts, firstAttempt, redelivery, trials, coalesced);
  }

  /** What the recipient gets. */
  public Event event() {
    return coalesced == null ? entry.event() : coalesced.in(entry.event());
  }

  /** The event's place in the journal. */
  public long sequence() {
    return entry.sequence();
  }

  /** Of the event's entity. */
  public String entityKey() {
    return entry.event().entityKey();
  }

  /** Of the event's JSON, and of what is sent instead. */
  public int bytes() {
    return entry.event().json().length + (coalesced == null ? 0 : coalesced.json().length);
  }

  /** Whether it stands on disk, so that it needs no telling if it leaves the memory. */
  public boolean isStored() {
    return state.isStored();
  }
}
