package io.rowhook.capture.monitor;

import io.rowhook.capture.Checkpoints;
import io.rowhook.capture.Position;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.catalog.PublicationState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether the publication is still as it was when the source was joined, and notes in the
 * journal up to where it was, so that a range that was missed later begins there. Any thread, but
 * one looks.
 */
public final class PublicationWatch {

  private static final Logger log = LoggerFactory.getLogger(PublicationWatch.class);

  private final SourceConfig source;
  private final Checkpoints checkpoints;
  private final Duration every;

  private volatile @Nullable PublicationState expected;
  private volatile @Nullable Instant altered;

  // of the thread that looks
  private Position good = Position.START;
  private Position noted = Position.START;
  private long notedAt;

  /**
   * @param every how often at most the journal is written to
   */
  public PublicationWatch(SourceConfig source, Checkpoints checkpoints, Duration every) {
    this.source = source;
    this.checkpoints = checkpoints;
    this.every = every;
  }

  /** So it has to stay from now on. */
  public void expect(@Nullable PublicationState state) {
    expected = state;
    altered = null;
  }

  /** Since when it is seen to be another than expected; empty: it is not. Any thread. */
  public Optional<Instant> alteredSince() {
    return Optional.ofNullable(altered);
  }

  /**
   * Looks.
   *
   * @param end where the log ended before this look
   * @return whether it is as it was
   */
  @SuppressWarnings("ReferenceEquality") // whether it is still this one
  boolean look(Connection connection, Position end) throws SQLException {
    PublicationState before = expected;
    if (before == null) {
      return true;
    }
    Optional<PublicationState> now =
        PublicationState.read(connection, source.publication(), before.tables().keySet());
    if (!now.equals(Optional.of(before))) {
      if (expected != before) {
        return true; // joined anew meanwhile
      }
      altered = altered == null ? Instant.now() : altered;
      return false;
    }
    // a change that is in the log already may not be visible yet: up to the look before it was good
    Position seen = good;
    good = end;
    if (seen.isAfter(noted) && System.nanoTime() - notedAt > every.toNanos()) {
      note(seen);
    }
    return true;
  }

  private void note(Position seen) {
    notedAt = System.nanoTime();
    try {
      checkpoints.publicationSeen(seen);
      noted = seen;
    } catch (RuntimeException e) {
      log.debug("the journal cannot be written", e); // which it says itself; tried again
    }
  }
}
