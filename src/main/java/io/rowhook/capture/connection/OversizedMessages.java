package io.rowhook.capture.connection;

import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * What a replication connection receives, but for row changes that are too large to be held: of
 * each the beginning is left, in which its table and perhaps its key stand, and the letter that
 * says what it is becomes a small one. The driver would make room for the whole otherwise, up to a
 * gigabyte, before anybody could refuse it.
 *
 * <p>Messages are those of PostgreSQL's "Streaming Replication Protocol": where a frame's type is
 * {@code d}, 25 bytes of XLogData come before the message. One thread.
 */
public final class OversizedMessages extends FrameFilter {

  /** Of the heap for one row change, as text and with its old row: it lives in several copies. */
  private static final int SHARE_OF_HEAP = 12;

  /** What is left of one that is too large. */
  static final int KEPT = 64 << 10;

  private static final int LOG_HEADER = 25;
  private static final int SMALL_LETTER = 'a' - 'A';

  private final long largest;
  private final LargeRowGate gate;

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
  public static long largest() {
    return Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP;
  }

  /**
   * Puts one below the driver.
   *
   * @param connection on which nothing is under way
   * @param gate that large row changes go through
   * @throws SQLException if this driver keeps its stream elsewhere
   */
  public static void keepFrom(Connection connection, LargeRowGate gate) throws SQLException {
    below(connection, in -> new OversizedMessages(in, largest(), gate));
  }

  @Override
  boolean frame(byte type, long body) {
    letter = -1;
    if (type == 'd' && body > largest + LOG_HEADER) {
      letter = LOG_HEADER;
      keep(KEPT, body - KEPT);
    } else if (type == 'd' && !gate.enter(body - LOG_HEADER)) {
      return false;
    } else {
      keep(body, 0);
    }
    return true;
  }

  @Override
  void pass(byte[] bytes, int offset, int length) {
    if (letter >= 0 && letter < length) {
      bytes[offset + (int) letter] = small(bytes[offset + (int) letter]);
    }
    letter -= length;
  }

  private static byte small(byte letter) {
    return letter >= 'A' && letter <= 'Z' ? (byte) (letter + SMALL_LETTER) : letter;
  }
}
