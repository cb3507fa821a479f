package io.rowhook.journal.sqlite;

import io.rowhook.journal.JournalException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * A few platform threads, each with a read-only connection of its own, that do all short reads for
 * whoever asks. A virtual thread that called SQLite itself would pin its carrier.
 */
public final class ReaderPool implements AutoCloseable {

  /** What is done on a reader's connection. */
  public interface Query<T> {
    T run(SqliteSession sql) throws SQLException;
  }

  private record Read<T>(Query<T> query, CompletableFuture<T> answer) {

    void run(SqliteSession sql, ReaderPool readers) {
      try {
        answer.complete(query.run(sql));
      } catch (SQLException e) {
        sql.forgetStatements();
        JournalException why = readers.errors.of(e);
        if (why.kind() == JournalException.Kind.DAMAGED) {
          readers.onDamage.accept(why);
        }
        answer.completeExceptionally(why);
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
    }
  }

  private static final int THREADS = 2;

  /** Callers wait for their answers, so more queued ones than this make further callers wait. */
  private static final int MAX_QUEUED = 256;

  private final BlockingQueue<Read<?>> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
  private final List<Thread> threads = new ArrayList<>();
  private final List<SqliteSession> connections = new ArrayList<>();
  private final SqliteErrorTranslator errors;
  private final Consumer<JournalException> onDamage;
  private volatile boolean closed;

  /**
   * @param onDamage told, by a reader's thread, when the file turns out to be damaged
   */
  public ReaderPool(JournalFile file, Consumer<JournalException> onDamage) throws SQLException {
    errors = file.errors();
    this.onDamage = onDamage;
    try {
      for (int i = 1; i <= THREADS; i++) {
        SqliteSession sql = file.reader();
        connections.add(sql);
        threads.add(
            Thread.ofPlatform().daemon().name("journal-reader-" + i).unstarted(() -> run(sql)));
      }
    } catch (SQLException e) {
      for (SqliteSession sql : connections) {
        sql.close();
      }
      throw e;
    }
    threads.forEach(Thread::start);
  }

  /**
   * Reads what is committed, and waits for it.
   *
   * @throws JournalException if it cannot be read
   */
  public <T> T read(Query<T> query) {
    Read<T> read = new Read<>(query, new CompletableFuture<>());
    if (closed) {
      throw errors.closed();
    }
    Uninterruptibles.call(() -> {
      queue.put(read);
      return read;
    });
    if (closed) {
      refuseQueued(); // the readers may have ended before they saw it
    }
    return Uninterruptibles.call(() -> answer(read));
  }

  private static <T> T answer(Read<T> read) throws InterruptedException {
    try {
      return read.answer().get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException why ? why : new IllegalStateException(e);
    }
  }

  private void run(SqliteSession sql) {
    try (sql) {
      while (!closed) {
        queue.take().run(sql, this);
      }
    } catch (InterruptedException e) {
      // close() has asked for the end
    } catch (SQLException e) {
      throw new IllegalStateException(errors.of(e));
    }
  }

  private void refuseQueued() {
    List<Read<?>> left = new ArrayList<>();
    queue.drainTo(left);
    left.forEach(read -> read.answer().completeExceptionally(errors.closed()));
  }

  /** Ends the threads and closes their connections; who still waits is refused. */
  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      Uninterruptibles.call(() -> {
        thread.join();
        return thread;
      });
    }
    refuseQueued();
  }
}
