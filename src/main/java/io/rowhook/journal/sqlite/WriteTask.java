package io.rowhook.journal.sqlite;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One thing to be written, whole or not at all; the writer's thread runs it inside a transaction
 * that it may share with others, perhaps more than once: a rolled back one is run again.
 *
 * @param <T> what it gives
 */
public final class WriteTask<T> {

  /** What is done inside the transaction. */
  public interface Action<T> {
    T run(SqliteSession sql) throws SQLException;
  }

  /** How it waits for its turn. */
  enum Lane {
    /** With others, before those that are patient. */
    URGENT,
    /** With others. */
    PATIENT,
    /** In a commit of its own, before all others. */
    APART
  }

  private final Action<T> action;
  private final Consumer<T> committed;
  private final Consumer<RuntimeException> onFailure;
  private final Lane lane;
  private final boolean awaited;
  private final CompletableFuture<T> done = new CompletableFuture<>();
  private volatile boolean cancelled;
  private @Nullable T result;

  private WriteTask(
      Action<T> action,
      Consumer<T> committed,
      Consumer<RuntimeException> onFailure,
      Lane lane,
      boolean awaited) {
    this.action = action;
    this.committed = committed;
    this.onFailure = onFailure;
    this.lane = lane;
    this.awaited = awaited;
  }

  /**
   * Fails at once where the journal cannot be written.
   *
   * @param committed called by the writer's thread once it is durable, before whoever waits goes on
   */
  public static <T> WriteTask<T> urgent(Action<T> action, Consumer<T> committed) {
    return new WriteTask<>(action, committed, why -> {}, Lane.URGENT, true);
  }

  /** The same, where nothing follows but the caller's going on. */
  public static <T> WriteTask<T> urgent(Action<T> action) {
    return urgent(action, result -> {});
  }

  /**
   * Waits, in order, for as long as the journal cannot be written: it must not get lost.
   *
   * @param awaited whether someone waits for it; else it may wait for others, to share a commit
   * @param committed called by the writer's thread once it is durable
   * @param onFailure called by the writer's thread if it can never be written
   */
  public static <T> WriteTask<T> patient(
      Action<T> action,
      boolean awaited,
      Consumer<T> committed,
      Consumer<RuntimeException> onFailure) {
    return new WriteTask<>(action, committed, onFailure, Lane.PATIENT, awaited);
  }

  /**
   * Fails at once where the journal cannot be written. Not with others: what only brings the file
   * up to what brokers have already costs milliseconds, and must not wait for theirs.
   */
  public static <T> WriteTask<T> apart(Action<T> action, Consumer<T> committed) {
    return new WriteTask<>(action, committed, why -> {}, Lane.APART, true);
  }

  /** The same, where nothing follows but the caller's going on. */
  public static <T> WriteTask<T> apart(Action<T> action) {
    return apart(action, result -> {});
  }

  Lane lane() {
    return lane;
  }

  boolean isPatient() {
    return lane == Lane.PATIENT;
  }

  /** Whether it has been dealt with: {@link #await} does not wait. */
  public boolean isDone() {
    return done.isDone();
  }

  /** Whether someone waits until it is durable. */
  boolean isAwaited() {
    return awaited;
  }

  /** Nobody waits for it any more: it is left out if it was not begun. */
  void cancel() {
    cancelled = true;
  }

  void run(SqliteSession sql) throws SQLException {
    result = null;
    if (!cancelled) {
      result = action.run(sql);
    }
  }

  void succeeded() {
    T given = result;
    if (given != null) {
      committed.accept(given);
      done.complete(given);
    } else {
      done.cancel(false);
    }
  }

  void failed(RuntimeException why) {
    onFailure.accept(why);
    done.completeExceptionally(why);
  }

  /** Waits until it is durable; whoever is interrupted cancels it. */
  public T await() throws InterruptedException {
    try {
      return value();
    } catch (InterruptedException e) {
      cancel();
      throw e;
    }
  }

  /** Waits until it is durable, interrupted or not. */
  T awaitThrough() {
    return Uninterruptibles.call(this::value);
  }

  private T value() throws InterruptedException {
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException why ? why : new IllegalStateException(e);
    }
  }
}
