package io.rowhook.capture.decode;

import io.rowhook.capture.decode.PostgresType.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All types of the source by their OIDs, as {@code pg_type} has them: a domain is read as the type
 * under it, an array by its elements, a type of an extension by that extension, wherever it stands
 * in the search path and whatever it is called.
 *
 * <p>Loaded by one statement when the first type is asked for, and again once for each OID that is
 * not in it: of a type made since, or of one that an old row had and that is gone by now, which is
 * read as text. Not for several threads.
 */
public final class TypeCatalog {

  /** Gives all types there are. */
  @FunctionalInterface
  public interface Loader {
    Map<Integer, PostgresType> load() throws SQLException;
  }

  /** A true array is what its element names as its array; {@code int2vector} is none. */
  private static final String TYPES =
      """
      SELECT t.oid, t.typname, t.typbasetype, n.nspname = 'pg_catalog' AS own, x.extname,
             CASE WHEN e.typarray = t.oid THEN t.typelem ELSE 0 END AS element, e.typdelim::text AS delimiter
        FROM pg_catalog.pg_type t
        JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typelem <> 0
        LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid
             AND d.deptype = 'e' AND d.refclassid = 'pg_catalog.pg_extension'::regclass
        LEFT JOIN pg_catalog.pg_extension x ON x.oid = d.refobjid
      """;

  private final Loader loader;
  private final Set<Integer> gone = new HashSet<>();
  private Map<Integer, PostgresType> types = Map.of();

  /** Loads nothing yet. */
  public TypeCatalog(Loader loader) {
    this.loader = loader;
  }

  /** How a type is read. */
  public PostgresType type(int oid) throws SQLException {
    PostgresType known = types.get(oid);
    if (known == null && !gone.contains(oid)) {
      types = loader.load();
      known = types.get(oid);
      if (known == null) {
        gone.add(oid);
      }
    }
    return known == null ? PostgresType.TEXT : known;
  }

  /** Reads all types; a {@link Loader} of one connection. */
  public static Map<Integer, PostgresType> load(Connection connection) throws SQLException {
    Map<Integer, Row> rows = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(TYPES)) {
      while (row.next()) {
        String delimiter = row.getString("delimiter");
        rows.put(
            (int) row.getLong("oid"),
            new Row(
                row.getString("typname"),
                row.getBoolean("own"),
                row.getString("extname"),
                (int) row.getLong("typbasetype"),
                (int) row.getLong("element"),
                delimiter == null || delimiter.isEmpty() ? ',' : delimiter.charAt(0)));
      }
    }
    Map<Integer, PostgresType> types = new HashMap<>();
    rows.keySet().forEach(oid -> resolve(oid, rows, types));
    return types;
  }

  private record Row(
      String name, boolean own, @Nullable String extension, int base, int element, char delimiter) {

    Kind kind() {
      return own
          ? PostgresType.kind(name)
          : name.equals("hstore") && name.equals(extension) ? Kind.HSTORE : Kind.TEXT;
    }
  }

  private static PostgresType resolve(
      int oid, Map<Integer, Row> rows, Map<Integer, PostgresType> types) {
    PostgresType known = types.get(oid);
    Row row = rows.get(oid);
    if (known != null || row == null) {
      return known == null ? PostgresType.TEXT : known;
    }
    PostgresType type;
    if (row.base != 0) {
      type = resolve(row.base, rows, types);
    } else if (row.element != 0) {
      type = PostgresType.array(resolve(row.element, rows, types), row.delimiter);
    } else {
      type = PostgresType.scalar(row.kind());
    }
    types.put(oid, type);
    return type;
  }
}
