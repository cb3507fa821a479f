package io.rowhook.admin.health;

import io.rowhook.journal.Backlog;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.SqliteJournal;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at what only the disk can tell, now and then, on a thread of its own: a disk that does not
 * answer so holds up nobody who asks for health, and is seen by that.
 */
final class JournalLooks implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JournalLooks.class);

  /** Between two looks. */
  static final Duration EVERY = Duration.ofSeconds(10);

  /** It rests for so many times as long as a look took: a hundredth of one processor at most. */
  private static final int REST = 100;

  /** And at most so long: what is seen must be seen within half a minute. */
  private static final Duration LONGEST = Duration.ofSeconds(20);

  /**
   * What was seen.
   *
   * @param at when the look began
   * @param backlogs by recipient
   * @param freeBytes that this user may still write beside the journal
   * @param totalBytes of its file system
   */
  record Seen(Instant at, Map<String, Backlog> backlogs, long freeBytes, long totalBytes) {}

  private final SqliteJournal journal;
  private final Path directory;
  private final Supplier<List<String>> recipients;
  private final Thread thread = Thread.ofPlatform().daemon().name("health").unstarted(this::run);
  private volatile @Nullable Seen seen;
  private volatile @Nullable Instant lookingSince;
  private volatile @Nullable String refused;

  /**
   * @param file the journal's
   * @param recipients the names of those that are sent to
   */
  JournalLooks(SqliteJournal journal, Path file, Supplier<List<String>> recipients) {
    this.recipients = recipients;
    this.journal = journal;
    Path parent = file.toAbsolutePath().getParent();
    this.directory = parent == null ? file.toAbsolutePath() : parent;
  }

  void start() {
    thread.start();
  }

  /** What was seen last; null: nothing yet. Any thread. */
  @Nullable Seen seen() {
    return seen;
  }

  /** Since when a look has been under way; null: none is. Any thread. */
  @Nullable Instant lookingSince() {
    return lookingSince;
  }

  /** Why the last look has failed; null: it has not. Any thread. */
  @Nullable String refused() {
    return refused;
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        long begin = System.nanoTime();
        look();
        Duration rest = Duration.ofNanos((System.nanoTime() - begin) * REST);
        rest = rest.compareTo(EVERY) < 0 ? EVERY : rest;
        Thread.sleep(rest.compareTo(LONGEST) > 0 ? LONGEST : rest);
      }
    } catch (InterruptedException e) {
      LOG.debug("health is no longer looked after");
    }
  }

  private void look() {
    Instant now = Instant.now();
    lookingSince = now;
    try {
      FileStore store = Files.getFileStore(directory);
      seen =
          new Seen(
              now,
              journal.queries().backlogs(recipients.get()),
              store.getUsableSpace(),
              store.getTotalSpace());
      refused = null;
    } catch (JournalException | IOException e) {
      refused = String.valueOf(e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("a look at the journal has failed", e);
      refused = e.toString();
    } finally {
      lookingSince = null;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
