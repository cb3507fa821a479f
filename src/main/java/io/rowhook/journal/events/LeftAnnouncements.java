package io.rowhook.journal.events;

import io.rowhook.journal.JournalException;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.tables.AnnouncementDao;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what instances that do not capture have left to the one that does, as long as that is
 * this one: when it is told of some, and every second. Owns one thread, once it is started.
 */
public final class LeftAnnouncements implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LeftAnnouncements.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final SqliteAnnouncer announcer;
  private final ReaderPool readers;
  private final BooleanSupplier captures;
  private final Semaphore told = new Semaphore(0);
  private final Thread thread = Thread.ofVirtual().name("left announcements").unstarted(this::run);

  /**
   * @param captures whether this instance captures now
   */
  public LeftAnnouncements(
      SqliteAnnouncer announcer, ReaderPool readers, BooleanSupplier captures) {
    this.announcer = announcer;
    this.readers = readers;
    this.captures = captures;
  }

  /** Begins to look. */
  public void start() {
    thread.start();
  }

  /** There may be some. Any thread; never waits. */
  public void look() {
    told.release();
  }

  private void run() {
    try {
      while (true) {
        if (told.tryAcquire(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
          told.drainPermits();
        }
        publish();
      }
    } catch (InterruptedException e) {
      LOG.debug("what others announce is no longer published");
    }
  }

  private void publish() throws InterruptedException {
    try {
      if (captures.getAsBoolean() && readers.read(AnnouncementDao::any)) {
        announcer.publishLeft(); // where it cannot just now, again in a second
      }
    } catch (JournalException e) {
      LOG.debug("what others announce cannot be published just now", e); // the journal says why
    } catch (RuntimeException e) {
      LOG.error("what others announce could not be published", e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      if (thread.isAlive()) {
        thread.join(Duration.ofSeconds(5));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
