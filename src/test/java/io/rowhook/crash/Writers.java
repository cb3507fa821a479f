package io.rowhook.crash;

import io.rowhook.testing.SourceDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The writers of a story, each with a thread, a connection and a seed of its own. */
final class Writers implements AutoCloseable {

  private final Truth truth;
  private final SourceDatabase source;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean stopping;

  private Writers(SourceDatabase source, Truth truth) {
    this.source = source;
    this.truth = truth;
  }

  static Writers start(
      SourceDatabase source, Truth truth, SplittableRandom seed, int count, int pauseMillis) {
    Writers writers = new Writers(source, truth);
    for (int i = 0; i < count; i++) {
      String name = "writer-" + i;
      SplittableRandom own = seed.split();
      writers.threads.add(
          Thread.ofPlatform().name(name).start(() -> writers.write(name, own, pauseMillis)));
    }
    return writers;
  }

  private void write(String name, SplittableRandom random, int pauseMillis) {
    Session session = new Session(source, name);
    Writer writer = new Writer(session, truth, random, pauseMillis);
    try {
      while (!stopping) {
        writer.transact();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    } finally {
      session.close();
    }
  }

  /** Throws what has ended a writer, if something has. */
  void check() {
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw new AssertionError("a writer failed", thrown);
    }
  }

  /** Lets each finish its transaction; from here on the truth is whole. */
  void stop() throws InterruptedException {
    stopping = true;
    for (Thread thread : threads) {
      thread.join();
    }
    check();
  }

  /** The last event of all: whoever has it, and is sequential, has everything. */
  void sentinel() throws SQLException, InterruptedException {
    Session session = new Session(source, "sentinel");
    Work work = new Work(truth);
    work.hold(EntityKey.SENTINEL);
    var connection = session.begin();
    new Rows(connection, work).insert(List.of(EntityKey.SENTINEL));
    connection.commit();
    work.committed();
    session.close();
  }

  /** Ends them in the middle of what they do; after {@link #stop} there is nothing left to end. */
  @Override
  public void close() {
    stopping = true;
    threads.forEach(Thread::interrupt);
  }
}
