package io.rowhook.journal.sqlite;

import java.time.Duration;

/**
 * How patient writes are gathered into commits.
 *
 * @param worth so many are worth a commit of their own
 * @param alone how many there are at most in one that has no others
 * @param along how many go with urgent ones, which they hold up; none: they take turns
 * @param gathering the longest that one waits for others
 */
public record CommitGroup(int worth, int alone, int along, Duration gathering) {

  /** A commit costs a flush of the disk: milliseconds. */
  static final CommitGroup OF_FILE = new CommitGroup(64, 64, 16, Duration.ofMillis(50));

  /**
   * A commit costs some round trips to brokers, and more the more partitions it writes: a new event
   * goes without the outcomes of others, and seldom waits for theirs.
   */
  public static final CommitGroup OF_BROKERS =
      new CommitGroup(1_024, WriteQueue.MAX_PATIENT, 0, Duration.ofMillis(500));
}
