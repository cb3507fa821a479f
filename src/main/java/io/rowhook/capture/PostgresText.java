package io.rowhook.capture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
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
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;
import org.postgresql.core.Oid;
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
  private static final char DATE = 'd';
  private static final char TIMETZ = 'o';
  private static final char MONEY = 'm';
  private static final char GEOMETRIC = 'g';

  private static final String BC = " BC";
  private static final String UTC = "+00";
  private static final Pattern NUMBER = Pattern.compile("-?[0-9.]+(e[+-]?[0-9]+)?");

  private static final ObjectReader JSON = ExactJson.MAPPER.reader();

  private static final DateTimeFormatter OFFSET_TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendOffset("+HH:mm:ss", "Z") // with "+00", +00:53:28 would end there
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
      case Oid.BOOL_ARRAY -> ColumnConverter.BOOLEAN;
      case Oid.INT2_ARRAY, Oid.INT4_ARRAY, Oid.INT8_ARRAY, Oid.OID_ARRAY -> ColumnConverter.INTEGER;
      case Oid.NUMERIC_ARRAY -> ColumnConverter.DECIMAL;
      case Oid.FLOAT4_ARRAY, Oid.FLOAT8_ARRAY -> ColumnConverter.FLOAT;
      case Oid.JSON_ARRAY, Oid.JSONB_ARRAY -> ColumnConverter.JSON;
      case Oid.BYTEA_ARRAY -> BYTEA;
      case Oid.TIMESTAMP_ARRAY -> TIMESTAMP;
      case Oid.DATE_ARRAY -> DATE;
      case Oid.TIMETZ_ARRAY -> TIMETZ;
      case Oid.TIMESTAMPTZ_ARRAY -> TIMESTAMPTZ;
      case Oid.INTERVAL_ARRAY -> INTERVAL;
      default -> ColumnConverter.TEXT;
    };
  }

  /** How a date, or a time of a date, is read; text for all other types. */
  static char dateKind(int oid) {
    return switch (oid) {
      case Oid.DATE -> DATE;
      case Oid.TIMESTAMP -> TIMESTAMP;
      case Oid.TIMESTAMPTZ -> TIMESTAMPTZ;
      default -> ColumnConverter.TEXT;
    };
  }

  /** How a column of a type is read from PostgreSQL's text; text for those that need no reading. */
  static char kind(String type) {
    return switch (type) {
      case "bool" -> ColumnConverter.BOOLEAN;
      case "int2", "int4", "int8", "oid" -> ColumnConverter.INTEGER;
      case "numeric" -> ColumnConverter.DECIMAL;
      case "float4", "float8" -> ColumnConverter.FLOAT;
      case "json", "jsonb" -> ColumnConverter.JSON;
      case "hstore" -> ColumnConverter.HSTORE;
      case "bytea" -> BYTEA;
      case "date" -> DATE;
      case "timestamp" -> TIMESTAMP;
      case "timestamptz" -> TIMESTAMPTZ;
      case "timetz" -> TIMETZ;
      case "interval" -> INTERVAL;
      case "money" -> MONEY;
      case "point", "line", "lseg", "box", "path", "polygon", "circle" -> GEOMETRIC;
      default -> ColumnConverter.TEXT;
    };
  }

  /** Reads an array as PostgreSQL writes it. */
  static JsonNode array(String text, char element) {
    return new ArrayText(text, 0, element).read();
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
        case DATE -> TextNode.valueOf(date(text));
        case TIMETZ -> TextNode.valueOf(timetz(text));
        case MONEY -> decimal(text.replaceAll("[$,]", ""));
        case GEOMETRIC -> TextNode.valueOf(geometric(text));
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
        : offsetTime(text).withOffsetSameInstant(ZoneOffset.UTC).toString();
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
