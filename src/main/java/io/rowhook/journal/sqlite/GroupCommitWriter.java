package io.rowhook.journal.sqlite;

import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalException.Kind;
import io.rowhook.journal.JournalPulse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes the journal. It takes what waits in the queue and writes it in one
 * SQLite transaction, so that many callers share one wait for the disk (group commit).
 *
 * <p>When a group fails because of one write, each is written alone and only the guilty one fails.
 * When it fails because of the file (full, locked, unwritable), urgent writes fail and patient ones
 * stay in the queue and are tried again. A damaged file is never written again.
 */
public final class GroupCommitWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GroupCommitWriter.class);

  /** Between two tries to write what is patient. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** How long closing waits for what is queued. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

  /** How long draining waits. */
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(5);

  private final SqliteSession sql;
  private final SqliteErrorTranslator errors;
  private final CommitLog log;
  private final WriteQueue queue;
  private final Thread thread;
  private volatile @Nullable JournalException standing;
  private volatile boolean writing;
  private volatile long began; // what is being written

  /** The writer's thread only: outcomes that could not be written. */
  private long lost;

  /** The same, of a journal that is its file alone. */
  public GroupCommitWriter(SqliteSession sql, SqliteErrorTranslator errors) {
    this(sql, errors, CommitLog.NONE);
  }

  /**
   * @param sql owned by this thread from {@link #start} until it has ended
   * @param log has each commit before the file does
   */
  public GroupCommitWriter(SqliteSession sql, SqliteErrorTranslator errors, CommitLog log) {
    this.sql = sql;
    this.errors = errors;
    this.log = log;
    queue = new WriteQueue(errors, log.group());
    thread = Thread.ofPlatform().daemon().name("journal-writer").unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /**
   * Queues a write; waits while the queue is full.
   *
   * @throws JournalException if the journal was closed, or is damaged
   */
  public <T> WriteTask<T> submit(WriteTask<T> task) throws InterruptedException {
    queue.add(task);
    return task;
  }

  /** Queues a write and waits until it is durable. */
  public <T> T write(WriteTask<T> task) throws InterruptedException {
    return submit(task).await();
  }

  /** The same, for short writes whose callers declare no interruption; it is kept for later. */
  public <T> T writeThrough(WriteTask<T> task) {
    return Uninterruptibles.call(() -> submit(task)).awaitThrough();
  }

  /**
   * Writes what is patient and queued now, before the right to write it is given back; where the
   * journal cannot be written, nothing is waited for.
   */
  public void drain() {
    if (standing == null) {
      Uninterruptibles.call(() -> {
        queue.drain(DRAIN_LIMIT);
        return true;
      });
    }
  }

  /** What keeps the journal from being written just now, if anything does. */
  @Nullable
  public JournalException standing() {
    return standing;
  }

  /** How it gets on. Any thread; never waits. */
  public JournalPulse pulse() {
    return new JournalPulse(
        thread.isAlive() || thread.getState() == Thread.State.NEW,
        writing ? Duration.ofNanos(System.nanoTime() - began) : Duration.ZERO);
  }

  /** Someone found the file damaged: nothing is written any more. */
  public void stopForGood(JournalException why) {
    if (standing == null || standing.kind() != Kind.DAMAGED) {
      LOG.error("{}", why.getMessage());
    }
    standing = why;
    queue.refuse(why);
  }

  private void run() {
    try {
      while (true) {
        List<WriteTask<?>> group = queue.next();
        if (group.isEmpty()) {
          break;
        }
        began = System.nanoTime();
        writing = true;
        write(group);
        writing = false;
      }
      if (lost > 0) {
        String words = "{} outcomes could not be written: these deliveries are sent again";
        LOG.error(errors.words(words), lost);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the journal's writer", e);
    }
  }

  private void write(List<WriteTask<?>> group) {
    RuntimeException failure = transaction(group);
    if (failure == null) {
      group.forEach(this::succeeded);
      clearFault(group);
    } else if (failure instanceof JournalException file && file.kind() == Kind.DAMAGED) {
      stopForGood(file);
      group.forEach(task -> failed(task, file));
    } else if (failure instanceof JournalException file && file.kind().mayPass()) {
      cannotWrite(group, file);
    } else if (group.size() == 1) {
      failed(group.getFirst(), failure);
    } else {
      inHalves(group);
    }
  }

  /** One of them is guilty. Patient writes keep their order: behind one that waits, all wait. */
  private void inHalves(List<WriteTask<?>> group) {
    List<WriteTask<?>> first = group.subList(0, group.size() / 2);
    List<WriteTask<?>> second = group.subList(first.size(), group.size());
    write(first);
    boolean stuck = standing != null && first.stream().anyMatch(WriteTask::isPatient);
    List<WriteTask<?>> rest =
        stuck ? second.stream().filter(task -> !task.isPatient()).toList() : second;
    if (!rest.isEmpty()) {
      write(rest);
    }
  }

  /** What went wrong; null if it is durable. */
  private @Nullable RuntimeException transaction(List<WriteTask<?>> group) {
    JournalException damaged = standing;
    if (damaged != null && damaged.kind() == Kind.DAMAGED) {
      return damaged;
    }
    boolean appended = false;
    try {
      sql.begin();
      for (WriteTask<?> task : group) {
        task.run(sql);
      }
      appended = log.append(sql);
      sql.commit();
      return null;
    } catch (SQLException e) {
      sql.rollback();
      return appended ? repeat(errors.of(e)) : errors.of(e);
    } catch (RuntimeException e) {
      sql.rollback();
      return e;
    } catch (Error e) {
      sql.rollback();
      return new IllegalStateException(e);
    }
  }

  /**
   * The log has the group and the file has not: nothing else is written before it has, since it
   * would be written over what is durable already. Null: it has it now.
   */
  private @Nullable RuntimeException repeat(JournalException why) {
    JournalException last = why;
    boolean again = true;
    while (again && last.kind().mayPass()) {
      if (standing == null) {
        LOG.error("{}", last.getMessage());
      }
      standing = last;
      again = !queue.isClosed();
      Uninterruptibles.call(() -> {
        Thread.sleep(PAUSE);
        return true;
      });
      try {
        sql.begin();
        log.repeat(sql);
        sql.commit();
        return null;
      } catch (SQLException e) {
        sql.rollback();
        last = errors.of(e);
      }
    }
    return new JournalException(
        Kind.DAMAGED,
        errors.words(
            "is behind what was made durable, and could not be brought there; start Rowhook again,"
                + " it reads the rest then: "
                + last.getMessage()),
        last);
  }

  /** Urgent writes fail; patient ones stay where they are, unless there is no later. */
  private void cannotWrite(List<WriteTask<?>> group, JournalException why) {
    JournalException before = standing;
    if (before == null || before.kind() != why.kind()) {
      LOG.error("{}", why.getMessage());
    }
    standing = why;
    boolean closing = queue.isClosed();
    for (WriteTask<?> task : group) {
      if (!task.isPatient() || closing) {
        failed(task, why);
      }
    }
    queue.pausePatient(PAUSE.toNanos());
  }

  /**
   * A small urgent write may succeed on a full disk; the trouble is over when what waited is
   * written.
   */
  private void clearFault(List<WriteTask<?>> group) {
    boolean nothingWaits = group.stream().anyMatch(WriteTask::isPatient) || !queue.holdsPatient();
    if (standing != null && nothingWaits) {
      LOG.info("{}", errors.words("can be written again"));
      standing = null;
    }
  }

  private void succeeded(WriteTask<?> task) {
    queue.remove(task);
    try {
      task.succeeded();
    } catch (RuntimeException e) {
      LOG.error("what follows a commit must not fail", e);
    }
  }

  private void failed(WriteTask<?> task, RuntimeException why) {
    queue.remove(task);
    boolean elsewhere =
        why instanceof JournalException known
            && known.kind() == Kind.TAKEN_OVER; // it goes on there
    if (task.isPatient() && !elsewhere) {
      lost++;
    }
    task.failed(why);
  }

  /** Writes what is queued, then ends. What cannot be written by then is named in the log. */
  @Override
  public void close() {
    queue.close();
    boolean interrupted = false;
    long deadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
    while (thread.isAlive() && System.nanoTime() < deadline) {
      try {
        thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
