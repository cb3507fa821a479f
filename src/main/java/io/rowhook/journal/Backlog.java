package io.rowhook.journal;

import java.time.Instant;
import java.util.Optional;

/**
 * How much of the journal a recipient keeps from being removed by what waits for it: its open
 * deliveries, and the events after its cursor. The limit of a backlog does not look at what a
 * person has redelivered or replayed, however old that is.
 *
 * @param bytes of the events' JSON, without what a person has asked for
 * @param oldest since when the oldest of these is in the journal; empty: there are none
 * @param requestedBytes of the events' JSON that a person has asked for and that is still open
 */
public record Backlog(long bytes, Optional<Instant> oldest, long requestedBytes) {

  /** Nothing that a person has asked for. */
  public Backlog(long bytes, Optional<Instant> oldest) {
    this(bytes, oldest, 0);
  }
}
