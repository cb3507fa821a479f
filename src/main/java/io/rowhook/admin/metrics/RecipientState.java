package io.rowhook.admin.metrics;

import io.rowhook.journal.Pause;
import io.rowhook.webhook.DispatcherStatus;
import org.jspecify.annotations.Nullable;

/**
 * Where a recipient stood at a scrape.
 *
 * @param condition what it is at; null: not known
 * @param events in its backlog, about; NaN: not known
 * @param bytes of them
 * @param oldestSeconds since the oldest of them is in the journal; 0 without one
 * @param limitRatio of its backlog to its limit; NaN without a file
 * @param failed deliveries that a person has to decide on
 */
record RecipientState(
    @Nullable Condition condition,
    double events,
    double bytes,
    double oldestSeconds,
    double limitRatio,
    double failed) {

  /** Before the first scrape. */
  static final RecipientState UNKNOWN = unread(null);

  /** One of which the journal was not read. */
  static RecipientState unread(@Nullable Condition condition) {
    return new RecipientState(
        condition, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }

  /** What a recipient is at; one of these holds. */
  enum Condition {
    /** It is sent to as events come; also where it failed and its next delivery tries it again. */
    active,
    /** Too many attempts failed; it is tried again by itself. */
    paused_failures,
    /** It answered 410: a person ends it. */
    paused_gone,
    /** Retries are used up, and its file says to stop then: a person ends it. */
    paused_exhausted,
    /** A person has paused it. */
    paused_person,
    /** Its dispatcher cannot work: the journal does not. */
    hindered,
    /** It has no file, or none that was ever good, and keeps its place in the journal. */
    no_file;

    static Condition of(@Nullable DispatcherStatus dispatcher) {
      if (dispatcher == null || dispatcher.state() == DispatcherStatus.State.closed) {
        return no_file;
      }
      if (dispatcher.state() == DispatcherStatus.State.hindered) {
        return hindered;
      }
      Pause pause = dispatcher.pause();
      if (pause == null || dispatcher.awaitsProbe()) {
        return active;
      }
      return switch (pause.kind()) {
        case failures -> paused_failures;
        case gone -> paused_gone;
        case exhausted -> paused_exhausted;
        case person -> paused_person;
      };
    }
  }
}
