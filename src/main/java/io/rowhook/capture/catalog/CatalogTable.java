package io.rowhook.capture.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata.Column;
import io.rowhook.capture.TableMetadata.ForeignKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table or one of its partitions as {@code pg_class} has it at one moment. Needs no right on it.
 *
 * @param kind {@code pg_class.relkind}
 * @param persistence {@code pg_class.relpersistence}
 * @param replident {@code pg_class.relreplident}: d, n, f or i
 * @param partition whether it is a partition of another table
 * @param columns in their order
 * @param keys unique, valid, whole and without nullable columns: what may be an identity; the
 *     primary key first
 */
public record CatalogTable(
    TableId table,
    long oid,
    String kind,
    String persistence,
    String replident,
    boolean partition,
    List<Column> columns,
    List<Key> keys) {

  private static final String READ =
      """
      SELECT c.oid::int8, n.nspname, c.relname, c.relkind::text, c.relpersistence::text, c.relreplident::text,
             c.relispartition,
             (SELECT coalesce(json_agg(json_build_array(a.attname, a.atttypid::int8, a.attnotnull, a.attgenerated <> '', a.attgenerated = 'v',
                                       (t.typtype = 'e' OR coalesce(nullif(t.typbasetype, 0), t.oid) IN
                                         (16, 20, 21, 23, 25, 26, 1043, 1082, 1114, 1184, 1700, 2950))
                                       AND coalesce(o.collisdeterministic, true))
                                       ORDER BY a.attnum), '[]')
                FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                LEFT JOIN pg_collation o ON o.oid = a.attcollation
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
             (SELECT coalesce(json_agg(json_build_array(quote_ident(x.relname), i.indisprimary,
                                                        i.indisreplident, i.indimmediate, k.columns)
                                       ORDER BY i.indisprimary DESC, i.indexrelid), '[]')
                FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid,
                     LATERAL (SELECT json_agg(a.attname ORDER BY k.place) AS columns,
                                     bool_and(a.attnotnull) AS required, count(*) AS known
                                FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, place)
                                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                               WHERE k.place <= i.indnkeyatts AND k.attnum > 0) k
               WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
                 AND k.known = i.indnkeyatts AND k.required) AS keys
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      """;

  private static final String BY_NAME =
      READ + " WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";

  private static final String LEAVES =
      READ
          + """
          WHERE c.relkind <> 'p' AND c.oid IN (%s SELECT relid FROM tree) ORDER BY n.nspname, c.relname
          """
              .formatted(PublicationMembers.tree("?::oid"));

  /** Those that inherit from it: their rows are its rows for a SELECT, but not for the log. */
  private static final String FOREIGN_KEYS =
      """
      SELECT n.nspname, t.relname,
             (SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(f.conkey) WITH ORDINALITY k (n, place)
                JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.n),
             (SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(f.confkey) WITH ORDINALITY k (n, place)
                JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.n)
        FROM pg_constraint f JOIN pg_class t ON t.oid = f.confrelid JOIN pg_namespace n ON n.oid = t.relnamespace
       WHERE f.conrelid = ? AND f.contype = 'f' AND f.conparentid = 0 ORDER BY f.conkey, f.conname
      """;

  private static final String HEIRS =
      """
      SELECT n.nspname, c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE i.inhparent = ? AND NOT c.relispartition ORDER BY n.nspname, c.relname
      """;

  /** Its ancestors, the topmost first. */
  private static final String ANCESTORS =
      """
      SELECT n.nspname, c.relname FROM pg_partition_ancestors(?::oid::regclass) WITH ORDINALITY a (oid, place)
        JOIN pg_class c ON c.oid = a.oid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.oid <> ?::oid ORDER BY a.place DESC
      """;

  public CatalogTable {
    columns = List.copyOf(columns);
    keys = List.copyOf(keys);
  }

  /**
   * A unique index.
   *
   * @param index its name, as SQL writes it
   * @param identity whether it is the {@code REPLICA IDENTITY USING INDEX}
   * @param immediate whether it is not deferrable
   * @param columns its key's, without those that it only includes
   */
  public record Key(
      String index, boolean primary, boolean identity, boolean immediate, List<String> columns) {
    public Key {
      columns = List.copyOf(columns);
    }
  }

  public static Optional<CatalogTable> read(Connection connection, TableId table)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(BY_NAME)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      return read(statement).stream().findFirst();
    }
  }

  /** The OIDs of tables by their names; without those that do not exist. */
  public static Map<TableId, Long> oids(Connection connection, Collection<TableId> tables)
      throws SQLException {
    Map<TableId, Long> oids = new HashMap<>();
    for (TableId table : tables) {
      read(connection, table).ifPresent(found -> oids.put(table, found.oid()));
    }
    return oids;
  }

  /** Its partitions that hold rows, at any depth; empty where it is not partitioned. */
  public List<CatalogTable> leaves(Connection connection) throws SQLException {
    if (!isPartitioned()) {
      return List.of();
    }
    try (PreparedStatement statement = connection.prepareStatement(LEAVES)) {
      statement.setLong(1, oid);
      return read(statement);
    }
  }

  /** What its rows name by PostgreSQL's own word. */
  public List<ForeignKey> foreignKeys(Connection connection) throws SQLException {
    List<ForeignKey> keys = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(FOREIGN_KEYS)) {
      statement.setLong(1, oid);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          TableId named = new TableId(row.getString(1), row.getString(2));
          keys.add(new ForeignKey(texts(row.getString(3)), named, texts(row.getString(4))));
        }
      }
    }
    return keys;
  }

  private static List<String> texts(String json) throws SQLException {
    List<String> texts = new ArrayList<>();
    json(json).forEach(text -> texts.add(text.textValue()));
    return texts;
  }

  /** The tables that inherit from it directly, partitions not among them. */
  public List<TableId> heirs(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(HEIRS)) {
      statement.setLong(1, oid);
      return names(statement);
    }
  }

  /** The partitioned tables that it is a partition of, the topmost first. */
  public List<TableId> ancestors(Connection connection) throws SQLException {
    return partition ? ancestors(connection, oid) : List.of();
  }

  /** The same of a table by its OID; empty also where there is none. */
  public static List<TableId> ancestors(Connection connection, long oid) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ANCESTORS)) {
      statement.setLong(1, oid);
      statement.setLong(2, oid);
      return names(statement);
    }
  }

  public boolean isPartitioned() {
    return kind.equals("p");
  }

  public Optional<Key> primaryKey() {
    return keys.stream().filter(Key::primary).findFirst();
  }

  public Optional<Key> identityIndex() {
    return keys.stream().filter(Key::identity).findFirst();
  }

  /** The names of the columns that are in the log. */
  public List<String> logged() {
    return columns.stream().filter(c -> !c.generated()).map(Column::name).toList();
  }

  private static List<TableId> names(PreparedStatement statement) throws SQLException {
    List<TableId> names = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        names.add(new TableId(row.getString(1), row.getString(2)));
      }
    }
    return names;
  }

  private static List<CatalogTable> read(PreparedStatement statement) throws SQLException {
    List<CatalogTable> tables = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        List<Column> columns = new ArrayList<>();
        for (JsonNode column : json(row.getString("columns"))) {
          columns.add(
              new Column(
                  column.get(0).textValue(),
                  column.get(1).longValue(),
                  column.get(2).booleanValue(),
                  column.get(3).booleanValue(),
                  column.get(4).booleanValue(),
                  column.get(5).booleanValue()));
        }
        List<Key> keys = new ArrayList<>();
        for (JsonNode key : json(row.getString("keys"))) {
          List<String> names = new ArrayList<>();
          key.get(4).forEach(name -> names.add(name.textValue()));
          keys.add(
              new Key(
                  key.get(0).textValue(),
                  key.get(1).booleanValue(),
                  key.get(2).booleanValue(),
                  key.get(3).booleanValue(),
                  names));
        }
        tables.add(
            new CatalogTable(
                new TableId(row.getString("nspname"), row.getString("relname")),
                row.getLong("oid"),
                row.getString("relkind"),
                row.getString("relpersistence"),
                row.getString("relreplident"),
                row.getBoolean("relispartition"),
                columns,
                keys));
      }
    }
    return tables;
  }

  private static JsonNode json(String text) throws SQLException {
    try {
      return Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new SQLException("the catalog's JSON cannot be read", e);
    }
  }
}
