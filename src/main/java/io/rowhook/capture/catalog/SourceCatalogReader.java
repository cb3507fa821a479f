package io.rowhook.capture.catalog;

import io.rowhook.capture.SourceCatalog;
import io.rowhook.capture.SourceCatalog.Column;
import io.rowhook.capture.SourceCatalog.ForeignKey;
import io.rowhook.capture.SourceCatalog.Server;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@link SourceCatalog} from {@code pg_catalog}. One use. */
public final class SourceCatalogReader {

  private static final int VIRTUAL_COLUMNS_SINCE = 18;

  /** Own tables with their own rows: no partitions, heirs, extensions' tables. */
  private static final String OWN =
      """
      c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND NOT c.relispartition AND c.oid >= 16384
      AND n.nspname !~ '^(pg_|information_schema$)'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')\
      """;

  private static final String TABLES =
      """
      SELECT c.oid::int8, n.nspname, c.relname,
             c.relreplident = 'f' AND NOT EXISTS (
               WITH RECURSIVE under (oid) AS (
                 SELECT inhrelid FROM pg_inherits WHERE inhparent = c.oid AND c.relkind = 'p'
                 UNION ALL SELECT i.inhrelid FROM under u JOIN pg_inherits i ON i.inhparent = u.oid)
               SELECT FROM under u JOIN pg_class p ON p.oid = u.oid WHERE p.relreplident <> 'f'),
             c.relkind = 'p', c.relrowsecurity,
             CASE WHEN c.relkind = 'p' THEN (
                SELECT CASE WHEN bool_and(leaf.reltuples < 0) THEN -1 ELSE sum(greatest(leaf.reltuples, 0))::int8 END
                  FROM pg_inherits i JOIN pg_class leaf ON leaf.oid = i.inhrelid WHERE i.inhparent = c.oid)
             ELSE c.reltuples::int8 END
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE %s ORDER BY n.nspname, c.relname
      """
          .formatted(OWN);

  private static final String INHERITED =
      """
      SELECT DISTINCT n.nspname, c.relname FROM pg_inherits i
        JOIN pg_class c ON c.oid = i.inhparent AND c.relkind = 'r' JOIN pg_namespace n ON n.oid = c.relnamespace
      """;

  private static final String COLUMNS =
      """
      SELECT a.attrelid::int8, a.attname, format_type(a.atttypid, -1),
             CASE WHEN t.typcategory = 'A' THEN 'array'
                  WHEN coalesce(b.typname, t.typname) = 'bytea' THEN 'bytea'
                  WHEN t.typcategory IN ('S', 'E') OR coalesce(b.typname, t.typname) = 'citext' THEN 'text'
                  WHEN t.typcategory = 'N' THEN 'number' WHEN t.typcategory = 'B' THEN 'boolean'
                  WHEN t.typcategory IN ('D', 'T') THEN 'time' ELSE 'other' END,
             a.attnotnull, a.attgenerated <> '', a.attgenerated = 'v',
             ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
             JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype
       WHERE %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum
      """
          .formatted(OWN);

  private static final String INDEXES =
      """
      SELECT i.indrelid::int8, i.indisprimary, i.indisunique AND i.indimmediate AND bool_and(a.attnotnull),
             array_agg(a.attname::text ORDER BY k.place)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
             CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, place)
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
       WHERE %s AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= i.indnkeyatts
       GROUP BY i.indexrelid, i.indrelid, i.indisprimary, i.indisunique, i.indimmediate ORDER BY i.indexrelid
      """
          .formatted(OWN);

  private static final String FOREIGN_KEYS =
      """
      SELECT f.conrelid::int8, tn.nspname, tc.relname, f.confdeltype = 'c',
             ARRAY(SELECT a.attname::text FROM unnest(f.conkey) WITH ORDINALITY k(n, place)
                     JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.n ORDER BY k.place),
             ARRAY(SELECT a.attname::text FROM unnest(f.confkey) WITH ORDINALITY k(n, place)
                     JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.n ORDER BY k.place)
        FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
             JOIN pg_class tc ON tc.oid = f.confrelid JOIN pg_namespace tn ON tn.oid = tc.relnamespace
       WHERE %s AND f.contype = 'f' AND f.conparentid = 0 ORDER BY f.conrelid, f.conkey, f.conname
      """
          .formatted(OWN);

  private static final String STATISTICS =
      """
      SELECT schemaname, tablename, attname, most_common_vals::text::text[]
        FROM pg_stats WHERE n_distinct BETWEEN 2 AND 12 AND most_common_vals IS NOT NULL AND NOT inherited
      """;

  private final Connection connection;
  private final Map<Long, TableId> names = new HashMap<>();
  private final Map<TableId, List<Column>> columns = new HashMap<>();
  private final Map<TableId, List<String>> primary = new HashMap<>();
  private final Map<TableId, List<List<String>>> unique = new HashMap<>();
  private final Map<TableId, List<List<String>>> indexes = new HashMap<>();
  private final Map<TableId, List<ForeignKey>> foreign = new HashMap<>();

