package io.rowhook.journal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that is an exception: Waiting, Blocked or Failed, with what its next attempt needs.
 *
 * @param entry the event owed
 * @param state where it stands
 * @param attempts made so far; a person's redelivery starts again from 0
 * @param firstAttempt when the first of these started; null before it
 * @param attributeSet SHA-256 of the attribute set that the first attempt was rendered with: a
 *     retry renders with the same; null: with the current one
 * @param redelivery how often a person has redelivered or replayed it; 0 otherwise
 * @param trials how many of the attempts use up no retry: those that tried whether a held recipient
 *     is back
 * @param merged what is sent instead of the event, if others were skipped in its favour; else null
 */
public record Delivery(
    Entry entry,
    DeliveryState state,
    int attempts,
    @Nullable Instant firstAttempt,
    @Nullable String attributeSet,
    int redelivery,
    int trials,
    @Nullable Merged merged) {}
