package io.rowhook.capture;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a connection receives on which rows are read back, but for rows that are too large to be
 * held, or that come too many at once: in their place an error comes, as if the server had refused
 * them. The driver would make room for them otherwise, before anybody could refuse. TLS is below
 * it.
 *
 * <p>Frames are those of PostgreSQL's "Message Formats": a type and a length; {@code D} is a row.
 * One thread.
 */
final class OversizedRows extends FilterInputStream {

  /** The SQLSTATE of one row that is too large. */
  static final String ROW = "RH001";

  /** The SQLSTATE of rows that are too large together, and may come one by one. */
  static final String ROWS = "RH002";

  private static final int FRAME_HEADER = 5;
  private static final int BUFFER = 16 << 10;

  private final long largest;
  private final byte[] buffer = new byte[BUFFER];
  private int from;
  private int to;

  private final byte[] header = new byte[FRAME_HEADER];
  private int headerRead;

  /** A header, or an error, to be handed on before anything else. */
  private ByteBuffer first = ByteBuffer.allocate(0);

  /** Of the frame's body, still to be handed on, or to be dropped. */
  private long passing;

  private long dropping;

  /** Of the rows since something else came. */
  private long rows;

  private boolean refused;

  /**
   * @param largest row, and rows at once, in bytes as text
   */
  OversizedRows(InputStream in, long largest) {
    super(in);
    this.largest = largest;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int read = read(one, 0, 1);
    return read < 0 ? -1 : one[0] & 0xFF;
  }

  /** Blocks until there is a byte; a time-out in between loses none. */
  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int given = 0;
    while (given < length) {
      int more = give(bytes, offset + given, length - given);
      given += more;
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

  private void frame() {
    headerRead = 0;
    long body = (ByteBuffer.wrap(header).getInt(1) & 0xFFFFFFFFL) - 4;
    if (header[0] != 'D') {
      rows = 0;
      refused = false;
    }
    rows += header[0] == 'D' ? body : 0;
    if (rows <= largest) {
      first = ByteBuffer.wrap(header.clone());
      passing = body;
      return;
    }
    dropping = body;
    if (!refused) {
      refused = true;
      first = body > largest ? error(ROW, "the row is") : error(ROWS, "the rows are together");
    }
  }

  private ByteBuffer error(String state, String what) {
    String text =
        "SERROR\0VERROR\0C%s\0M%s larger than %d MB, which would fill the memory\0\0"
            .formatted(state, what, largest >> 20);
    byte[] fields = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(FRAME_HEADER + fields.length)
        .put((byte) 'E')
        .putInt(4 + fields.length)
        .put(fields)
        .flip();
  }

  @Override
  public long skip(long count) throws IOException {
    byte[] skipped = new byte[(int) Math.min(count, BUFFER)];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  /** What can be had without waiting; there may be more. */
  @Override
  public int available() {
    return first.remaining() + (int) Math.min(to - from, passing);
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
