package io.rowhook.template;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many threads one attribute set or condition may have at once: one until a rendering of it was
 * quick, and again once one is slow, so that what never ends costs one thread and not several. Any
 * thread.
 */
final class RenderingPermits {

  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition free = lock.newCondition();
  private int running; // guarded by lock
  private boolean quick; // guarded by lock

  /**
   * @param most of one that is quick
   */
  RenderingPermits(int most) {
    this.most = most;
  }

  /** Waits until one more may run. */
  void enter() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (running >= (quick ? most : 1)) {
        free.await();
      }
      running++;
    } finally {
      lock.unlock();
    }
  }

  /** One that runs is slow. */
  void slow() {
    lock.lock();
    try {
      quick = false;
    } finally {
      lock.unlock();
    }
  }

  /**
   * One has come to an end, or was given up.
   *
   * @param wasQuick whether it came to an end soon
   */
  void leave(boolean wasQuick) {
    lock.lock();
    try {
      running--;
      quick = wasQuick;
      for (int i = running; i < (quick ? most : 1); i++) {
        free.signal();
      }
    } finally {
      lock.unlock();
    }
  }
}
