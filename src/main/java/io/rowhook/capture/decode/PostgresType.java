package io.rowhook.capture.decode;

import org.jspecify.annotations.Nullable;

/**
 * How the values of a type of the source are read from PostgreSQL's text.
 *
 * @param kind how
 * @param element an array's elements; null for all other types
 * @param delimiter between the elements of an array
 */
public record PostgresType(Kind kind, @Nullable PostgresType element, char delimiter) {

  /** What a text is a value of. */
  enum Kind {
    /** Text that stays as PostgreSQL writes it: all types but those below. */
    TEXT,
    BOOLEAN,
    /** {@code smallint}, {@code integer}, {@code bigint}, {@code oid}. */
    INTEGER,
    /** {@code numeric}. */
    DECIMAL,
    /** {@code real}, {@code double precision}. */
    FLOAT,
    MONEY,
    JSON,
    HSTORE,
    BYTEA,
    DATE,
    TIMESTAMP,
    TIMESTAMPTZ,
    TIMETZ,
    INTERVAL,
    GEOMETRIC,
    ARRAY
  }

  /** One that stays as PostgreSQL writes it. */
  public static final PostgresType TEXT = scalar(Kind.TEXT);

  static PostgresType scalar(Kind kind) {
    return new PostgresType(kind, null, ',');
  }

  /** An array of these; elements of type money, and points and the like, stay as they are. */
  static PostgresType array(PostgresType element, char delimiter) {
    boolean text = element.kind == Kind.MONEY || element.kind == Kind.GEOMETRIC;
    return new PostgresType(Kind.ARRAY, text ? TEXT : element, delimiter);
  }

  /** What its values are in an event, in words: two types of the same words are sent alike. */
  public String sentAs() {
    return switch (kind) {
      case TEXT -> "a text";
      case BOOLEAN -> "true or false";
      case INTEGER -> "a whole number";
      case DECIMAL -> "a decimal number";
      case FLOAT -> "a floating-point number";
      case MONEY -> "an amount of money";
      case JSON -> "JSON";
      case HSTORE -> "an object of texts";
      case BYTEA -> "bytes";
      case DATE -> "a date";
      case TIMESTAMP -> "a time without a zone";
      case TIMESTAMPTZ -> "a time";
      case TIMETZ -> "a time of day with a zone";
      case INTERVAL -> "a duration";
      case GEOMETRIC -> "a geometric text";
      case ARRAY -> "a list of which each is " + (element == null ? "" : element.sentAs());
    };
  }

  /** How a type of PostgreSQL's own is read, by its name in {@code pg_catalog}. */
  static Kind kind(String name) {
    return switch (name) {
      case "bool" -> Kind.BOOLEAN;
      case "int2", "int4", "int8", "oid" -> Kind.INTEGER;
      case "numeric" -> Kind.DECIMAL;
      case "float4", "float8" -> Kind.FLOAT;
      case "money" -> Kind.MONEY;
      case "json", "jsonb" -> Kind.JSON;
      case "bytea" -> Kind.BYTEA;
      case "date" -> Kind.DATE;
      case "timestamp" -> Kind.TIMESTAMP;
      case "timestamptz" -> Kind.TIMESTAMPTZ;
      case "timetz" -> Kind.TIMETZ;
      case "interval" -> Kind.INTERVAL;
      case "point", "line", "lseg", "box", "path", "polygon", "circle" -> Kind.GEOMETRIC;
      default -> Kind.TEXT;
    };
  }
}
