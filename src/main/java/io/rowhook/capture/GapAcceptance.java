package io.rowhook.capture;

/**
 * Whether capture may go on in a new epoch where row changes may be missing: a person has allowed
 * it at the start. It holds once, and only before the first transaction of this process. Any
 * thread.
 */
final class GapAcceptance {

  private boolean open;

  GapAcceptance(boolean open) {
    this.open = open;
  }

  synchronized boolean isOpen() {
    return open;
  }

  /** Uses it up, or lets it go. Returns whether it was there. */
  synchronized boolean take() {
    boolean was = open;
    open = false;
    return was;
  }
}
