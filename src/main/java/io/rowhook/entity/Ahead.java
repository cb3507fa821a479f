package io.rowhook.entity;

import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes the events of one chunk of a staged transaction while those of the chunk before are
 * written, since both take as long, and everybody waits for the whole. Chunk by chunk, in order, on
 * one thread of its own; all else, the outcome too, is its caller's. When {@link #close} returns,
 * nothing is made any more.
 *
 * @param <T> what a chunk's events are made of
 */
final class Ahead<T> implements AutoCloseable {

  private final Outcome outcome;
  private final Consumer<T> maker;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("staged events").factory());
  private @Nullable Future<Chunk> made;

  /** What came of a chunk. */
  private record Chunk(Transaction transaction, List<Event> events, List<RejectedRow> rejected)
      implements Outcome {

    @Override
    public void event(Event event) {
      events.add(event);
    }

    @Override
    public void reject(RejectedRow row) {
      rejected.add(row);
    }
  }

  /**
   * @param outcome takes what came of all chunks
   * @param maker makes a chunk's events
   */
  Ahead(Outcome outcome, Consumer<T> maker) {
    this.outcome = outcome;
    this.maker = maker;
  }

  /**
   * Begins a chunk, and hands over what came of the one before.
   *
   * @param material asked at once for what its events are made of, with the outcome that takes them
   */
  void begin(Function<Outcome, T> material) {
    Chunk chunk = new Chunk(outcome.transaction(), new ArrayList<>(), new ArrayList<>());
    T ofChunk = material.apply(chunk);
    Future<Chunk> before = made;
    made =
        thread.submit(() -> {
          maker.accept(ofChunk);
          return chunk;
        });
    handOver(before);
  }

  /** Hands over what came of the last chunk. */
  void end() {
    handOver(made);
    made = null;
  }

  private void handOver(@Nullable Future<Chunk> future) {
    if (future == null) {
      return;
    }
    Chunk chunk = await(future);
    chunk.rejected().forEach(outcome::reject);
    chunk.events().forEach(outcome::event);
  }

  private static Chunk await(Future<Chunk> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException why -> throw why;
        case Error why -> throw why;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the journal's writer", e);
    }
  }

  /** Waits for a chunk that is being made, wanted or not. */
  @Override
  public void close() {
    thread.close();
  }
}
