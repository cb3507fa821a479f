package io.rowhook.fuzz;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** Draws types: built in, of extensions, and made of others. One schema's. */
final class Types {

  private static final Type SMALLINT = Type.of("smallint", d -> "" + d.between(-32768, 32767));
  private static final Type INTEGER =
      Type.of("integer", d -> "" + (d.chance(0.3) ? (int) d.any() : d.between(-3, 3)));
  private static final Type BIGINT =
      Type.of("bigint", d -> "" + (d.chance(0.3) ? d.any() : d.between(-3, 3)));
  private static final Type NUMERIC = Type.of("numeric", Types::numeric);
  private static final Type TEXT = Type.of("text", Dice::text).toasting();
  private static final Type DATE = Type.of("date", Types::date);
  private static final Type TIMESTAMP = Type.of("timestamp", Types::timestamp);
  private static final Type TIMESTAMPTZ =
      Type.of("timestamptz", d -> zoned(timestamp(d), d.of("+00", "+02", "-05:30", "+14")));
  private static final Type JSON = Type.of("json", d -> json(d, 2)).toasting();
  private static final Type JSONB = Type.of("jsonb", d -> json(d, 2)).toasting();
  private static final Type BYTEA = Type.of("bytea", d -> "\\x" + hex(d, d.between(0, 6)));
  private static final Type UUIDS =
      Type.of("uuid", d -> new UUID(d.any(), d.any()).toString().toUpperCase(Locale.ROOT));

  /** All that need no statement to make them. */
  static final List<Type> BUILT_IN =
      List.of(
          SMALLINT,
          INTEGER,
          BIGINT,
          NUMERIC,
          Type.of("numeric(12,3)", d -> d.of("0", "1.5", "-99999.999", "NaN", "123456789.001")),
          Type.of("real", d -> d.of("0.1", "-0", "1e-7", "3.4e38", "NaN", "-Infinity", "16777217")),
          Type.of("double precision", Types::floating),
          Type.of("money", d -> BigDecimal.valueOf(d.between(-9_999_999, 9_999_999), 2) + ""),
          Type.of("boolean", "true", "false"),
          TEXT,
          TEXT,
          Type.of("varchar(40)", Dice::text),
          Type.of("char(9)", d -> d.word(d.between(0, 9))),
          Type.of("\"char\"", d -> d.of("a", "", "Z", "\\", "\"")),
          Type.of("name", d -> d.word(5)),
          BYTEA.toasting(),
          UUIDS,
          DATE,
          Type.of("time", Types::time),
          Type.of("time(2)", Types::time),
          Type.of("timetz", d -> time(d) + d.of("+00", "+02", "-05:30", "+05:45", "-08")),
          TIMESTAMP,
          Type.of("timestamp(0)", Types::timestamp),
          TIMESTAMPTZ,
          Type.of("interval", Types::interval),
          JSON,
          JSONB,
          Type.of("jsonpath", "$.a", "$[*] ? (@ > 1)", "strict $.\"b c\""),
          Type.of("xml", "<a>1</a>", "<b c=\"d\"/>", "text"),
          Type.of("inet", "10.1.0.0/16", "192.168.0.1", "::1", "2001:db8::/32"),
          Type.of("cidr", "10.1.0.0/16", "192.168.0.1/32", "2001:db8::/32"),
          Type.of("macaddr", "08:00:2b:01:02:03", "ff-ff-ff-00-00-01"),
          Type.of("macaddr8", "08:00:2b:01:02:03:04:05"),
          Type.of("bit(5)", d -> bits(d, 5)),
          Type.of("bit(1)", d -> bits(d, 1)),
          Type.of("varbit", d -> bits(d, d.between(0, 9))),
          Type.of("point", "(1.5,2)", "(-1e-9,1e300)", "(0,-0)"),
          Type.of("line", "{1,2,3}", "{-1,0,0.5}"),
          Type.of("lseg", "[(0,0),(1,-1e-9)]"),
          Type.of("box", "(1,1),(0,0)", "(2.5,3),(1,1)").delimitedBy(';'),
          Type.of("path", "((0,0),(1,1))", "[(0,0),(1,1.25)]"),
          Type.of("polygon", "((0,0),(1,1.5),(2,0))"),
          Type.of("circle", "<(1,2),3>"),
          Type.of("int4range", "[1,5)", "empty", "(,7]", "[3,)"),
          Type.of("int8range", "[1,9223372036854775807)", "empty"),
          Type.of("numrange", "[1.50,2]", "(,)"),
          Type.of("daterange", "[2026-01-01,2026-02-01)", "[2026-01-01,infinity)"),
          Type.of("tsrange", "[\"2026-01-01 00:00:00\",\"2026-02-01 12:00:00.5\"]"),
          Type.of("tstzrange", "[\"2026-01-01 00:00:00+02\",)", "empty"),
          Type.of("int4multirange", "{[1,3),[5,9)}", "{}"),
          Type.of("nummultirange", "{[1.0,1.1),[5,)}"),
          Type.of("tstzmultirange", "{[\"2026-01-01 00:00:00+02\",\"2026-01-02 00:00:00+00\")}"),
          Type.of("tsvector", "'a' 'b':3A", "'it''s' 'two words'", ""),
          Type.of("tsquery", "'a' & 'b'", "!'c d' | 'e':*"),
          Type.of("pg_lsn", "0/16B3748", "FFFFFFFF/FFFFFFFF"),
          Type.of("pg_snapshot", "10:20:10,14,15"),
          Type.of("oid", "0", "4294967295", "26"),
          Type.of("hstore", Types::hstore),
          Type.of("citext", d -> d.word(d.between(0, 6)).toUpperCase(Locale.ROOT)));

