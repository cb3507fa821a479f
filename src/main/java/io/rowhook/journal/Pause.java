package io.rowhook.journal;

import java.time.Instant;
import java.util.Optional;

/**
 * What keeps a recipient, or with the kill switch all of them, from being sent to. Its backlog
 * waits, in order.
 *
 * @param kind who or what pauses it
 * @param at since when
 * @param until when the next delivery is tried alone, which may end it; empty: a person ends it
 * @param reason in words, without values
 */
public record Pause(Kind kind, Instant at, Optional<Instant> until, String reason) {

  /** What pauses it. */
  public enum Kind {
    /** Too many failed attempts: ends by itself. */
    failures,
    /** The recipient answered 410. */
    gone,
    /** A delivery's retries are used up, and the recipient's file says {@code exhausted: stop}. */
    exhausted,
    /** A person has paused it, or all of them. */
    person
  }

  /** A pause that only a person ends. */
  public static Pause untilResumed(Kind kind, Instant at, String reason) {
    return new Pause(kind, at, Optional.empty(), reason);
  }
}
