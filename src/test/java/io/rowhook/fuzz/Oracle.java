package io.rowhook.fuzz;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's own account: triggers write each row before and after into a table, in the same
 * transaction, as the server writes it; a slot of its own tells the order of commits.
 */
final class Oracle {

  private static final String[] SETUP = {
    "CREATE SCHEMA oracle",
    "CREATE TABLE oracle.change (ord bigserial PRIMARY KEY, xid bigint NOT NULL"
        + " DEFAULT (pg_current_xact_id()::text::bigint % 4294967296), tab oid NOT NULL,"
        + " ident \"char\" NOT NULL, sync boolean NOT NULL DEFAULT false, old jsonb, now jsonb)",
    """
    CREATE FUNCTION oracle.kind(type oid) RETURNS text LANGUAGE sql STABLE AS $$
      SELECT CASE
        WHEN t.typtype = 'd' THEN oracle.kind(t.typbasetype)
        WHEN t.typelem <> 0 AND t.typlen = -1 AND t.typcategory = 'A'
          THEN '[' || t.typdelim::text || oracle.kind(t.typelem)
        WHEN t.typtype = 'e' THEN 'enum'
        WHEN t.typtype = 'c' THEN 'composite'
        WHEN t.typtype IN ('r', 'm') THEN 'range'
        ELSE t.typname::text END
      FROM pg_catalog.pg_type t WHERE t.oid = type
    $$\
    """,
    """
    CREATE FUNCTION oracle.image(rel oid) RETURNS text LANGUAGE sql STABLE AS $$
      SELECT 'SELECT ' || string_agg(
        format('jsonb_build_object(%L, jsonb_build_array(%L, CASE WHEN num_nulls(($1).%I) = 0 THEN format(''%%s'', ($1).%I) END))',
               a.attname, oracle.kind(a.atttypid), a.attname, a.attname), ' || ' ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a
       WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    $$\
    """,
    """
    CREATE FUNCTION oracle.note() RETURNS trigger LANGUAGE plpgsql
      SET search_path = pg_catalog SET DateStyle = 'ISO, YMD' SET TimeZone = 'UTC'
      SET IntervalStyle = 'iso_8601' SET bytea_output = 'hex' SET extra_float_digits = 1
      SET lc_monetary = 'C' SET quote_all_identifiers = off SET xmlbinary = 'base64' AS $$
    DECLARE
      image text := oracle.image(TG_RELID);
      was jsonb;
      is_now jsonb;
    BEGIN
      IF TG_OP <> 'INSERT' THEN EXECUTE image INTO was USING OLD; END IF;
      IF TG_OP <> 'DELETE' THEN EXECUTE image INTO is_now USING NEW; END IF;
      INSERT INTO oracle.change (tab, ident, old, now)
        SELECT coalesce(pg_partition_root(TG_RELID), TG_RELID), relreplident, was, is_now
          FROM pg_class WHERE oid = TG_RELID;
      RETURN NULL;
    END $$\
    """,
    """
    CREATE FUNCTION oracle.sync(top oid) RETURNS void LANGUAGE plpgsql
      SET search_path = pg_catalog SET DateStyle = 'ISO, YMD' SET TimeZone = 'UTC'
      SET IntervalStyle = 'iso_8601' SET bytea_output = 'hex' SET extra_float_digits = 1
      SET lc_monetary = 'C' SET quote_all_identifiers = off SET xmlbinary = 'base64' AS $$
    DECLARE
      leaf regclass;
    BEGIN
      FOR leaf IN SELECT relid FROM pg_partition_tree(top) WHERE isleaf
                  UNION SELECT oid FROM pg_class WHERE oid = top AND relkind = 'r' LOOP
        EXECUTE format('INSERT INTO oracle.change (tab, ident, sync, now) SELECT %s, ''f'', true, (%s) FROM ONLY %s t',
          top, replace(oracle.image(leaf), '($1)', 't'), leaf);
      END LOOP;
    END $$\
    """,
    "CREATE PUBLICATION oracle_order FOR TABLE oracle.change",
  };

  private final String slot;

  /**
   * @param slot unique in the cluster
   */
  Oracle(String slot) {
    this.slot = slot;
  }

  void install(Statement statement) throws SQLException {
    for (String sql : SETUP) {
      statement.execute(sql);
    }
  }

  /** From now on each row of it is noted. */
  static void watch(Statement statement, Table table) throws SQLException {
    statement.execute(
        "CREATE TRIGGER zz_oracle AFTER INSERT OR UPDATE OR DELETE ON "
            + table.quoted()
            + " FOR EACH ROW EXECUTE FUNCTION oracle.note()");
  }

  /** From now on the order of commits is known. */
  void begin(Statement statement) throws SQLException {
    statement.execute("SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
  }

  void end(Statement statement) throws SQLException {
    statement.execute("SELECT pg_drop_replication_slot('" + slot + "')");
  }

  /** All transactions since {@link #begin} that changed something, in the order of commits. */
  List<Commit> commits(Connection connection) throws SQLException {
    Map<Long, List<Change>> changes = changes(connection);
    List<Commit> commits = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet messages =
            statement.executeQuery(
                "SELECT xid::text::bigint, data FROM pg_logical_slot_peek_binary_changes('"
                    + slot
                    + "', NULL, NULL, 'proto_version', '1', 'publication_names', 'oracle_order')"
                    + " WHERE substr(data, 1, 1) IN ('B', 'C')")) {
      while (messages.next()) {
        ByteBuffer message = ByteBuffer.wrap(messages.getBytes(2));
        List<Change> of = changes.get(messages.getLong(1));
        if (message.get() == 'C' && of != null) {
          message.get();
          message.getLong();
          String end =
              "%X/%X".formatted(message.getInt() & 0xffffffffL, message.getInt() & 0xffffffffL);
          Instant at =
              Instant.parse("2000-01-01T00:00:00Z").plus(message.getLong(), ChronoUnit.MICROS);
          commits.add(new Commit(commits.size(), messages.getLong(1), end, at, of));
        }
      }
    }
    return commits;
  }

  private static Map<Long, List<Change>> changes(Connection connection) throws SQLException {
    Map<Long, List<Change>> changes = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT xid, tab, old, now, ident = 'f', sync FROM oracle.change ORDER BY ord")) {
      while (rows.next()) {
        changes
            .computeIfAbsent(rows.getLong(1), _ -> new ArrayList<>())
            .add(
                new Change(
                    rows.getLong(2),
                    image(rows.getString(3)),
                    image(rows.getString(4)),
                    rows.getBoolean(5),
                    rows.getBoolean(6)));
      }
    }
    return changes;
  }

  private static @Nullable Map<String, Cell> image(@Nullable String json) {
    if (json == null) {
      return null;
    }
    Map<String, Cell> cells = new LinkedHashMap<>();
    ((Json.Mapping) Json.parse(json))
        .fields()
        .forEach((name, value) -> {
          List<Json> pair = ((Json.Array) value).items();
          String kind = ((Json.Text) pair.get(0)).value();
          cells.put(name, new Cell(kind, pair.get(1) instanceof Json.Text(String t) ? t : null));
        });
    return cells;
  }

  /**
   * Notes all rows of a table as they are, after what no trigger sees: its columns have changed.
   */
  static void sync(Statement statement, long table) throws SQLException {
    statement.execute("SELECT oracle.sync(" + table + ")");
  }

  static long oid(Statement statement, Table table) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("SELECT " + Names.literal(table.quoted()) + "::regclass::oid")) {
      row.next();
      return row.getLong(1);
    }
  }
}
