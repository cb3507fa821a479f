package io.rowhook.journal.tables;

import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import java.sql.SQLException;
import java.util.List;

/** Events that an instance which does not capture has to tell, until they are published. */
public final class AnnouncementDao {

  private AnnouncementDao() {}

  /** Adds those that are not there. */
  public static void add(SqliteSession sql, List<Event> events) throws SQLException {
    for (Event event : events) {
      sql.update(
          "INSERT OR IGNORE INTO announcement (id, entity_type, entity_id, type, committed_at,"
              + " position, body, audience) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          event.id(),
          event.entityType(),
          event.entityId(),
          event.type().name(),
          TimeColumns.micros(event.committedAt()),
          event.position().stored(),
          event.json(),
          event.audience());
    }
  }

  /** Whether there are any. */
  public static boolean any(SqliteSession sql) throws SQLException {
    return sql.number("SELECT EXISTS (SELECT 1 FROM announcement)") != 0;
  }

  /** The oldest of them. */
  public static List<Event> oldest(SqliteSession sql, int limit) throws SQLException {
    return sql.list(
        "SELECT id, entity_type, entity_id, type, committed_at, position, body, audience"
            + " FROM announcement ORDER BY committed_at, id LIMIT ?",
        row ->
            new Event(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                EventType.valueOf(row.getString(4)),
                TimeColumns.instant(row.getLong(5)),
                Position.of(row.getLong(6)),
                row.getBytes(7),
                row.getString(8)),
        limit);
  }

  /** Removes these. */
  public static void remove(SqliteSession sql, List<Event> events) throws SQLException {
    for (Event event : events) {
      sql.update("DELETE FROM announcement WHERE id = ?", event.id());
    }
  }
}
