package io.rowhook.journal.tables;

import io.rowhook.base.Json;
import io.rowhook.entity.ResyncProgress;
import io.rowhook.journal.Resync;
import io.rowhook.journal.Resync.State;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What brings recipients up to date, on disk. */
public final class ResyncDao {

  private static final String ALL = "SELECT * FROM resync";

  private ResyncDao() {}

  /** Adds one that begins now; returns its number. */
  public static long insert(
      SqliteSession sql,
      String recipient,
      String entity,
      String condition,
      long rate,
      long estimate,
      Instant now)
      throws SQLException {
    sql.update(
        "INSERT INTO resync (recipient, entity, condition, rate, state, estimate, again, read,"
            + " sent, began_at) VALUES (?, ?, ?, ?, 'running', ?, '[]', 0, 0, ?)",
        recipient,
        entity,
        condition,
        rate,
        estimate,
        TimeColumns.micros(now));
    return sql.number("SELECT max(id) FROM resync");
  }

  /** Adds one of some keys alone, which tells also of those that are gone; returns its number. */
  public static long insertRepair(
      SqliteSession sql, String recipient, String entity, List<String> keys, long rate, Instant now)
      throws SQLException {
    sql.update(
        "INSERT INTO resync (recipient, entity, condition, rate, state, estimate, again, read,"
            + " sent, began_at, repair) VALUES (?, ?, '', ?, 'running', ?, ?, 0, 0, ?, 1)",
        recipient,
        entity,
        rate,
        keys.size(),
        Json.text(Json.MAPPER.valueToTree(keys)),
        TimeColumns.micros(now));
    return sql.number("SELECT max(id) FROM resync");
  }

  /** The newest first. */
  public static List<Resync> newest(SqliteSession sql, int limit) throws SQLException {
    return sql.list(ALL + " ORDER BY id DESC LIMIT ?", ResyncDao::resync, limit);
  }

  public static Optional<Resync> find(SqliteSession sql, long id) throws SQLException {
    return sql.first(ALL + " WHERE id = ?", ResyncDao::resync, id);
  }

  /** Those that run, in the order in which they began. */
  public static List<Resync> running(SqliteSession sql) throws SQLException {
    return sql.list(ALL + " WHERE state = 'running' ORDER BY id", ResyncDao::resync);
  }

  /** Notes how far one has come. False: it runs no more, and nothing of it may be published. */
  public static boolean move(SqliteSession sql, ResyncProgress progress, Instant now)
      throws SQLException {
    return sql.update(
            "UPDATE resync SET last_key = ?, shape = ?, again = ?, read = ?, sent = ?, state = ?,"
                + " ended_at = ? WHERE id = ? AND state = 'running'",
            progress.lastKey(),
            progress.shape(),
            Json.text(Json.MAPPER.valueToTree(progress.again())),
            progress.read(),
            progress.sent(),
            progress.done() ? "done" : "running",
            progress.done() ? TimeColumns.micros(now) : null,
            progress.job())
        > 0;
  }

  /** Ends one that runs. False: it runs no more. */
  public static boolean end(
      SqliteSession sql, long id, State state, @Nullable String reason, Instant now)
      throws SQLException {
    return sql.update(
            "UPDATE resync SET state = ?, reason = ?, ended_at = ?"
                + " WHERE id = ? AND state = 'running'",
            state.name(),
            reason,
            TimeColumns.micros(now),
            id)
        > 0;
  }

  /** Notes about how many rows there are. */
  public static boolean estimated(SqliteSession sql, long id, long rows) throws SQLException {
    return sql.update("UPDATE resync SET estimate = ? WHERE id = ?", rows, id) > 0;
  }

  /**
   * How many events wait for a recipient, in their order or as retries that are due. What waits for
   * a later retry, and what is behind that, keeps nothing else from being sent.
   *
   * @param settled all up to it is settled or an exception; so it is up to the cursor
   */
  public static long waiting(
      SqliteSession sql, String recipient, long head, long settled, Instant now)
      throws SQLException {
    return sql.number(
        "SELECT coalesce((SELECT max(0, ? - max(cursor, ?)) + (SELECT count(*) FROM delivery"
            + " WHERE delivery.recipient = recipient.id AND state = 'retrying' AND next_at <= ?)"
            + " FROM recipient WHERE name = ?), 0)",
        head,
        settled,
        TimeColumns.micros(now),
        recipient);
  }

  private static Resync resync(ResultSet row) throws SQLException {
    List<String> again = new ArrayList<>();
    try {
      Json.MAPPER.readTree(row.getString("again")).forEach(key -> again.add(key.asText()));
    } catch (IOException e) {
      throw new SQLException("resync.again is no JSON", e);
    }
    return new Resync(
        row.getLong("id"),
        row.getString("recipient"),
        row.getString("entity"),
        row.getString("condition"),
        row.getInt("repair") == 1,
        row.getLong("rate"),
        State.valueOf(row.getString("state")),
        row.getString("reason"),
        row.getLong("estimate"),
        row.getString("last_key"),
        row.getString("shape"),
        again,
        row.getLong("read"),
        row.getLong("sent"),
        TimeColumns.instant(row.getLong("began_at")),
        TimeColumns.instant(row, "ended_at"));
  }
}
