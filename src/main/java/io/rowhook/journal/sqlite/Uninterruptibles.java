package io.rowhook.journal.sqlite;

/**
 * Waits of the port that declare no interruption: a read, or a small write. They are short, so they
 * go on to their end and leave the interruption to the caller's next wait.
 */
final class Uninterruptibles {

  /** Something that waits. */
  interface Wait<T> {
    T call() throws InterruptedException;
  }

  private Uninterruptibles() {}

  /**
   * @param wait may be called again after an interruption
   */
  static <T> T call(Wait<T> wait) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return wait.call();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
