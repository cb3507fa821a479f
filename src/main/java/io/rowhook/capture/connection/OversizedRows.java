package io.rowhook.capture.connection;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a connection receives on which rows are read back, but for rows that are too large to be
 * held, or that come too many at once: in their place an error comes, as if the server had refused
 * them. The driver would make room for them otherwise, before anybody could refuse. A frame of the
 * type {@code D} is a row. One thread.
 */
public final class OversizedRows extends FrameFilter {

  /** The SQLSTATE of one row that is too large. */
  public static final String ROW = "RH001";

  /** The SQLSTATE of rows that are too large together, and may come one by one. */
  public static final String ROWS = "RH002";

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final long largest;

  /** Of the rows since something else came. */
  private long rows;

  private boolean refused;

  /**
   * @param largest row, and rows at once, in bytes as text
   */
  public OversizedRows(InputStream in, long largest) {
    super(in);
    this.largest = largest;
  }

  @Override
  boolean frame(byte type, long body) {
    if (type != 'D') {
      rows = 0;
      refused = false;
    }
    rows += type == 'D' ? body : 0;
    if (rows <= largest) {
      keep(body, 0);
    } else if (refused) {
      replace(NOTHING, body);
    } else {
      refused = true;
      replace(
          body > largest ? error(ROW, "the row is") : error(ROWS, "the rows are together"), body);
    }
    return true;
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
}
