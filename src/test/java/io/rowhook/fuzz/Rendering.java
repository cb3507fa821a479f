package io.rowhook.fuzz;

import java.math.BigDecimal;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What docs/mapping.md promises under 'Values', of what PostgreSQL has written. Pure. */
final class Rendering {

  private static final Pattern DATE =
      Pattern.compile("(\\d{4,})-(\\d\\d)-(\\d\\d)( \\d.*?)?( BC)?");
  private static final Pattern OFFSET =
      Pattern.compile("(.*?)([+-]\\d\\d)(?::(\\d\\d))?(?::(\\d\\d))?");
  private static final Json NULL = new Json.Null();

  private Rendering() {}

  static Json json(Cell cell) {
    return json(cell.kind(), cell.text());
  }

  private static Json json(String kind, @Nullable String text) {
    if (text == null) {
      return NULL;
    }
    if (kind.startsWith("[")) {
      return new Elements(text, kind.charAt(1), kind.substring(2)).read();
    }
    return switch (kind) {
      case "int2", "int4", "int8", "oid", "numeric" -> number(text);
      case "money" -> number(text.replaceAll("[$,]", ""));
      case "float4", "float8" ->
          isNumber(text)
              ? new Json.Approximate(Double.parseDouble(text), kind.equals("float4"))
              : new Json.Text(text);
      case "bool" -> new Json.Bool(text.equals("t"));
      case "bytea" ->
          new Json.Text(
              Base64.getEncoder().encodeToString(HexFormat.of().parseHex(text.substring(2))));
      case "json", "jsonb" -> Json.parse(text);
      case "hstore" -> hstore(text);
      case "date", "timestamp" -> new Json.Text(date(text));
      case "timestamptz" ->
          new Json.Text(text.endsWith("infinity") ? text : date(text.replace("+00", "")) + "Z");
      case "timetz" -> timetz(text);
      case "point", "line", "lseg", "box", "path", "polygon", "circle" -> new Json.Floats(text);
      default -> new Json.Text(text);
    };
  }

  private static boolean isNumber(String text) {
    return Character.isDigit(text.charAt(text.length() - 1));
  }

  private static Json number(String text) {
    return isNumber(text) ? new Json.Numeral(text) : new Json.Text(text);
  }

  /** The server's clock is UTC's here, and a year has four digits or more. */
  private static String date(String text) {
    Matcher date = DATE.matcher(text);
    if (!date.matches()) {
      return text; // infinity
    }
    int year = Integer.parseInt(date.group(1));
    int proleptic = date.group(5) == null ? year : 1 - year;
    String written =
        proleptic > 9999
            ? "+" + proleptic
            : proleptic < 0 ? "-%04d".formatted(-proleptic) : "%04d".formatted(proleptic);
    String time = date.group(4) == null ? "" : "T" + date.group(4).substring(1);
    return written + "-" + date.group(2) + "-" + date.group(3) + time;
  }

  private static Json timetz(String text) {
    Matcher time = OFFSET.matcher(text);
    if (!time.matches()) {
      throw new IllegalStateException("no timetz: " + text);
    }
    int sign = time.group(2).startsWith("-") ? -1 : 1;
    ZoneOffset offset =
        ZoneOffset.ofHoursMinutesSeconds(
            Integer.parseInt(time.group(2)),
            sign * part(time.group(3)),
            sign * part(time.group(4)));
    LocalTime utc =
        OffsetTime.of(LocalTime.parse(time.group(1)), offset)
            .withOffsetSameInstant(ZoneOffset.UTC)
            .toLocalTime();
    String fraction = time.group(1).length() > 8 ? time.group(1).substring(8) : "";
    return new Json.Text(
        "%02d:%02d:%02d%sZ".formatted(utc.getHour(), utc.getMinute(), utc.getSecond(), fraction));
  }

  private static int part(@Nullable String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  private static Json hstore(String text) {
    Map<String, Json> fields = new LinkedHashMap<>();
    Matcher pair =
        Pattern.compile(
                "\"((?:[^\"\\\\]|\\\\.)*)\"=>(?:NULL|\"((?:[^\"\\\\]|\\\\.)*)\")", Pattern.DOTALL)
            .matcher(text);
    while (pair.find()) {
      String value = pair.group(2);
      fields.put(unescaped(pair.group(1)), value == null ? NULL : new Json.Text(unescaped(value)));
    }
    return new Json.Mapping(fields);
  }

  private static String unescaped(String text) {
    return text.replaceAll("(?s)\\\\(.)", "$1");
  }

  /** True if both are one value to PostgreSQL or to JSON, though they are written differently. */
  static boolean alike(Cell one, Cell other) {
    String a = one.text();
    String b = other.text();
    if (a == null || b == null || !one.kind().equals(other.kind())) {
      return json(one).equals(json(other)); // json's null is one as well
    }
    return a.equals(b)
        || json(one).equals(json(other))
        || (one.kind().endsWith("numeric")
            && isNumber(a)
            && isNumber(b)
            && !a.startsWith("{")
            && new BigDecimal(a).compareTo(new BigDecimal(b)) == 0)
        || (one.kind().contains("json") && loose(json(one)).equals(loose(json(other))))
        || (one.kind().startsWith("[") && loose(json(one)).equals(loose(json(other))));
  }

  /** With numbers that do not show how they were written. */
  private static Json loose(Json json) {
    return switch (json) {
      case Json.Numeral(String digits) ->
          new Json.Numeral(new BigDecimal(digits).stripTrailingZeros().toPlainString());
      case Json.Array(List<Json> items) ->
          new Json.Array(items.stream().map(Rendering::loose).toList());
      case Json.Mapping(Map<String, Json> fields) -> {
        Map<String, Json> loose = new LinkedHashMap<>();
        fields.forEach((name, value) -> loose.put(name, loose(value)));
        yield new Json.Mapping(loose);
      }
      default -> json;
    };
  }

  /** An array as chapter 8.15 of PostgreSQL's manual has it. One use. */
  private static final class Elements {
    private final String text;
    private final char delimiter;
    private final String kind;
    private int at;

    Elements(String text, char delimiter, String kind) {
      this.text = text;
      this.delimiter = delimiter;
      this.kind = kind;
    }

    Json read() {
      at = text.startsWith("[") ? text.indexOf('=') + 1 : 0;
      return items();
    }

    private Json items() {
      List<Json> items = new ArrayList<>();
      at++;
      while (text.charAt(at) != '}') {
        if (text.charAt(at) == delimiter) {
          at++;
        }
        items.add(text.charAt(at) == '{' ? items() : item());
      }
      at++;
      return new Json.Array(items);
    }

    private Json item() {
      StringBuilder item = new StringBuilder();
      boolean quoted = text.charAt(at) == '"';
      at += quoted ? 1 : 0;
      while (quoted ? text.charAt(at) != '"' : !ends()) {
        at += text.charAt(at) == '\\' ? 1 : 0;
        item.append(text.charAt(at++));
      }
      at += quoted ? 1 : 0;
      String value = item.toString();
      if (!quoted && value.equals("NULL")) {
        return NULL;
      }
      Json json = json(kind, value);
      return kind.equals("money") // docs/mapping.md: as PostgreSQL writes them
          ? new Json.Either(List.of(json, new Json.Text(value)))
          : json;
    }

    private boolean ends() {
      return text.charAt(at) == delimiter || text.charAt(at) == '}';
    }
  }
}
