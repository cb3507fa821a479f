package io.rowhook.journal;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Which subscriptions decide about events up to a sequence, on disk; few for each recipient. */
final class MatchingTable {

  private MatchingTable() {}

  /** See {@link DeliveryCursor#matchings}. */
  static List<Matching> read(Sql sql, long recipient) throws SQLException {
    return sql.list(
        "SELECT through, definition FROM matching WHERE recipient = ? ORDER BY through",
        row -> new Matching(row.getLong(1), row.getString(2)),
        recipient);
  }

  /** See {@link DeliveryOutcomes#decide}. */
  static void decide(Sql sql, long recipient, Matching next) throws SQLException {
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

  private static void remove(Sql sql, long recipient, long through) throws SQLException {
    sql.update("DELETE FROM matching WHERE recipient = ? AND through = ?", recipient, through);
  }
}