  private SourceCatalogReader(Connection connection) {
    this.connection = connection;
  }

  /** Reads it, and ends the connection's transaction. */
  public static SourceCatalog read(Connection connection, String publication, boolean samples)
      throws SQLException {
    begin(connection);
    SourceCatalog catalog = new SourceCatalogReader(connection).all(publication, samples);
    connection.rollback();
    return catalog;
  }

  /** Begins what reads only, and waits for nothing for long. */
  static void begin(Connection connection) throws SQLException {
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL statement_timeout = '30s'");
      statement.execute("SET LOCAL lock_timeout = '2s'");
    }
  }

  private SourceCatalog all(String publication, boolean samples) throws SQLException {
    Map<TableId, Table> bare = new LinkedHashMap<>();
    rows(
        TABLES,
        row -> {
          TableId id = new TableId(row.getString(2), row.getString(3));
          names.put(row.getLong(1), id);
          bare.put(
              id,
              new Table(
                  id,
                  List.of(),
                  List.of(),
                  List.of(),
                  List.of(),
                  List.of(),
                  row.getLong(7),
                  row.getBoolean(4),
                  row.getBoolean(5),
                  row.getBoolean(6)));
        });
    columns();
    keys();
    Map<TableId, Map<String, List<String>>> few = new ColumnValues(connection).read(names);
    rows(
        STATISTICS,
        row ->
            few.computeIfAbsent(
                    new TableId(row.getString(1), row.getString(2)), _ -> new HashMap<>())
                .putIfAbsent(row.getString(3), texts(row.getArray(4))));
    List<Table> tables = new ArrayList<>();
    for (Table table : bare.values()) {
      Table whole = whole(table, few.getOrDefault(table.id(), Map.of()));
      tables.add(samples ? new TableSamples(connection).fill(whole) : whole);
    }
    return new SourceCatalog(server(publication), tables);
  }

  private void columns() throws SQLException {
    boolean virtual = connection.getMetaData().getDatabaseMajorVersion() >= VIRTUAL_COLUMNS_SINCE;
    rows(
        COLUMNS,
        row ->
            columns
                .computeIfAbsent(name(row), _ -> new ArrayList<>())
                .add(
                    new Column(
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getBoolean(5),
                        row.getBoolean(6),
                        virtual && row.getBoolean(7),
                        texts(row.getArray(8)))));
  }

  private void keys() throws SQLException {
    rows(
        INDEXES,
        row -> {
          List<String> key = texts(row.getArray(4));
          indexes.computeIfAbsent(name(row), _ -> new ArrayList<>()).add(key);
          if (row.getBoolean(2)) {
            primary.put(name(row), key);
          }
          if (row.getBoolean(3)) {
            unique.computeIfAbsent(name(row), _ -> new ArrayList<>()).add(key);
          }
        });
    rows(
        FOREIGN_KEYS,
        row ->
            foreign
                .computeIfAbsent(name(row), _ -> new ArrayList<>())
                .add(
                    new ForeignKey(
                        texts(row.getArray(5)),
                        new TableId(row.getString(2), row.getString(3)),
                        texts(row.getArray(6)),
                        row.getBoolean(4))));
  }

  private Table whole(Table bare, Map<String, List<String>> few) {
    TableId id = bare.id();
    List<Column> all =
        columns.getOrDefault(id, List.of()).stream()
            .map(column ->
                column.values().isEmpty() && column.kind().equals("text")
                    ? column.with(few.getOrDefault(column.name(), List.of()), Map.of())
                    : column)
            .toList();
    return new Table(
        id,
        all,
        primary.getOrDefault(id, List.of()),
        unique.getOrDefault(id, List.of()),
        indexes.getOrDefault(id, List.of()),
        foreign.getOrDefault(id, List.of()),
        bare.rows(),
        bare.full(),
        bare.partitioned(),
        bare.secured());
  }

  private Server server(String publication) throws SQLException {
    Set<TableId> published = new HashSet<>();
    PublicationMembers.read(connection, publication, published, published);
    Set<TableId> inherited = new HashSet<>();
    rows(INHERITED, row -> inherited.add(new TableId(row.getString(1), row.getString(2))));
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT current_setting('wal_level')")) {
      row.next();
      return new Server(
          connection.getMetaData().getDatabaseMajorVersion(),
          row.getString(1),
          published,
          inherited);
    }
  }

  private TableId name(ResultSet row) throws SQLException {
    TableId name = names.get(row.getLong(1));
    if (name == null) {
      throw new SQLException("the catalog changed while it was read; try again");
    }
    return name;
  }

  static List<String> texts(@Nullable Array array) throws SQLException {
    return array == null ? List.of() : Arrays.asList((String[]) array.getArray());
  }

  /** Takes one row. */
  private interface Taken {
    void row(ResultSet row) throws SQLException;
  }

  private void rows(String sql, Taken taken) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        taken.row(row);
      }
    }
  }
}
