package io.rowhook.capture.catalog;

import io.rowhook.capture.decode.PostgresType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A type to the last detail, a domain as the type under it.
 *
 * @param kind what sort of type
 * @param name PostgreSQL's own: {@code int8}
 * @param sentAs what its values are in an event, in words
 * @param modifier its length or precision, as the catalog has it; below 0: none
 * @param notNull whether a domain excludes null
 * @param labels of an enum, in its order
 * @param parts an array's elements, a row type's fields in their order, a range's bounds
 */
public record ColumnType(
    Kind kind,
    String name,
    String sentAs,
    int modifier,
    boolean notNull,
    List<String> labels,
    List<ColumnType> parts) {

  /** What sort of type. */
  public enum Kind {
    SCALAR,
    ENUM,
    ARRAY,
    ROW,
    RANGE
  }

  public ColumnType {
    labels = List.copyOf(labels);
    parts = List.copyOf(parts);
  }

  /** The types of one database, each read when it is first asked for. One thread. */
  public static final class Types {

    private static final String TYPE =
        """
        SELECT t.typname, CASE WHEN e.typarray = t.oid THEN 'a' ELSE t.typtype::text END,
               t.typbasetype::int8, t.typtypmod, t.typnotnull,
               ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)
          FROM pg_type t LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typelem <> 0 WHERE t.oid = ?::oid
        """;

    private static final String PARTS =
        """
        SELECT p.type::int8, p.modifier FROM pg_type t, LATERAL (
          SELECT 0 AS place, e.oid AS type, -1 AS modifier FROM pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid
          UNION ALL SELECT a.attnum, a.atttypid, a.atttypmod FROM pg_attribute a
                     WHERE a.attrelid = t.typrelid AND t.typrelid <> 0 AND a.attnum > 0 AND NOT a.attisdropped
          UNION ALL SELECT 0, r.rngsubtype, -1 FROM pg_range r WHERE r.rngtypid = t.oid
          UNION ALL SELECT 0, r.rngtypid, -1 FROM pg_range r WHERE r.rngmultitypid = t.oid) p
         WHERE t.oid = ?::oid ORDER BY p.place
        """;

    private record Known(ColumnType type, long base, int baseModifier) {}

    private final Connection connection;
    private final Map<Integer, PostgresType> read;
    private final Map<Long, Known> known = new HashMap<>();

    /**
     * @param read how values are read, by the type's OID
     */
    public Types(Connection connection, Map<Integer, PostgresType> read) {
      this.connection = connection;
      this.read = read;
    }

    /** One with a column's modifier, which is that of an array's elements. */
    ColumnType type(long oid, int modifier) throws SQLException {
      Known one = known.get(oid);
      if (one == null) {
        one = read(oid);
        known.put(oid, one);
      }
      ColumnType type = one.type;
      if (one.base != 0) {
        ColumnType base = type(one.base, one.baseModifier);
        return base.with(base.modifier, base.notNull || type.notNull, base.parts);
      }
      List<ColumnType> parts = new ArrayList<>();
      for (ColumnType part : type.parts) {
        boolean its = type.kind == Kind.ARRAY && modifier >= 0; // a domain has its own
        parts.add(its ? part.with(modifier, false, part.parts) : part);
      }
      return type.with(modifier, type.notNull, parts);
    }

    private Known read(long oid) throws SQLException {
      List<ColumnType> parts = new ArrayList<>();
      try (PreparedStatement statement = connection.prepareStatement(PARTS)) {
        statement.setLong(1, oid);
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            parts.add(type(row.getLong(1), row.getInt(2)));
          }
        }
      }
      try (PreparedStatement statement = connection.prepareStatement(TYPE)) {
        statement.setLong(1, oid);
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          Kind kind =
              switch (row.getString(2)) {
                case "a" -> Kind.ARRAY;
                case "c" -> Kind.ROW;
                case "e" -> Kind.ENUM;
                case "r", "m" -> Kind.RANGE;
                default -> Kind.SCALAR;
              };
          PostgresType sent = read.getOrDefault((int) oid, PostgresType.TEXT);
          ColumnType type =
              new ColumnType(
                  kind,
                  row.getString(1),
                  sent.sentAs(),
                  -1,
                  row.getBoolean(5),
                  TableStructure.texts(row.getArray(6)),
                  parts);
          return new Known(type, row.getLong(3), row.getInt(4));
        }
      }
    }
  }

  private ColumnType with(int modifier, boolean notNull, List<ColumnType> parts) {
    return new ColumnType(kind, name, sentAs, modifier, notNull, labels, parts);
  }
}
