package io.rowhook.journal.tables;

import io.rowhook.capture.Epoch;
import io.rowhook.capture.Position;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The epochs, and with the newest one what does not go away when retention removes events: the
 * watermark and the newest sequence given.
 */
public final class EpochDao {

  /**
   * One epoch and how far it has come.
   *
   * @param n its row
   * @param epoch which history
   * @param watermark END of its last durable transaction
   * @param head the newest sequence given, in this epoch or one before it
   * @param total bytes of the JSON of all events ever journaled, up to the head
   */
  public record Place(long n, Epoch epoch, Position watermark, long head, long total) {}

  private EpochDao() {}

  public static Optional<Place> newest(SqliteSession sql) throws SQLException {
    return sql.first("SELECT * FROM epoch ORDER BY n DESC LIMIT 1", EpochDao::place);
  }

  private static Place place(ResultSet row) throws SQLException {
    Epoch epoch =
        new Epoch(
            row.getString("id"),
            row.getString("history"),
            TimeColumns.instant(row.getLong("started_at")));
    Position watermark = Position.of(row.getLong("watermark"));
    return new Place(row.getLong("n"), epoch, watermark, row.getLong("head"), row.getLong("total"));
  }

  /** Starts an epoch; or, where it is the current one, records its history and leaves the rest. */
  public static Place begin(SqliteSession sql, Epoch epoch, Position start) throws SQLException {
    Optional<Place> current = newest(sql);
    if (current.isPresent() && current.get().epoch().id().equals(epoch.id())) {
      sql.update("UPDATE epoch SET history = ? WHERE n = ?", epoch.history(), current.get().n());
    } else {
      sql.update(
          "INSERT INTO epoch (id, history, started_at, watermark, head, total)"
              + " VALUES (?, ?, ?, ?, ?, ?)",
          epoch.id(),
          epoch.history(),
          TimeColumns.micros(epoch.startedAt()),
          start.stored(),
          current.map(Place::head).orElse(0L),
          current.map(Place::total).orElse(0L));
    }
    return newest(sql).orElseThrow();
  }

  /** The newest epoch has come so far. */
  public static void move(SqliteSession sql, Place place) throws SQLException {
    sql.update(
        "UPDATE epoch SET watermark = ?, head = ?, total = ? WHERE n = ?",
        place.watermark().stored(),
        place.head(),
        place.total(),
        place.n());
  }
}
