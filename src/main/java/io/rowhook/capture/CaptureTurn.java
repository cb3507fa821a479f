package io.rowhook.capture;

/**
 * Whether this process is the one that captures, where several share a journal: who it is they
 * decide elsewhere. Any thread.
 */
final class CaptureTurn {

  // guarded by this
  private boolean mine;
  private boolean closed;

  CaptureTurn(boolean mine) {
    this.mine = mine;
  }

  synchronized void give(boolean toMe) {
    mine = toMe;
    notifyAll();
  }

  synchronized boolean isMine() {
    return mine;
  }

  /** Waits until it is. False: it was closed. */
  synchronized boolean await() throws InterruptedException {
    while (!mine && !closed) {
      wait();
    }
    return !closed;
  }

  /** Ends the wait. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
