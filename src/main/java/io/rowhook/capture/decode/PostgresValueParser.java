package io.rowhook.capture.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.HStoreConverter;

/**
 * Reads values as PostgreSQL writes them into the values that {@code docs/mapping.md} promises:
 * {@code numeric} exact, timestamps ISO 8601, {@code bytea} base64, arrays as arrays. Stateless.
 */
public final class PostgresValueParser {

  private static final String BC = " BC";
  private static final String UTC = "+00";
  private static final Pattern INTERVAL =
      Pattern.compile(
          "(?:(?<years>[+-]?[0-9]+) years?)? ?(?:(?<months>[+-]?[0-9]+) mons?)? ?(?:(?<days>[+-]?[0-9]+) days?)?"
              + " ?(?:(?<sign>[+-]?)(?<hours>[0-9]+):(?<minutes>[0-9]{2}):(?<seconds>[0-9]{2}(?:[.][0-9]+)?))?");

  /** As the locale C has it. */
  private static final Pattern MONEY = Pattern.compile("-?[$][0-9]{1,3}(,[0-9]{3})*[.][0-9]{2}");

  private static final Pattern NUMBER = Pattern.compile("-?[0-9.]+([eE][+-]?[0-9]+)?");

  /** Seconds always, and as many decimals as PostgreSQL writes. */
  private static final DateTimeFormatter UTC_TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
          .appendLiteral('Z')
          .toFormatter();

  private static final DateTimeFormatter OFFSET_TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendOffset("+HH:mm:ss", "Z") // with "+00", +00:53:28 would end there
          .toFormatter();

