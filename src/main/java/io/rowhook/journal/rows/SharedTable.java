package io.rowhook.journal.rows;

import io.rowhook.journal.sqlite.SqliteSession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of the journal whose rows stand in the shared log as well.
 *
 * @param immutable whether a row stays as it was first written
 * @param columns those that stand in the log
 * @param key those of its primary key, in order; of a recipient's rows its number comes first
 */
public record SharedTable(
    String name, Place place, boolean immutable, List<String> columns, List<String> key) {

  /** Columns that say something of this process alone. */
  private static final List<String> OWN = List.of("in_force");

  private record Declared(String name, Place place, boolean immutable) {

    SharedTable read(SqliteSession sql) throws SQLException {
      List<String> columns = new ArrayList<>();
      List<String> key = new ArrayList<>();
      sql.each(
          "SELECT name, pk FROM pragma_table_info(?) ORDER BY pk, cid",
          row -> {
            if (!OWN.contains(row.getString(1))) {
              columns.add(row.getString(1));
            }
            return row.getInt(2) == 0 || key.add(row.getString(1));
          },
          name);
      return new SharedTable(name, place, immutable, columns, key);
    }
  }

  /** In the order in which their rows are written: the head, which shows events, comes last. */
  private static final List<Declared> ALL =
      List.of(
          new Declared("attribute_set", Place.SHARED, true),
          new Declared("audit", Place.SHARED, true),
          new Declared("kill_switch", Place.SHARED, false),
          new Declared("announcement", Place.SHARED, true),
          new Declared("server", Place.DELIVERIES, false),
          new Declared("recipient", Place.DELIVERIES, false),
          new Declared("forgotten_recipient", Place.DELIVERIES, false),
          new Declared("matching", Place.DELIVERIES, false),
          new Declared("attempt", Place.DELIVERIES, false),
          new Declared("delivery", Place.DELIVERIES, false),
          new Declared("skipped", Place.DELIVERIES, false),
          new Declared("merged", Place.DELIVERIES, false),
          new Declared("acknowledged", Place.DELIVERIES, false),
          new Declared("held", Place.DELIVERIES, false),
          new Declared("indexed_column", Place.EVENTS, false),
          new Declared("indexed_value", Place.EVENTS, false),
          new Declared("rejected_row", Place.EVENTS, false),
          new Declared("missed_range", Place.EVENTS, false),
          new Declared("note", Place.EVENTS, false),
          new Declared("resync", Place.EVENTS, false),
          new Declared("state_audit", Place.EVENTS, false),
          new Declared("difference", Place.EVENTS, false),
          new Declared("completeness", Place.EVENTS, false),
          new Declared("event", Place.EVENTS, false),
          new Declared("epoch", Place.EVENTS, false));

  public SharedTable {
    columns = List.copyOf(columns);
    key = List.copyOf(key);
  }

  /** All of them, with the columns that they have in this journal. */
  public static List<SharedTable> all(SqliteSession sql) throws SQLException {
    List<SharedTable> all = new ArrayList<>();
    for (Declared declared : ALL) {
      all.add(declared.read(sql));
    }
    return all;
  }

  /** The names of all of them. */
  public static List<String> names() {
    return ALL.stream().map(Declared::name).toList();
  }
}
