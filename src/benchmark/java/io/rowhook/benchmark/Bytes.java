package io.rowhook.benchmark;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/** Looks for things in the bytes of a request, and makes no object of any. */
final class Bytes {

  private Bytes() {}

  /** {@code 2026-05-24T15:20:44.123456Z}, as microseconds since 1970. */
  static long instant(byte[] bytes, int at) {
    int from = at;
    while (bytes[from] == ' ') {
      from++;
    }
    long days =
        LocalDate.of(
                (int) digits(bytes, from, 4),
                (int) digits(bytes, from + 5, 2),
                (int) digits(bytes, from + 8, 2))
            .toEpochDay();
    long seconds =
        days * 86_400
            + digits(bytes, from + 11, 2) * 3_600
            + digits(bytes, from + 14, 2) * 60
            + digits(bytes, from + 17, 2);
    return seconds * 1_000_000 + digits(bytes, from + 20, 6);
  }

  private static long digits(byte[] bytes, int from, int count) {
    long number = 0;
    for (int i = from; i < from + count; i++) {
      number = number * 10 + (bytes[i] - '0');
    }
    return number;
  }

  /** The first number from there on; 0 if there is none. */
  static long number(byte[] bytes, int from, int end) {
    if (from < 0) {
      return 0;
    }
    int at = from;
    while (at < end && (bytes[at] < '0' || bytes[at] > '9')) {
      at++;
    }
    long number = 0;
    for (; at < end && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
      number = number * 10 + (bytes[at] - '0');
    }
    return number;
  }

  /** Where the body begins; -1 if the head is not there whole. */
  static int headEnd(byte[] bytes, int from, int end) {
    for (int i = from + 3; i < end; i++) {
      if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  /**
   * Where what follows the first such text begins, in any case of letters; -1 if it is not there.
   */
  static int find(byte[] text, byte[] bytes, int from, int end) {
    if (from < 0) {
      return -1;
    }
    for (int i = from; i <= end - text.length; i++) {
      if (is(text, bytes, i)) {
        return i + text.length;
      }
    }
    return -1;
  }

  static int findLast(byte[] text, byte[] bytes, int from, int end) {
    for (int i = end - text.length; i >= from; i--) {
      if (is(text, bytes, i)) {
        return i + text.length;
      }
    }
    return -1;
  }

  private static boolean is(byte[] text, byte[] bytes, int at) {
    for (int i = 0; i < text.length; i++) {
      byte b = bytes[at + i];
      if (b != text[i] && (b < 'A' || b > 'Z' || b + 32 != text[i])) {
        return false;
      }
    }
    return true;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
