package io.rowhook.capture.decode;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads a message of the log from its beginning to its end; numbers are big-endian. One use.
 *
 * <p>All methods throw {@link IndexOutOfBoundsException} where the message ends too soon.
 */
final class MessageCursor {

  final byte[] bytes;
  private final int end;
  int at;

  MessageCursor(ByteBuffer message) {
    this.bytes = message.array();
    this.at = message.arrayOffset() + message.position();
    this.end = at + message.remaining();
  }

  char character() {
    return (char) bytes[skip(1)];
  }

  int int8() {
    return bytes[skip(1)];
  }

  int int16() {
    int from = skip(2);
    return (bytes[from] & 0xFF) << 8 | (bytes[from + 1] & 0xFF);
  }

  int int32() {
    int from = skip(4);
    return bytes[from] << 24
        | (bytes[from + 1] & 0xFF) << 16
        | (bytes[from + 2] & 0xFF) << 8
        | (bytes[from + 3] & 0xFF);
  }

  /** Up to a zero byte. */
  String text() {
    int from = at;
    int to = from;
    while (bytes[to] != 0) {
      to++;
    }
    skip(to + 1 - from);
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /** Passes over so many bytes; returns where they begin. */
  int skip(int length) {
    int from = at;
    if (length < 0 || length > end - from) {
      throw new IndexOutOfBoundsException("the message ends too soon");
    }
    at = from + length;
    return from;
  }
}
