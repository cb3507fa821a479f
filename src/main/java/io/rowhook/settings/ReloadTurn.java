package io.rowhook.settings;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where whoever edits files through Rowhook meets {@link SettingsReloader}: one at a time looks at
 * the files, and an editor waits here until what it wrote has been acted upon. Any thread.
 */
final class ReloadTurn {

  /** What to say to whom a turn took too long. */
  static final String BUSY =
      "other settings are just being put in force. Try again in some seconds";

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition acted = lock.newCondition();

  /** Has the next look come at once. */
  private final Semaphore wake = new Semaphore(0);

  /** What the files held that were last put in force or refused. */
  private SortedMap<String, String> done = new TreeMap<>();

  /** Lines of changes that their author has told of. */
  private final Set<String> told = new HashSet<>();

  /** Begins a turn, when the one before has ended. */
  void begin() throws InterruptedException {
    lock.lockInterruptibly();
  }

  /** Begins a turn unless the one before takes longer than this. Returns whether it has. */
  boolean tryBegin(Duration most) throws InterruptedException {
    return lock.tryLock(most.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends the turn. */
  void end() {
    acted.signalAll();
    lock.unlock();
  }

  /** Notes, in a turn, which files were put in force or refused. */
  void done(SortedMap<String, String> files) {
    if (!files.equals(done)) {
      done = files;
      told.clear(); // what they were told of is among it
    }
  }

  /** Puts a file in its place, or takes it away. */
  interface Write {
    void run() throws EditRefusedException;
  }

  /**
   * Writes in a turn, so that no look sees the file before its changes count as told by their
   * author, and none that does not see it takes them for told.
   *
   * @param lines the changes that it leads to
   * @return false if the turn before takes longer than this: nothing is written
   */
  boolean write(Write write, List<String> lines, Duration most)
      throws EditRefusedException, InterruptedException {
    if (!tryBegin(most)) {
      return false;
    }
    try {
      write.run();
      told.addAll(lines);
      return true;
    } finally {
      end();
    }
  }

  /** Returns, in a turn, those of the changes that nobody has told of. */
  List<SettingsDiff.Change> untold(List<SettingsDiff.Change> changes) {
    return changes.stream().filter(change -> !told.remove(change.words())).toList();
  }

  /** Waits for so long, or until {@link #awaitActed} is called. */
  void rest(Duration most) throws InterruptedException {
    if (wake.tryAcquire(most.toMillis(), TimeUnit.MILLISECONDS)) {
      wake.drainPermits();
    }
  }

  /**
   * Has a look come at once, and waits until a file as it is now has been put in force or refused.
   *
   * @param key of the file in the fingerprint of all files
   * @param hash of its content; null: it is gone
   * @return false if that takes longer, or the file has been edited again
   */
  boolean awaitActed(String key, @Nullable String hash, Duration most) throws InterruptedException {
    wake.release();
    long left = most.toNanos();
    lock.lockInterruptibly();
    try {
      while (done.isEmpty() || !Objects.equals(done.get(key), hash)) {
        if (left <= 0) {
          return false;
        }
        left = acted.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
