package io.rowhook.journal;

import io.rowhook.journal.sqlite.JournalPlace;
import io.rowhook.journal.sqlite.ProcessLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Held by the process that is to go on with a journal that another one has open: on a file beside
 * it, so that it is gone with the process. By it the one that has the journal open knows that
 * somebody goes on when it lets go, also where it was asked long ago and was not able to look. Any
 * thread.
 */
public final class SuccessorLock implements AutoCloseable {

  /** How often it is looked whether the journal is free. */
  private static final Duration LOOK = Duration.ofMillis(2);

  private final ProcessLock lock;
  private final JournalPlace journal;

  private SuccessorLock(ProcessLock lock, JournalPlace journal) {
    this.lock = lock;
    this.journal = journal;
  }

  /**
   * Takes it: this process is the one that goes on. Makes the journal's directory, as whoever opens
   * the journal does.
   *
   * @throws JournalException if another process is about to, or no journal can be there
   */
  public static SuccessorLock take(Path path) throws IOException {
    JournalPlace journal = JournalPlace.of(path);
    journal.check();
    journal.make();
    Path next = next(journal);
    try {
      return new SuccessorLock(ProcessLock.take(next), journal);
    } catch (JournalException e) {
      if (e.kind() != JournalException.Kind.LOCKED) {
        throw e;
      }
      throw new JournalException(
          e.kind(),
          "journal %s: another Rowhook is about to take it over, %s says which. Wait for that one, or end it"
              .formatted(journal.file(), ProcessLock.beside(next)));
    }
  }

  /** Whether a process holds it: somebody goes on with the journal once it is free. */
  public static boolean isHeld(Path path) {
    try {
      return JournalPlace.of(next(JournalPlace.of(path))).isInUse();
    } catch (IOException e) {
      return false;
    }
  }

  private static Path next(JournalPlace journal) {
    return journal.file().resolveSibling(journal.file().getFileName() + ".next");
  }

  /**
   * Waits until nobody has the journal open.
   *
   * @return whether that is so in time
   * @throws IOException if its lock cannot be looked at
   */
  public boolean awaitFree(Duration limit) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (journal.isInUse()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      Thread.sleep(LOOK);
    }
    return true;
  }

  @Override
  public void close() {
    lock.close();
  }
}
