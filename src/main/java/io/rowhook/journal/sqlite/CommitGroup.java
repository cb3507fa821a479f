package io.rowhook.journal.sqlite;

/**
 * How many patient writes there are in a commit at most.
 *
 * @param alone of one that has no others
 * @param along of one that has urgent ones, which they hold up
 */
public record CommitGroup(int alone, int along) {

  /** A commit costs a flush of the disk: milliseconds. */
  static final CommitGroup OF_FILE = new CommitGroup(WriteQueue.GATHERED, WriteQueue.ALONG);

  /** A commit costs some round trips to brokers, whatever is in it. */
  public static final CommitGroup OF_BROKERS =
      new CommitGroup(WriteQueue.MAX_PATIENT, WriteQueue.MAX_PATIENT / 2);
}