  /** Whose text is the same whatever a session's settings are, and so may stand in a composite. */
  private static final List<Type> PLAIN =
      List.of(SMALLINT, BIGINT, NUMERIC, TEXT, UUIDS, DATE, TIMESTAMPTZ, JSONB, BYTEA);

  private final Dice dice;
  private final String schema;
  private final List<Type> made = new ArrayList<>();

  /**
   * @param schema where types are made, quoted
   */
  Types(Dice dice, String schema) {
    this.dice = dice;
    this.schema = schema;
  }

  /** One that a column can be of; made anew or one that there is. */
  Type draw() {
    if (!dice.chance("types", 0.45)) {
      return builtIn();
    }
    if (!made.isEmpty() && dice.chance(0.3)) {
      return dice.chance(0.3) ? dice.pick(made).array() : dice.pick(made);
    }
    return switch (dice.below(6)) {
      case 0 -> make(enumeration());
      case 1 -> make(composite());
      case 2 -> make(builtIn().domain(name("Dom")));
      case 3 -> make(builtIn().array().domain(name("doms")));
      case 4 -> make(base().domain(name("dom.of"))).array();
      default -> builtIn().array();
    };
  }

  Type enumeration() {
    return Type.enumeration(name("mood"), List.of("sad", "so-so", "it's \"ok\"", "Glück", "a,b"));
  }

  Type builtIn() {
    Type type = dice.pick(BUILT_IN);
    while (!dice.allows(type.sql())) {
      type = dice.pick(BUILT_IN);
    }
    return type;
  }

  private Type base() {
    return made.isEmpty() ? enumeration() : dice.pick(made);
  }

  private Type composite() {
    List<Type> fields = new ArrayList<>();
    for (int i = dice.between(1, 3); i > 0; i--) {
      Type field = dice.pick(PLAIN);
      fields.add(dice.chance(0.2) ? field.array() : field);
    }
    return Type.composite(name("pair"), fields);
  }

  private Type make(Type type) {
    made.add(type);
    return type;
  }

  private String name(String stem) {
    return schema + "." + Names.quoted(stem + "_" + dice.word(4));
  }

