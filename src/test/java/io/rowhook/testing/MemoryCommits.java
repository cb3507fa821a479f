package io.rowhook.testing;

import io.rowhook.journal.JournalException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The writes of a {@link MemoryJournal}: queued up to a limit, and carried out in groups by a
 * thread of its own. All is guarded by the journal.
 */
final class MemoryCommits {

  private static final int QUEUE = 2_000;

  private final Object journal;
  private List<Runnable> queued = new ArrayList<>();
  private long count;
  private boolean halted;
  private @Nullable String failure;

  MemoryCommits(Object journal) {
    this.journal = journal;
    Thread.ofPlatform().daemon().name("memory journal").start(this::commitGroups);
  }

  /** How many there were. */
  long count() {
    synchronized (journal) {
      return count;
    }
  }

  /** Nothing is read or written any more. */
  void halt() {
    synchronized (journal) {
      halted = true;
      journal.notifyAll();
    }
  }

  /** The same, and what was queued is lost. */
  void crash() {
    synchronized (journal) {
      queued.clear();
      halt();
    }
  }

  /** From now on everything fails, and what was queued is lost; null: it works again. */
  void fail(@Nullable String reason) {
    synchronized (journal) {
      failure = reason;
      if (reason != null) {
        queued.clear();
      }
      journal.notifyAll();
    }
  }

  void check() {
    synchronized (journal) {
      if (halted) {
        throw new JournalException("the journal is closed", new IllegalStateException());
      }
      if (failure != null) {
        throw new JournalException(failure, new IllegalStateException());
      }
    }
  }

  <T> T reading(Supplier<T> read) {
    synchronized (journal) {
      check();
      return read.get();
    }
  }

  /** Writes at once. */
  void writing(Runnable write) {
    synchronized (journal) {
      check();
      write.run();
    }
  }

  void queue(Runnable write) throws InterruptedException {
    synchronized (journal) {
      check();
      while (queued.size() >= QUEUE) {
        journal.wait();
        check();
      }
      queued.add(write);
      journal.notifyAll();
    }
  }

  int queued() {
    synchronized (journal) {
      return queued.size();
    }
  }

  void flush() throws InterruptedException {
    synchronized (journal) {
      check();
      long seen = count;
      while (!queued.isEmpty() && count == seen) {
        journal.wait();
        check();
      }
    }
  }

  private void commitGroups() {
    try {
      synchronized (journal) {
        while (!halted) {
          if (queued.isEmpty()) {
            journal.wait();
          } else {
            journal.wait(1); // a group gathers meanwhile, as during an fsync
            List<Runnable> group = queued;
            queued = new ArrayList<>();
            group.forEach(Runnable::run);
            count++;
            journal.notifyAll();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
