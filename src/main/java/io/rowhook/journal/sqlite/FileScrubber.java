package io.rowhook.journal.sqlite;

import io.rowhook.journal.Disks;
import io.rowhook.journal.JournalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewrites the journal's file, so that nothing is left in it of what was removed: neither in free
 * pages nor in the unused bytes of others, where SQLite leaves copies of rows that it has moved,
 * nor in the log of writes before it. Takes as long as copying the file three times; nothing else
 * is written meanwhile.
 */
public final class FileScrubber {

  private static final Logger LOG = LoggerFactory.getLogger(FileScrubber.class);

  /** The copy, the write-ahead log, and some more for what is written meanwhile. */
  private static final int TIMES = 2;

  private static final long MORE = 64L << 20;

  private final JournalFile file;
  private final Disks disks;

  public FileScrubber(JournalFile file, Disks disks) {
    this.file = file;
    this.disks = disks;
  }

  /** Bytes that are rewritten. */
  public long size() {
    try {
      return Files.size(file.file());
    } catch (IOException e) {
      throw file.errors().of(e);
    }
  }

  /**
   * Does it.
   *
   * @return why traces may be left, in words, and what to do; empty: none are
   * @throws JournalException if nothing can be written at present
   */
  public Optional<String> scrub(GroupCommitWriter writer) throws InterruptedException {
    long needed = TIMES * size() + MORE;
    try {
      long free = disks.of(directory()).free();
      if (free < needed) {
        return Optional.of(
            "the journal's file was not rewritten, which takes %,d MB of free space in %s, where %,d MB are left: free some and ask again"
                .formatted(needed >> 20, directory(), free >> 20));
      }
    } catch (IOException e) {
      throw file.errors().of(e);
    }
    AtomicReference<Optional<String>> left = new AtomicReference<>(Optional.empty());
    // After its commit, so outside of any transaction, and by the writer's thread.
    writer.write(WriteTask.urgent(sql -> sql, sql -> left.set(rewrite(sql))));
    return Objects.requireNonNull(left.get());
  }

  private Optional<String> rewrite(SqliteSession sql) {
    // All of the process has this setting, and the connection that sets it loses its temporary
    // tables.
    try (SqliteSession setting = file.reader()) {
      setting.script("PRAGMA temp_store_directory = '" + quoted(directory()) + "'");
      try {
        sql.script("VACUUM");
      } finally {
        setting.script("PRAGMA temp_store_directory = ''");
      }
      long busy = sql.number("PRAGMA wal_checkpoint(TRUNCATE)");
      return busy == 0
          ? Optional.empty()
          : Optional.of(
              "the journal's file was rewritten, but another program reads it, so that "
                  + file.file().getFileName()
                  + "-wal could not be emptied: close that one and ask again");
    } catch (SQLException e) {
      LOG.warn("the journal's file could not be rewritten", e);
      return Optional.of(
          "the journal's file was not rewritten ("
              + file.errors().of(e).getMessage()
              + "): ask again when it can be");
    }
  }

  private Path directory() {
    return Objects.requireNonNull(
        file.file().toAbsolutePath().getParent(), "a file is in a directory");
  }

  private static String quoted(Path path) {
    return path.toString().replace("'", "''");
  }
}
