package io.rowhook.capture;

import io.debezium.connector.postgresql.PostgresValueConverter;
import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import io.debezium.data.SpecialValueDecimal;
import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Properties;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgArray;
import org.postgresql.util.PGInterval;
import org.postgresql.util.PGobject;

/**
 * Takes each column's value inside the engine, before Debezium turns it into a Connect type, and
 * hands it to {@link RowReader} as text whose first character says how to read it; so nothing
 * passes through a double, a time zone or an array conversion that drops something, and nothing is
 * null that is not null in the row. Debezium makes it, by name, so it is public.
 *
 * <p>An unchanged large value (TOAST) arrives here as one of Debezium's markers and leaves as
 * {@link #UNAVAILABLE}, which is told by identity, never by what it says: no row can contain it.
 *
 * <p>Never throws: Debezium would leave the column out in silence. What cannot be read leaves as
 * {@link #UNREADABLE}.
 */
public final class ColumnConverter implements CustomConverter<SchemaBuilder, RelationalColumn> {

  static final char TEXT = 't';
  static final char INTEGER = 'i';
  static final char DECIMAL = 'n';
  static final char FLOAT = 'f';
  static final char BOOLEAN = 'b';
  static final char JSON = 'j';
  static final char HSTORE = 'h';

  /** Followed by the element's kind and the array as PostgreSQL writes it. */
  static final char ARRAY = 'a';

  /** Followed by the reason. */
  static final char UNREADABLE = 'x';

  /** A value that is large, was not changed and so was not logged. Compared by identity. */
  @SuppressWarnings("StringOperationCanBeSimplified") // an instance of its own is the point
  static final String UNAVAILABLE = new String("tnot in the log");

  /** In place of a value whose text cannot be had. */
  record Unreadable() {}

  /** On a field: the column is NOT NULL, so a null there means that its value was not logged. */
  static final String REQUIRED = "rowhook.required";

  private static final int JSON_OID = 114;
  private static final int JSONB_OID = 3802;

  @Override
  public void configure(Properties properties) {
    // nothing to choose
  }

  @Override
  public void converterFor(
      RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
    // Optional even if the column is not: the old row may hold the identity's columns only, and
    // what is unknown must not become 0 or "".
    SchemaBuilder schema = SchemaBuilder.string().optional();
    if (!column.isOptional()) {
      schema.parameter(REQUIRED, "true");
    }
    int oid = column.nativeType();
    String type = column.typeName();
    boolean json = oid == JSON_OID || oid == JSONB_OID;
    char text = json ? JSON : "hstore".equals(type) ? HSTORE : TEXT;
    char element = PostgresText.elementKind(oid);
    registration.register(schema, value -> convert(value, text, element));
  }

  private static @Nullable String convert(@Nullable Object value, char text, char element) {
    if (value == null) {
      return null;
    }
    if (UnchangedToastedReplicationMessageColumn.isUnchangedToastedValue(value)) {
      return UNAVAILABLE;
    }
    if (value instanceof Unreadable) {
      return UNREADABLE + "a value that Debezium cannot read";
    }
    try {
      return switch (value) {
        case String string -> text + string;
        case Integer integer -> INTEGER + integer.toString();
        case Long integer -> INTEGER + integer.toString();
        case Short integer -> INTEGER + integer.toString();
        case Boolean bool -> BOOLEAN + (bool ? "1" : "0");
        case SpecialValueDecimal decimal ->
            decimal
                .getDecimalValue()
                .map(exact -> DECIMAL + exact.toPlainString())
                .orElseGet(() -> TEXT + special(decimal));
        case BigDecimal decimal -> DECIMAL + decimal.toPlainString();
        case Float number -> FLOAT + number.toString();
        case Double number -> FLOAT + number.toString();
        case byte[] bytes -> TEXT + Base64.getEncoder().encodeToString(bytes);
        case PgArray array -> "" + ARRAY + element + array;
        case PGInterval interval -> TEXT + PostgresText.interval(interval);
        case PGobject object -> TEXT + object.getValue();
        default -> TEXT + time(value);
      };
    } catch (RuntimeException e) {
      return UNREADABLE + "a value of " + value.getClass().getSimpleName() + " cannot be read";
    }
  }

  private static String special(SpecialValueDecimal decimal) {
    double value = decimal.toDouble();
    return Double.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  }

  private static String time(Object value) {
    return switch (value) {
      case OffsetDateTime t
          when t.equals(PostgresValueConverter.POSITIVE_INFINITY_OFFSET_DATE_TIME) ->
          "infinity";
      case OffsetDateTime t
          when t.equals(PostgresValueConverter.NEGATIVE_INFINITY_OFFSET_DATE_TIME) ->
          "-infinity";
      case OffsetDateTime t -> PostgresText.instant(t);
      case Instant t when t.equals(PostgresValueConverter.POSITIVE_INFINITY_INSTANT) -> "infinity";
      case Instant t when t.equals(PostgresValueConverter.NEGATIVE_INFINITY_INSTANT) -> "-infinity";
      // a timestamp without time zone: Debezium calls it UTC, PostgreSQL says nothing, nor do we
      case Instant t ->
          DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(LocalDateTime.ofInstant(t, ZoneOffset.UTC));
      case LocalDate d when d.equals(PostgresValueConverter.POSITIVE_INFINITY_LOCAL_DATE) ->
          "infinity";
      case LocalDate d when d.equals(PostgresValueConverter.NEGATIVE_INFINITY_LOCAL_DATE) ->
          "-infinity";
      case LocalDate d -> DateTimeFormatter.ISO_LOCAL_DATE.format(d);
      case LocalTime t -> DateTimeFormatter.ISO_LOCAL_TIME.format(t);
      case OffsetTime t -> DateTimeFormatter.ISO_OFFSET_TIME.format(t);
      default -> value.toString();
    };
  }
}
