package io.rowhook.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for a condition that another thread or process brings about, up to a deadline. */
public final class Eventually {

  private static final long BETWEEN_POLLS_MS = 20;

  private Eventually() {}

  /**
   * Returns once the condition holds.
   *
   * @param what for the failure: "the webhook has arrived"
   * @throws AssertionError at the deadline, with the last exception that the condition threw
   */
  public static void within(Duration limit, String what, Callable<Boolean> condition) {
    until(limit, what, () -> condition.call() ? Boolean.TRUE : null);
  }

  /** The same, with a failure that says how it was in the end. */
  public static void within(Duration limit, Supplier<String> what, Callable<Boolean> condition) {
    try {
      within(limit, "", condition);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + what.get(), e);
    }
  }

  /** Returns the first value that is not null; otherwise as {@link #within}. */
  public static <T> T until(Duration limit, String what, Callable<@Nullable T> value) {
    long deadline = System.nanoTime() + limit.toNanos();
    Throwable last = null;
    do {
      try {
        T found = value.call();
        if (found != null) {
          return found;
        }
        last = null;
      } catch (Exception | AssertionError e) {
        last = e;
      }
      pause();
    } while (System.nanoTime() < deadline);
    throw new AssertionError("not within " + limit.toMillis() + " ms: " + what, last);
  }

  /** Returns at the end of the time if the condition held all along. */
  public static void always(Duration limit, String what, Callable<Boolean> condition) {
    long end = System.nanoTime() + limit.toNanos();
    do {
      try {
        if (!condition.call()) {
          throw new AssertionError("not all along: " + what);
        }
      } catch (Exception e) {
        throw new AssertionError("not all along: " + what, e);
      }
      pause();
    } while (System.nanoTime() < end);
  }

  /** Retries an assertion until it passes or the deadline has come. */
  public static void passes(Duration limit, String what, Runnable assertion) {
    within(
        limit,
        what,
        () -> {
          assertion.run();
          return true;
        });
  }

  private static void pause() {
    try {
      Thread.sleep(BETWEEN_POLLS_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
