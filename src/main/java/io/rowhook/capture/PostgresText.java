package io.rowhook.capture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.postgresql.util.HStoreConverter;
import org.postgresql.util.PGInterval;

/**
 * Reads values as PostgreSQL writes them into the values that {@code wire.md} promises: {@code
 * numeric} exact, timestamps ISO 8601, {@code bytea} base64, arrays as arrays. Stateless.
 */
final class PostgresText {

  private static final char BYTEA = 'y';
  private static final char TIMESTAMP = 's';
  private static final char TIMESTAMPTZ = 'z';
  private static final char INTERVAL = 'v';

  private static final ObjectReader JSON = ExactJson.MAPPER.reader();

  private static final DateTimeFormatter TIMESTAMPTZ_TEXT =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral(' ')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendOffset("+HH:mm:ss", "+00")
          .toFormatter();

  /** A value that breaks a rule; the message never quotes it. */
  static final class BadValue extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    BadValue(String rule) {
      super(rule);
    }
  }

  private PostgresText() {}

  /** What the elements of an array type are; text for those that need no reading. */
  static char elementKind(int arrayOid) {
    return switch (arrayOid) {
      case 1000 -> ColumnConverter.BOOLEAN;
      case 1005, 1007, 1016, 1028 -> ColumnConverter.INTEGER;
      case 1231 -> ColumnConverter.DECIMAL;
      case 1021, 1022 -> ColumnConverter.FLOAT;
      case 199, 3807 -> ColumnConverter.JSON;
      case 1001 -> BYTEA;
      case 1115 -> TIMESTAMP;
      case 1185 -> TIMESTAMPTZ;
      case 1187 -> INTERVAL;
      default -> ColumnConverter.TEXT;
    };
  }

  /**
   * Reads what {@link ColumnConverter} wrote.
   *
   * @throws BadValue with the rule that the value breaks, and never the value
   * @throws RuntimeException where PostgreSQL would not have written it
   */
  static JsonNode read(String encoded) {
    char kind = encoded.charAt(0);
    if (kind == ColumnConverter.TEXT) {
      return TextNode.valueOf(encoded.substring(1));
    }
    if (kind == ColumnConverter.ARRAY) {
      return new ArrayText(encoded, 2, encoded.charAt(1)).read();
    }
    return read(encoded.substring(1), kind);
  }

  /** Reads one value of a kind, as PostgreSQL writes it. */
  static JsonNode read(String text, char kind) {
    try {
      return switch (kind) {
        case ColumnConverter.INTEGER -> integer(text);
        case ColumnConverter.DECIMAL -> decimal(text);
        case ColumnConverter.FLOAT -> floating(text);
        case ColumnConverter.BOOLEAN -> BooleanNode.valueOf(text.equals("1") || text.equals("t"));
        case ColumnConverter.JSON -> json(text);
        case ColumnConverter.HSTORE -> hstore(text);
        case BYTEA ->
            TextNode.valueOf(
                Base64.getEncoder()
                    .encodeToString(HexFormat.of().parseHex(text, 2, text.length())));
        case TIMESTAMP -> TextNode.valueOf(timestamp(text));
        case TIMESTAMPTZ -> TextNode.valueOf(timestamptz(text));
        case INTERVAL -> TextNode.valueOf(interval(new PGInterval(text)));
        case ColumnConverter.UNREADABLE -> throw new BadValue(text);
        default -> TextNode.valueOf(text);
      };
    } catch (SQLException e) {
      throw new BadValue("an interval that cannot be read");
    }
  }

  /** UTC, ISO 8601. */
  static String instant(OffsetDateTime time) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
        time.withOffsetSameInstant(ZoneOffset.UTC));
  }

  /** ISO 8601: {@code P1Y2M3DT4H5M6.789S}. */
  static String interval(PGInterval interval) {
    StringBuilder iso = new StringBuilder("P");
    part(iso, interval.getYears(), 'Y');
    part(iso, interval.getMonths(), 'M');
    part(iso, interval.getDays(), 'D');
    StringBuilder time = new StringBuilder();
    part(time, interval.getHours(), 'H');
    part(time, interval.getMinutes(), 'M');
    long micros = interval.getWholeSeconds() * 1_000_000L + interval.getMicroSeconds();
    if (micros != 0) {
      time.append(BigDecimal.valueOf(micros, 6).stripTrailingZeros().toPlainString()).append('S');
    }
    if (!time.isEmpty()) {
      iso.append('T').append(time);
    }
    return iso.length() == 1 ? "PT0S" : iso.toString();
  }

  private static void part(StringBuilder iso, int count, char unit) {
    if (count != 0) {
      iso.append(count).append(unit);
    }
  }

  private static JsonNode integer(String text) {
    long value = Long.parseLong(text);
    return value == (int) value ? IntNode.valueOf((int) value) : LongNode.valueOf(value);
  }

  private static JsonNode decimal(String text) {
    char last = text.charAt(text.length() - 1);
    return last >= '0' && last <= '9'
        ? DecimalNode.valueOf(new BigDecimal(text))
        : TextNode.valueOf(text); // NaN, Infinity, -Infinity: JSON has no such number
  }

  private static JsonNode floating(String text) {
    double value = Double.parseDouble(text);
    return Double.isFinite(value) ? DoubleNode.valueOf(value) : TextNode.valueOf(text);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      // the cause quotes the value: leave it out
      throw new BadValue("json nested deeper than " + ExactJson.MAX_DEPTH + " or not readable");
    }
  }

  private static JsonNode hstore(String text) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    Map<String, String> entries = HStoreConverter.fromString(text);
    entries.forEach((key, value) ->
        object.set(key, value == null ? NullNode.getInstance() : TextNode.valueOf(value)));
    return object;
  }

  private static String timestamp(String text) {
    return isIso(text) ? text.replace(' ', 'T') : text;
  }

  private static String timestamptz(String text) {
    if (!isIso(text)) {
      return text;
    }
    try {
      return instant(TIMESTAMPTZ_TEXT.parse(text, OffsetDateTime::from));
    } catch (DateTimeParseException e) {
      return text;
    }
  }

  /** Not {@code infinity}, not {@code 0044-03-15 12:00:00 BC}. */
  private static boolean isIso(String text) {
    char first = text.charAt(0);
    return first >= '0' && first <= '9' && !text.endsWith("BC");
  }

  /** Reads {@code {1,NULL,"a \"b\""}}; the notation is PostgreSQL's, chapter 8.15. One use. */
  private static final class ArrayText {
    private final String text;
    private final char element;
    private int at;

    ArrayText(String text, int start, char element) {
      this.text = text;
      this.element = element;
      this.at = start;
    }

    ArrayNode read() {
      if (text.charAt(at) == '[') { // [2:4]={...}: bounds that do not begin at 1
        at = text.indexOf('=', at) + 1;
      }
      return array();
    }

    private ArrayNode array() {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      at++; // {
      while (text.charAt(at) != '}') {
        switch (text.charAt(at)) {
          case '{' -> array.add(array());
          case '"' -> array.add(PostgresText.read(quoted(), element));
          case ',', ';' -> at++; // box[] alone has semicolons
          default -> {
            String bare = bare();
            array.add(
                bare.equalsIgnoreCase("NULL")
                    ? NullNode.getInstance()
                    : PostgresText.read(bare, element));
          }
        }
      }
      at++; // }
      return array;
    }

    private String quoted() {
      StringBuilder value = new StringBuilder();
      at++;
      while (text.charAt(at) != '"') {
        if (text.charAt(at) == '\\') {
          at++;
        }
        value.append(text.charAt(at++));
      }
      at++;
      return value.toString();
    }

    private String bare() {
      int start = at;
      while (",;}".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(start, at);
    }
  }
}
