package io.rowhook.capture.debezium;

import io.rowhook.capture.connection.PeekableSocket;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a quiet log to speak. Debezium looks at it two hundred times a second, and each look
 * costs a third of a millisecond of processor. The reader's thread only.
 */
final class WalIdleWait {

  /** Without a message for so long, the log is quiet. */
  private static final Duration QUIET = Duration.ofMillis(100);

  /** Debezium's reader must come round: it says how far it is, and sees that it is to stop. */
  private static final Duration LONGEST = Duration.ofMillis(400);

  /** Where one cannot wait for the socket, this long between two looks. */
  private static final Duration BLIND = Duration.ofMillis(45);

  /** In a quiet log the server is asked for a sign of life this often. */
  private static final Duration ASK = Duration.ofSeconds(2);

  /** The same, where someone waits for how far the log is. */
  private static final Duration ASK_SOON = Duration.ofMillis(100);

  /** The log comes from it; null if it is not of our making. */
  private @Nullable PeekableSocket socket;

  private long last = System.nanoTime();
  private long asked = System.nanoTime();

  WalIdleWait(@Nullable PeekableSocket socket) {
    this.socket = socket;
  }

  /**
   * Whether it is time to ask the server for a sign of life; it is asked then.
   *
   * @param awaited whether someone waits to hear how far the log is
   */
  boolean asks(boolean awaited) {
    long now = System.nanoTime();
    if (now - Math.max(last, asked) < (awaited ? ASK_SOON : ASK).toNanos()) {
      return false;
    }
    asked = now;
    return true;
  }

  /**
   * After a look at the log: waits where it is quiet, until something comes or for a while.
   *
   * @param found whether there was a message
   * @return whether to look again at once
   */
  boolean after(boolean found) throws InterruptedException {
    long now = System.nanoTime();
    if (found) {
      last = now;
      return false;
    } else if (now - last < QUIET.toNanos()) {
      return false;
    } else if (socket == null) {
      Thread.sleep(BLIND);
      return false;
    }
    try {
      return socket.awaitInput(LONGEST);
    } catch (IOException e) {
      socket = null; // if the connection is broken, the driver finds out, in its own words
      return true;
    }
  }
}
