package io.rowhook.journal.sqlite;

import io.rowhook.journal.JournalException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written, in bounded lanes, each in order: urgent writes, whose callers wait,
 * patient ones, and those that go apart from others, in turn with them. A write leaves the queue
 * when it has been dealt with, not when it is taken: so what cannot be written yet fills its lane,
 * and whoever adds to it waits.
 *
 * <p>Patient writes that nobody waits for are gathered, since each commit waits for the disk, or
 * for brokers: how many, and whether they go with urgent ones, {@link CommitGroup} says. A new
 * event must not wait behind the outcomes of a large backlog.
 */
final class WriteQueue {

  /** Callers wait for urgent writes, so there are as many as callers. */
  private static final int MAX_URGENT = 64;

  /** An outcome holds at most a few kilobytes of an answer. */
  static final int MAX_PATIENT = 2_048;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  private final Condition removed = lock.newCondition();
  private final Deque<WriteTask<?>> urgent = new ArrayDeque<>();
  private final Deque<WriteTask<?>> patient = new ArrayDeque<>();
  private final Deque<WriteTask<?>> apart = new ArrayDeque<>();
  private final SqliteErrorTranslator errors;
  private final CommitGroup group;
  private long patientAfterNanos = System.nanoTime();
  private long gatheringSince = System.nanoTime();
  private int awaited; // in the patient lane
  private boolean apartLast; // so it is the others' turn, if there are any
  private boolean urgentLast; // so it is the patient ones' turn where they do not go along
  private @Nullable JournalException refusal;

  WriteQueue(SqliteErrorTranslator errors, CommitGroup group) {
    this.errors = errors;
    this.group = group;
  }

  /**
   * Adds a write; waits while its lane is full.
   *
   * @throws JournalException if the journal was closed, or stopped for good
   */
  void add(WriteTask<?> task) throws InterruptedException {
    Deque<WriteTask<?>> lane = lane(task);
    int limit = task.isPatient() ? MAX_PATIENT : MAX_URGENT;
    lock.lockInterruptibly();
    try {
      while (refusal == null && lane.size() >= limit) {
        removed.await();
      }
      if (refusal != null) {
        throw refusal;
      }
      if (task.isPatient() && lane.isEmpty()) {
        gatheringSince = System.nanoTime();
      }
      awaited += task.isPatient() && task.isAwaited() ? 1 : 0;
      lane.add(task);
      if (!task.isPatient() || lane.size() == 1 || isWorthIt()) {
        added.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** What goes into the next commit, urgent writes first; waits for one. Empty: closed. */
  List<WriteTask<?>> next() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        if (!apart.isEmpty() && !apartLast) {
          apartLast = true;
          return List.of(apart.element());
        }
        apartLast = false;
        long wait = untilPatient();
        List<WriteTask<?>> next = new ArrayList<>();
        if (wait > 0 || group.along() > 0 || !urgentLast) {
          next.addAll(urgent);
        }
        urgentLast = !next.isEmpty();
        if (wait <= 0 && (next.isEmpty() || group.along() > 0)) {
          patient.stream().limit(urgentLast ? group.along() : group.alone()).forEach(next::add);
          gatheringSince = System.nanoTime(); // what is added from now on
        }
        if (!next.isEmpty()) {
          return next;
        }
        if (!apart.isEmpty()) {
          continue;
        }
        if (refusal != null) {
          return next;
        }
        if (wait == Long.MAX_VALUE) {
          added.await();
        } else {
          added.awaitNanos(wait);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nanoseconds until patient writes should go; {@code Long.MAX_VALUE}: there are none. */
  private long untilPatient() {
    if (patient.isEmpty()) {
      return Long.MAX_VALUE;
    } else if (refusal != null) {
      return 0;
    }
    long now = System.nanoTime();
    long pause = patientAfterNanos - now;
    if (pause > 0) {
      return pause;
    }
    return isWorthIt() ? 0 : gatheringSince + group.gathering().toNanos() - now;
  }

  /** Whether patient writes should not wait for more of them. */
  private boolean isWorthIt() {
    return awaited > 0
        || (group.along() > 0 && !urgent.isEmpty())
        || patient.size() >= group.worth();
  }

  /** It has been dealt with; always the first of its lane. */
  void remove(WriteTask<?> task) {
    lock.lock();
    try {
      WriteTask<?> first = lane(task).poll();
      if (first != task) {
        throw new IllegalStateException("writes are dealt with in order");
      }
      awaited -= task.isPatient() && task.isAwaited() ? 1 : 0;
      removed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean holdsPatient() {
    lock.lock();
    try {
      return !patient.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Patient writes do not wait for others, until there are none or so much time has passed. */
  void drain(Duration within) throws InterruptedException {
    lock.lockInterruptibly();
    awaited++;
    try {
      added.signal();
      long left = within.toNanos();
      while (!patient.isEmpty() && left > 0) {
        left = removed.awaitNanos(left);
      }
    } finally {
      awaited--;
      lock.unlock();
    }
  }

  /** Leaves patient writes alone for a while. */
  void pausePatient(long nanos) {
    lock.lock();
    try {
      patientAfterNanos = System.nanoTime() + nanos;
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more; what is in it can still be taken out. */
  void close() {
    refuse(errors.closed());
  }

  /** Takes no more, for this reason. */
  void refuse(JournalException why) {
    lock.lock();
    try {
      if (refusal == null) {
        refusal = why;
      }
      added.signalAll();
      removed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return refusal != null;
    } finally {
      lock.unlock();
    }
  }

  private Deque<WriteTask<?>> lane(WriteTask<?> task) {
    return switch (task.lane()) {
      case URGENT -> urgent;
      case PATIENT -> patient;
      case APART -> apart;
    };
  }
}
