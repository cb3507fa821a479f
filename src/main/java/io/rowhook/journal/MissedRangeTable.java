package io.rowhook.journal;

import io.rowhook.capture.MissedRange;
import io.rowhook.capture.Position;
import io.rowhook.capture.TableId;
import java.sql.SQLException;
import java.util.List;

/** Where changes of a table may be missing. */
final class MissedRangeTable {

  private MissedRangeTable() {}

  static void insert(Sql sql, List<MissedRange> missed) throws SQLException {
    for (MissedRange range : missed) {
      sql.update(
          "INSERT INTO missed_range (at, schema_name, table_name, after_position, to_position,"
              + " reason) VALUES (?, ?, ?, ?, ?, ?)",
          Times.micros(range.noticedAt()),
          range.table().schema(),
          range.table().name(),
          range.after().stored(),
          range.upTo().stored(),
          range.reason());
    }
  }

  /** The newest first. */
  static List<MissedRange> newest(Sql sql, int limit) throws SQLException {
    return sql.list(
        "SELECT * FROM missed_range ORDER BY n DESC LIMIT ?",
        row ->
            new MissedRange(
                Times.instant(row.getLong("at")),
                new TableId(row.getString("schema_name"), row.getString("table_name")),
                Position.of(row.getLong("after_position")),
                Position.of(row.getLong("to_position")),
                row.getString("reason")),
        limit);
  }
}
