package io.rowhook.template.jslt;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes integers beyond 2^53 as text in JSON, wherever they stand, and leaves every other byte as
 * it is. A number with a point or an exponent is no integer here. Pure.
 */
public final class LargeIntegers {

  /** 2^53: up to here a double holds each integer. */
  private static final byte[] LIMIT = "9007199254740992".getBytes(StandardCharsets.US_ASCII);

  private LargeIntegers() {}

  /** Returns the same array if there is nothing to do. */
  public static byte[] asText(byte[] json) {
    ByteArrayOutputStream out = null;
    int copied = 0;
    int at = 0;
    while (at < json.length) {
      byte b = json[at];
      if (b == '"') {
        at = afterText(json, at);
      } else if (b == '-' || isDigit(b)) {
        int end = afterNumber(json, at);
        if (isLarge(json, b == '-' ? at + 1 : at, end)) {
          out = out == null ? new ByteArrayOutputStream(json.length + 64) : out;
          out.write(json, copied, at - copied);
          out.write('"');
          out.write(json, at, end - at);
          out.write('"');
          copied = end;
        }
        at = end;
      } else {
        at++;
      }
    }
    if (out == null) {
      return json;
    }
    out.write(json, copied, json.length - copied);
    return out.toByteArray();
  }

  private static int afterText(byte[] json, int quote) {
    int at = quote + 1;
    while (at < json.length && json[at] != '"') {
      at += json[at] == '\\' ? 2 : 1;
    }
    return at + 1;
  }

  private static int afterNumber(byte[] json, int start) {
    int at = start + 1;
    while (at < json.length && isPartOfNumber(json[at])) {
      at++;
    }
    return at;
  }

  private static boolean isLarge(byte[] json, int from, int to) {
    if (to - from < LIMIT.length) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (!isDigit(json[i])) {
        return false;
      }
    }
    if (to - from > LIMIT.length) {
      return true;
    }
    for (int i = 0; i < LIMIT.length; i++) {
      if (json[from + i] != LIMIT[i]) {
        return json[from + i] > LIMIT[i];
      }
    }
    return false;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static boolean isPartOfNumber(byte b) {
    return isDigit(b) || b == '.' || b == 'e' || b == 'E' || b == '+' || b == '-';
  }
}
