package io.rowhook.journal.sqlite;

import java.sql.SQLException;

/**
 * What stands behind the journal's file and has each commit before the file does, so that the file
 * can be made again from it. Called by the writer's thread only.
 */
public interface CommitLog {

  /** Nothing stands behind it: the file is all there is. */
  CommitLog NONE =
      new CommitLog() {
        @Override
        public boolean append(SqliteSession sql) {
          return false;
        }

        @Override
        public void repeat(SqliteSession sql) {
          throw new IllegalStateException("nothing was appended");
        }
      };

  /** How many writes one commit is best of. */
  default CommitGroup group() {
    return CommitGroup.OF_FILE;
  }

  /**
   * Appends what a transaction has changed; called in it, as the last before its commit. It is
   * durable there when this returns.
   *
   * @return whether there was anything to append
   * @throws io.rowhook.journal.JournalException if it could not be appended, and never will be: the
   *     transaction is rolled back
   */
  boolean append(SqliteSession sql) throws SQLException;

  /**
   * Writes what was appended last into the file once more, in a transaction of its own: the commit
   * after {@link #append} has failed.
   */
  void repeat(SqliteSession sql) throws SQLException;
}
