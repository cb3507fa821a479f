package io.rowhook.capture.connection;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A socket on which one can wait until something comes, without taking it: what the driver lacks,
 * which only looks. TLS, if any, is above it. At most one thread at a time reads and waits.
 */
public final class PeekableSocket extends Socket {

  private volatile @Nullable Peeked ahead;
  private volatile long heardAt = System.nanoTime();

  @Override
  public InputStream getInputStream() throws IOException {
    return ahead();
  }

  private Peeked ahead() throws IOException {
    Peeked known = ahead;
    if (known == null) {
      known = new Peeked(super.getInputStream(), () -> heardAt = System.nanoTime());
      ahead = known;
    }
    return known;
  }

  /** Since something came; since it was made, before. Any thread. */
  public Duration silence() {
    return Duration.ofNanos(System.nanoTime() - heardAt);
  }

  /**
   * Waits until there is something to read, if only the end.
   *
   * @param limit at most so long, to the millisecond
   * @return whether there is
   * @throws IOException if the connection is broken
   */
  public boolean awaitInput(Duration limit) throws IOException {
    int before = getSoTimeout();
    setSoTimeout(Math.toIntExact(limit.toMillis()));
    try {
      ahead().fetch();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } finally {
      if (!isClosed()) {
        setSoTimeout(before);
      }
    }
  }

  /** Holds one byte that was read to see that there is one. */
  private static final class Peeked extends FilterInputStream {

    private static final int NOTHING = -2; // -1 is the end

    private final Runnable heard;
    private int held = NOTHING;

    Peeked(InputStream in, Runnable heard) {
      super(in);
      this.heard = heard;
    }

    void fetch() throws IOException {
      if (held == NOTHING) {
        held = in.read();
        heard.run();
      }
    }

    @Override
    public int read() throws IOException {
      fetch();
      int taken = held;
      held = NOTHING;
      return taken;
    }

    /** The one byte alone if there is one: to wait for more after it could lose it. */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (held == NOTHING || length == 0) {
        int count = in.read(bytes, offset, length);
        heard.run();
        return count;
      }
      int taken = read();
      if (taken < 0) {
        return -1;
      }
      bytes[offset] = (byte) taken;
      return 1;
    }

    @Override
    public int available() throws IOException {
      return in.available() + (held >= 0 ? 1 : 0);
    }
  }
}
