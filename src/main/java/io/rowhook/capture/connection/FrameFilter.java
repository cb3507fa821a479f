package io.rowhook.capture.connection;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.UnaryOperator;
import org.postgresql.core.PGStream;
import org.postgresql.core.QueryExecutorBase;
import org.postgresql.core.VisibleBufferedInputStream;
import org.postgresql.jdbc.PgConnection;

/**
 * What a connection receives, frame by frame, below the driver and above TLS: of each frame it is
 * decided what the driver gets, before the driver makes room for it.
 *
 * <p>Frames are those of PostgreSQL's "Message Formats": a type, and the length of all but that.
 * One thread.
 */
public abstract class FrameFilter extends FilterInputStream {

  static final int FRAME_HEADER = 5;

  private static final int BUFFER = 16 << 10;

  private final byte[] buffer = new byte[BUFFER];
  private int from;
  private int to;

  private final byte[] header = new byte[FRAME_HEADER];
  private final ByteBuffer headerView = ByteBuffer.wrap(header);
  private int headerRead;

  /** To be handed on before anything else. */
  private ByteBuffer first = ByteBuffer.allocate(0);

  /** Of the frame's body, still to be handed on and then to be dropped. */
  private long passing;

  private long dropping;

  /** Whether the frame that comes next has to wait. */
  private boolean held;

  FrameFilter(InputStream in) {
    super(in);
  }

  /**
   * Decides on the frame that comes next: calls {@link #keep} or {@link #replace}, unless it has to
   * wait.
   *
   * @param type of the frame
   * @param body its length without type and length, in bytes
   * @return false: it has to wait, and this is asked again
   */
  abstract boolean frame(byte type, long body);

  /** The frame is handed on with the beginning of its body, and the rest is dropped. */
  final void keep(long beginning, long rest) {
    first = headerView.putInt(1, (int) beginning + 4).rewind();
    passing = beginning;
    dropping = rest;
  }

  /** Something else is handed on in the place of the frame, or nothing. */
  final void replace(ByteBuffer other, long body) {
    first = other;
    dropping = body;
  }

  /** Part of the frame's body is handed on; it may be changed. */
  void pass(byte[] bytes, int offset, int length) {}

  /** Puts a filter below the driver, which offers no way to. */
  public static void below(Connection connection, UnaryOperator<InputStream> filter)
      throws SQLException {
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
   * Blocks until there is a byte; a time-out in between loses none. A frame that has to wait is as
   * if it had not come: to block here would keep the driver from telling how far we are.
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
    if (first.hasRemaining()) {
      int given = Math.min(length, first.remaining());
      first.get(bytes, offset, given);
      return given;
    }
    int there = to - from;
    if (passing > 0) {
      int given = (int) Math.min(Math.min(length, there), passing);
      System.arraycopy(buffer, from, bytes, offset, given);
      pass(bytes, offset, given);
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
      decide();
    }
    return 0;
  }

  private void decide() {
    long body = (headerView.getInt(1) & 0xFFFFFFFFL) - 4;
    held = !frame(header[0], body);
    headerRead = held ? headerRead : 0;
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
      int there = first.remaining() + (int) Math.min(to - from, passing);
      if (there > 0) {
        return there;
      }
      give(header, 0, 0); // passes over what is dropped, and reads the next header
      if (held || (!first.hasRemaining() && from == to && !fetch())) {
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