  /** A value that breaks a rule; the message never quotes it. */
  static final class BadValueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    BadValueException(String rule) {
      super(rule);
    }
  }

  private PostgresValueParser() {}

  /**
   * Reads a value as PostgreSQL writes it.
   *
   * @throws BadValueException with the rule that the value breaks, and never the value
   * @throws RuntimeException where PostgreSQL would not have written it
   */
  public static JsonNode parse(PostgresType type, String text) {
    return switch (type.kind()) {
      case TEXT -> TextNode.valueOf(text);
      case BOOLEAN -> BooleanNode.valueOf(text.equals("t"));
      case INTEGER -> integer(Long.parseLong(text));
      case DECIMAL -> decimal(text);
      case FLOAT -> floating(text);
      case MONEY -> money(text);
      case JSON -> PostgresJsonParser.parse(text);
      case HSTORE -> hstore(text);
      case BYTEA -> bytea(hex(text.getBytes(StandardCharsets.ISO_8859_1), 0, text.length()));
      case DATE -> TextNode.valueOf(date(text));
      case TIMESTAMP -> TextNode.valueOf(timestamp(text));
      case TIMESTAMPTZ -> TextNode.valueOf(timestamptz(text));
      case TIMETZ -> TextNode.valueOf(timetz(text));
      case INTERVAL -> TextNode.valueOf(interval(text));
      case GEOMETRIC -> TextNode.valueOf(geometric(text));
      case ARRAY -> new PostgresArrayParser(text, type).read();
    };
  }

  /**
   * The same of a text in UTF-8 among other bytes.
   *
   * @param from where it begins
   */
  static JsonNode parse(PostgresType type, byte[] bytes, int from, int length) {
    return switch (type.kind()) {
      case BOOLEAN -> BooleanNode.valueOf(bytes[from] == 't');
      case INTEGER -> integer(integer(bytes, from, length));
      case BYTEA -> bytea(hex(bytes, from, length));
      default -> parse(type, text(bytes, from, length));
    };
  }

  private static String text(byte[] bytes, int from, int length) {
    String text = new String(bytes, from, length, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0) {
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, length));
      } catch (CharacterCodingException e) {
        throw new BadValueException("a text that is not UTF-8");
      }
    }
    return text;
  }

  private static long integer(byte[] bytes, int from, int length) {
    int end = from + length;
    boolean negative = bytes[from] == '-';
    long value = 0; // negative, so that the smallest fits
    for (int i = negative ? from + 1 : from; i < end; i++) {
      value = value * 10 - (bytes[i] - '0');
    }
    return negative ? value : -value;
  }

  private static byte[] hex(byte[] bytes, int from, int length) {
    if (length < 2 || bytes[from] != '\\' || bytes[from + 1] != 'x') {
      throw new BadValueException("a bytea that is not in hex, whatever bytea_output says");
    }
    byte[] read = new byte[(length - 2) / 2];
    for (int i = 0; i < read.length; i++) {
      int at = from + 2 + 2 * i;
      read[i] =
          (byte) (HexFormat.fromHexDigit(bytes[at]) << 4 | HexFormat.fromHexDigit(bytes[at + 1]));
    }
    return read;
  }

  private static JsonNode bytea(byte[] bytes) {
    return TextNode.valueOf(Base64.getEncoder().encodeToString(bytes));
  }

  /** UTC, ISO 8601. */
  private static String instant(OffsetDateTime time) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
        time.withOffsetSameInstant(ZoneOffset.UTC));
  }

  /** ISO 8601: {@code P1Y2M3DT4H5M6.789S}. */
  private static String interval(String text) {
    if (text.endsWith("infinity")) {
      return text;
    }
    Matcher parts = INTERVAL.matcher(text);
    if (!parts.matches()) {
      throw new BadValueException("an interval that is not written in the style 'postgres'");
    }
    StringBuilder iso = new StringBuilder("P");
    part(iso, parts.group("years"), "", 'Y');
    part(iso, parts.group("months"), "", 'M');
    part(iso, parts.group("days"), "", 'D');
    iso.append('T');
    String sign = "-".equals(parts.group("sign")) ? "-" : ""; // ISO 8601 has no plus
    part(iso, parts.group("hours"), sign, 'H');
    part(iso, parts.group("minutes"), sign, 'M');
    part(iso, parts.group("seconds"), sign, 'S');
    if (iso.charAt(iso.length() - 1) == 'T') {
      iso.setLength(iso.length() - 1);
    }
    return iso.length() == 1 ? "PT0S" : iso.toString();
  }

  private static void part(StringBuilder iso, @Nullable String number, String sign, char unit) {
    if (number != null) {
      BigDecimal count = new BigDecimal(number);
      if (count.signum() != 0) {
        iso.append(sign).append(count.stripTrailingZeros().toPlainString()).append(unit);
      }
    }
  }

  private static JsonNode integer(long value) {
    return value == (int) value ? IntNode.valueOf((int) value) : LongNode.valueOf(value);
  }

  private static JsonNode decimal(String text) {
    char last = text.charAt(text.length() - 1);
    return last >= '0' && last <= '9'
        ? DecimalNode.valueOf(new BigDecimal(text))
        : TextNode.valueOf(text); // NaN, Infinity, -Infinity: JSON has no such number
  }

  private static JsonNode money(String text) {
    if (!MONEY.matcher(text).matches()) {
      throw new BadValueException("money that is not written as lc_monetary = 'C' has it");
    }
    return decimal(text.replace("$", "").replace(",", ""));
  }

  private static JsonNode floating(String text) {
    double value = Double.parseDouble(text);
    return Double.isFinite(value) ? DoubleNode.valueOf(value) : TextNode.valueOf(text);
  }

  private static JsonNode hstore(String text) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    Map<String, String> entries = HStoreConverter.fromString(text);
    entries.forEach((key, value) ->
        object.set(key, value == null ? NullNode.getInstance() : TextNode.valueOf(value)));
    return object;
  }

  private static String timestamp(String text) {
    if (!isFinite(text)) {
      return text;
    }
    boolean bc = text.endsWith(BC);
    String[] parts = (bc ? text.substring(0, text.length() - BC.length()) : text).split(" ", 2);
    return date(parts[0], bc) + "T" + parts[1];
  }

  private static String timestamptz(String text) {
    if (!isFinite(text)) {
      return text;
    }
    boolean bc = text.endsWith(BC);
    String[] parts = (bc ? text.substring(0, text.length() - BC.length()) : text).split(" ", 2);
    if (parts[1].endsWith(UTC)) {
      String time = parts[1].substring(0, parts[1].length() - UTC.length());
      return date(parts[0], bc) + "T" + time + "Z";
    }
    OffsetTime time = offsetTime(parts[1]);
    return instant(date(parts[0], bc).atTime(time.toLocalTime()).atOffset(time.getOffset()));
  }

  private static String date(String text) {
    if (!isFinite(text)) {
      return text;
    }
    boolean bc = text.endsWith(BC);
    return date(bc ? text.substring(0, text.length() - BC.length()) : text, bc).toString();
  }

  /** {@code 0044-03-15}, before Christ or after; the year may have more digits. */
  private static LocalDate date(String text, boolean bc) {
    String[] parts = text.split("-", 3);
    int year = Integer.parseInt(parts[0]);
    return LocalDate.of(
        bc ? 1 - year : year, Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
  }

  private static String timetz(String text) {
    return text.startsWith("24:")
        ? text
        : UTC_TIME.format(offsetTime(text).withOffsetSameInstant(ZoneOffset.UTC));
  }

  private static OffsetTime offsetTime(String text) {
    return OFFSET_TIME.parse(text, OffsetTime::from);
  }

  /** Not {@code infinity} or {@code -infinity}. */
  private static boolean isFinite(String text) {
    return text.charAt(0) >= '0' && text.charAt(0) <= '9';
  }

  /** Numbers as the log gives them: {@code (1.0,2.0)} for {@code (1,2)}. */
  private static String geometric(String text) {
    return NUMBER
        .matcher(text)
        .replaceAll(number -> Double.toString(Double.parseDouble(number.group())));
  }
}
