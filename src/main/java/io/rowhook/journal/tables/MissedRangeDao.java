package io.rowhook.journal.tables;

import io.rowhook.capture.MissedRange;
import io.rowhook.capture.Position;
import io.rowhook.capture.TableId;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import java.sql.SQLException;
import java.util.List;

/** Where changes of a table may be missing. */
public final class MissedRangeDao {

  private MissedRangeDao() {}

  public static void insert(SqliteSession sql, List<MissedRange> missed) throws SQLException {
    for (MissedRange range : missed) {
      CompletenessDao.miss(
          sql,
          "changes of %s after %s up to %s may be missing: %s"
              .formatted(range.table(), range.after(), range.upTo(), range.reason()));
      sql.update(
          "INSERT INTO missed_range (at, schema_name, table_name, after_position, to_position,"
              + " reason) VALUES (?, ?, ?, ?, ?, ?)",
          TimeColumns.micros(range.noticedAt()),
          range.table().schema(),
          range.table().name(),
          range.after().stored(),
          range.upTo().stored(),
          range.reason());
    }
  }

  /** The newest first. */
  public static List<MissedRange> newest(SqliteSession sql, int limit) throws SQLException {
    return sql.list(
        "SELECT * FROM missed_range ORDER BY n DESC LIMIT ?",
        row ->
            new MissedRange(
                TimeColumns.instant(row.getLong("at")),
                new TableId(row.getString("schema_name"), row.getString("table_name")),
                Position.of(row.getLong("after_position")),
                Position.of(row.getLong("to_position")),
                row.getString("reason")),
        limit);
  }
}
