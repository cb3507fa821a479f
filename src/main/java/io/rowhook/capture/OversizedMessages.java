package io.rowhook.capture;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.UnaryOperator;
import org.postgresql.core.PGStream;
import org.postgresql.core.QueryExecutorBase;
import org.postgresql.core.VisibleBufferedInputStream;
import org.postgresql.jdbc.PgConnection;

/**
 * What a replication connection receives, but for row changes that are too large to be held: of
 * each the beginning is left, in which its table and perhaps its key stand, and the letter that
 * says what it is becomes a small one. The driver would make room for the whole otherwise, up to a
 * gigabyte, before anybody could refuse it. TLS is below it.
 *
 * <p>Frames and messages are those of PostgreSQL's "Message Formats" and "Streaming Replication
 * Protocol": a type, a length, and where the type is {@code d}, 25 bytes of XLogData before the
 * message. One thread.
 */
final class OversizedMessages extends FilterInputStream {

  /** Of the heap for one row change, as text and with its old row: it lives in several copies. */
  private static final int SHARE_OF_HEAP = 12;

  /** What is left of one that is too large. */
  static final int KEPT = 64 << 10;

  private static final int FRAME_HEADER = 5;
  private static final int LOG_HEADER = 25;
  private static final int BUFFER = 16 << 10;
  private static final int SMALL_LETTER = 'a' - 'A';

  private final long largest;
  private final LargeRowGate gate;
  private final byte[] buffer = new byte[BUFFER];
  private int from;
  private int to;

  private final byte[] header = new byte[FRAME_HEADER];
  private int headerRead;
  private int headerGiven = FRAME_HEADER;

  /** Of the frame's body, still to be handed on and then to be dropped. */
  private long passing;

  private long dropping;

  /** Whether the frame that comes next has to wait. */
  private boolean held;

  /** How much of the body until the letter that becomes small; negative: it stays. */
  private long letter = -1;

  /**
   * @param largest row change, in bytes
   * @param gate that large ones go through
   */
  OversizedMessages(InputStream in, long largest, LargeRowGate gate) {
    super(in);
    this.gate = gate;
    this.largest = Math.max(largest, KEPT);
  }

  /** The largest row change that is taken, in bytes as the log has it. */
  static long largest() {
    return Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP;
  }

  /**
   * Puts one below the driver, which offers no way to.
   *
   * @param connection on which nothing is under way
   * @param gate that large row changes go through
   * @throws SQLException if this driver keeps its stream elsewhere
   */
  static void keepFrom(Connection connection, LargeRowGate gate) throws SQLException {
    below(connection, in -> new OversizedMessages(in, largest(), gate));
  }

  /** Puts a filter below the driver. */
  static void below(Connection connection, UnaryOperator<InputStream> filter) throws SQLException {
    try {
      Field stream = QueryExecutorBase.class.getDeclaredField("pgStream");
      Field input = PGStream.class.getDeclaredField("pgInput");
      stream.setAccessible(true);
      input.setAccessible(true);
      Object from = stream.get(connection.unwrap(PgConnection.class).getQueryExecutor());
      VisibleBufferedInputStream whole = (VisibleBufferedInputStream) input.get(from);
      if (whole.available() > 0) {
        throw new SQLException("the server says something that nobody asked for");
      }
      InputStream bounded = filter.apply(whole.getWrapped());
      input.set(from, new VisibleBufferedInputStream(bounded, BUFFER));
    } catch (ReflectiveOperationException | IOException e) {
      throw new SQLException(
          "this version of PostgreSQL's driver keeps its stream elsewhere than in pgStream.pgInput",
          e);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int read = read(one, 0, 1);
    return read < 0 ? -1 : one[0] & 0xFF;
  }

  /**
   * Blocks until there is a byte; a time-out in between loses none. What has to wait at the gate is
   * as if it had not come: to block here would keep the driver from telling how far we are.
   */
  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int given = 0;
    while (given < length) {
      int more = give(bytes, offset + given, length - given);
      given += more;
      if (held && given == 0) {
        throw new SocketTimeoutException("a large row change waits for the one before it");
      } else if (held) {
        return given;
      }
      if (more == 0 && from == to) {
        if (given > 0) {
          return given;
        }
        int read = in.read(buffer, 0, BUFFER);
        if (read < 0) {
          return -1;
        }
        from = 0;
        to = read;
      }
    }
    return given;
  }

  /** Hands on what is there, up to the end of one part of a frame. */
  private int give(byte[] bytes, int offset, int length) {
    if (headerGiven < FRAME_HEADER) {
      int given = Math.min(length, FRAME_HEADER - headerGiven);
      System.arraycopy(header, headerGiven, bytes, offset, given);
      headerGiven += given;
      return given;
    }
    int there = to - from;
    if (passing > 0) {
      int given = (int) Math.min(Math.min(length, there), passing);
      System.arraycopy(buffer, from, bytes, offset, given);
      if (letter >= 0 && letter < given) {
        bytes[offset + (int) letter] = small(bytes[offset + (int) letter]);
      }
      letter -= given;
      passing -= given;
      from += given;
      return given;
    }
    if (dropping > 0) {
      int dropped = (int) Math.min(there, dropping);
      dropping -= dropped;
      from += dropped;
      return 0;
    }
    int read = Math.min(there, FRAME_HEADER - headerRead);
    System.arraycopy(buffer, from, header, headerRead, read);
    headerRead += read;
    from += read;
    if (headerRead == FRAME_HEADER) {
      frame();
    }
    return 0;
  }

  private static byte small(byte letter) {
    return letter >= 'A' && letter <= 'Z' ? (byte) (letter + SMALL_LETTER) : letter;
  }

  private void frame() {
    passing = length() - 4;
    letter = -1;
    if (header[0] == 'd' && passing > largest + LOG_HEADER) {
      dropping = passing - KEPT;
      passing = KEPT;
      letter = LOG_HEADER;
      int kept = KEPT + 4;
      for (int i = 4; i > 0; i--) {
        header[i] = (byte) kept;
        kept >>= Byte.SIZE;
      }
    } else if (header[0] == 'd' && !gate.enter(passing - LOG_HEADER)) {
      passing = 0;
      held = true;
      return;
    }
    held = false;
    headerRead = 0;
    headerGiven = 0;
  }

  private long length() {
    long length = 0;
    for (int i = 1; i < FRAME_HEADER; i++) {
      length = length << Byte.SIZE | (header[i] & 0xFF);
    }
    return length;
  }

  @Override
  public long skip(long count) throws IOException {
    byte[] skipped = new byte[(int) Math.min(count, BUFFER)];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  /**
   * What can be had without waiting, and 0 where the next frame is held: the driver would ask for
   * it again and again, and let nobody else at the connection meanwhile.
   */
  @Override
  public int available() throws IOException {
    while (true) {
      int there = FRAME_HEADER - headerGiven + (int) Math.min(to - from, passing);
      if (there > 0) {
        return there;
      }
      give(header, 0, 0); // passes over what is dropped, and reads the next header
      if (held || (headerGiven == FRAME_HEADER && from == to && !fetch())) {
        return 0;
      }
    }
  }

  /** Reads on where something is there. */
  private boolean fetch() throws IOException {
    if (in.available() <= 0) {
      return false;
    }
    from = 0;
    to = Math.max(0, in.read(buffer, 0, BUFFER));
    return to > 0;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