  private static String numeric(Dice dice) {
    return switch (dice.below(8)) {
      case 0 -> "NaN";
      case 1 -> dice.of("0", "0.000", "-0.1", "1.50", "100", "1e3");
      case 2 -> new BigInteger("9".repeat(dice.between(1, 60))) + "." + dice.between(0, 99);
      case 3 -> "0." + "0".repeat(dice.between(1, 30)) + dice.between(1, 99);
      case 4 -> dice.of("Infinity", "-Infinity");
      default -> BigDecimal.valueOf(dice.between(-99999, 99999), dice.between(0, 4)) + "";
    };
  }

  private static String floating(Dice dice) {
    return dice.chance(0.4)
        ? dice.of("0.1", "-0", "1e-7", "NaN", "Infinity", "1e15", "1e22", "5e-324")
        : String.valueOf(Double.longBitsToDouble(dice.any() & 0xbfefffffffffffffL));
  }

  private static String date(Dice dice) {
    return dice.chance(0.25)
        ? dice.of("infinity", "-infinity", "0044-03-15 BC", "12345-01-02", "0001-01-01")
        : LocalDate.ofEpochDay(dice.between(-200_000, 60_000)).toString();
  }

  private static String time(Dice dice) {
    return LocalTime.ofSecondOfDay(dice.below(1440) * 60L)
        + dice.of("", ":00", ":59.5", ":01.123456");
  }

  private static String timestamp(Dice dice) {
    if (dice.chance(0.2)) {
      return dice.of(
          "infinity",
          "-infinity",
          "0044-03-15 12:00:00 BC",
          "12345-01-02 12:00:00",
          "1883-11-18 12:03:58");
    }
    String fraction = dice.of("", ".5", ".123456", ".000001", ".100");
    return LocalDate.ofEpochDay(dice.between(-40_000, 60_000))
        + " %02d:%02d:%02d%s".formatted(dice.below(24), dice.below(60), dice.below(60), fraction);
  }

  private static String zoned(String timestamp, String zone) {
    return timestamp.endsWith("infinity")
        ? timestamp
        : timestamp.endsWith(" BC") ? timestamp.replace(" BC", zone + " BC") : timestamp + zone;
  }

  private static String interval(Dice dice) {
    return dice.of(
        "0",
        "1 year 2 mons 3 days 04:05:06.789",
        "-00:00:00.5",
        "-1 year 2 days",
        "1 mon -1 day",
        "100:00:00",
        "-13 months 4 days -00:00:01.000001",
        "3 days");
  }

  private static String bits(Dice dice, int length) {
    StringBuilder bits = new StringBuilder();
    for (int i = 0; i < length; i++) {
      bits.append(dice.below(2));
    }
    return bits.toString();
  }

  private static String hex(Dice dice, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) dice.below(256);
    }
    return HexFormat.of().formatHex(bytes);
  }

  private static String json(Dice dice, int depth) {
    return switch (dice.below(depth == 0 ? 5 : 8)) {
      case 0 -> "null";
      case 1 -> dice.of("true", "false");
      case 2 ->
          dice.of("0", "1.10", "-0.5", "12345678901234567890", "1e5", "0.10000000000000000001");
      case 3 -> "\"" + dice.word(4) + "\"";
      case 4 -> dice.of("\"\\\"\\\\\"", "\"ä\\n\\t€\"", "\"\\u00e9\"", "\"'{}[],;\"");
      case 5 -> "[" + json(dice, depth - 1) + ", " + json(dice, depth - 1) + "]";
      case 6 -> "{}";
      default -> "{\"a b\": " + json(dice, depth - 1) + ", \"ü\": " + json(dice, depth - 1) + "}";
    };
  }

  private static String hstore(Dice dice) {
    return dice.of(
        "",
        "\"a\"=>\"1\", \"b\"=>NULL",
        "\"q\\\"uote\"=>\"back\\\\slash\"",
        "\"NULL\"=>\"NULL\", \"ü\"=>\"=>,\"");
  }
}
