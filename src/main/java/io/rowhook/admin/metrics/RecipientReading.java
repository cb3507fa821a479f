package io.rowhook.admin.metrics;

import io.rowhook.webhook.RecipientState;
import org.jspecify.annotations.Nullable;

/**
 * Where a recipient stood at a scrape.
 *
 * @param state what it is at; null: not known
 * @param events in its backlog, about; NaN: not known
 * @param bytes of them
 * @param oldestSeconds since the oldest of them is in the journal; 0 without one
 * @param limitRatio of its backlog to its limit; NaN without a file
 * @param failed deliveries that a person has to decide on
 * @param completeTo up to when it has everything, in seconds since 1970; NaN: not known
 * @param differing entities that its newest audits have found to differ; NaN: not known
 */
record RecipientReading(
    @Nullable RecipientState state,
    double events,
    double bytes,
    double oldestSeconds,
    double limitRatio,
    double failed,
    double completeTo,
    double differing) {

  /** Before the first scrape. */
  static final RecipientReading UNKNOWN = unread(null);

  /** One of which the journal was not read. */
  static RecipientReading unread(@Nullable RecipientState state) {
    return new RecipientReading(
        state, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }
}
