package io.rowhook.journal.tables;

import io.rowhook.journal.DeliveryCursor;
import io.rowhook.journal.DeliveryOutcomes;
import io.rowhook.journal.Matching;
import io.rowhook.journal.sqlite.SqliteSession;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Which subscriptions decide about events up to a sequence, on disk; few for each recipient. */
public final class MatchDao {

  private MatchDao() {}

  /** See {@link DeliveryCursor#matchings}. */
  public static List<Matching> read(SqliteSession sql, long recipient) throws SQLException {
    return sql.list(
        "SELECT through, definition FROM matching WHERE recipient = ? ORDER BY through",
        row -> new Matching(row.getLong(1), row.getString(2)),
        recipient);
  }

  /** See {@link DeliveryOutcomes#decide}. */
  public static void decide(SqliteSession sql, long recipient, Matching next) throws SQLException {
    Optional<Matching> newest = read(sql, recipient).reversed().stream().findFirst();
    if (newest.filter(one -> one.definition().equals(next.definition())).isPresent()) {
      remove(sql, recipient, newest.get().through());
    }
    sql.update(
        "INSERT INTO matching (recipient, through, definition) SELECT ?, ?, ?"
            + " WHERE NOT EXISTS (SELECT 1 FROM matching WHERE recipient = ? AND through >= ?)",
        recipient,
        next.through(),
        next.definition(),
        recipient,
        next.through());
    sql.update(
        "DELETE FROM matching WHERE recipient = ?"
            + " AND through <= (SELECT cursor FROM recipient WHERE id = ?)"
            + " AND through < (SELECT max(through) FROM matching WHERE recipient = ?)",
        recipient,
        recipient,
        recipient);
  }

  private static void remove(SqliteSession sql, long recipient, long through) throws SQLException {
    sql.update("DELETE FROM matching WHERE recipient = ? AND through = ?", recipient, through);
  }
}
