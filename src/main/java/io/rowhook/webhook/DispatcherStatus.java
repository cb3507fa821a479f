package io.rowhook.webhook;

import io.rowhook.journal.Pause;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link RecipientDispatcher} was doing a moment ago. For any thread to read.
 *
 * @param recipient whose
 * @param state in one word
 * @param position the last sequence read from the journal
 * @param cursor everything up to it is settled or an exception
 * @param inFlight attempts under way
 * @param window deliveries in memory, those in flight included
 * @param failedAt when an attempt failed last; null: none since the start
 * @param failure why, in words, without secrets
 * @param pause what keeps the recipient from being sent to; null where nothing does
 * @param trouble what keeps the dispatcher from its work; null where nothing does
 */
public record DispatcherStatus(
    String recipient,
    State state,
    long position,
    long cursor,
    int inFlight,
    int window,
    @Nullable Instant failedAt,
    @Nullable String failure,
    @Nullable Pause pause,
    @Nullable String trouble) {

  /** The same of one that has ended since. */
  DispatcherStatus closed() {
    return new DispatcherStatus(
        recipient, State.closed, position, cursor, 0, window, failedAt, failure, pause, trouble);
  }

  /**
   * Whether it failed too often, its rest is over, and nothing waits: its next delivery is tried at
   * once, and shows whether the recipient is back.
   */
  public boolean awaitsProbe() {
    return state == State.idle && pause != null && pause.kind() == Pause.Kind.failures;
  }

  /** What it is at. */
  public enum State {
    /** It has not begun. */
    starting,
    /** Nothing to do, or only what is not due yet. */
    idle,
    /** Attempts are under way. */
    sending,
    /** The recipient, or all of them, are not sent to for now. */
    paused,
    /** The journal does not work; it tries again. */
    hindered,
    /** It has ended. */
    closed
  }
}
