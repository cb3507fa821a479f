package io.rowhook.journal;

import java.util.function.Predicate;

/** Told what of the work falls to this process, where several share it. */
public interface ShareListener {

  /**
   * Serve these recipients from now on, and no other. Returns when those that are served no more
   * are at rest, or after some seconds. One thread at a time.
   *
   * @param mine by name
   */
  void serve(Predicate<String> mine);

  /** Capture from now on, or no more. One thread at a time. */
  void capture(boolean mine) throws InterruptedException;

  /** This process may send again, which it did not know for a while. Any thread. */
  void maySend();
}
