package io.rowhook.journal;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What people ask of the journal; commands and pages read it. Any thread. */
public final class Lookup {

  /** Which exceptions. */
  public enum Exceptions {
    WAITING,
    BLOCKED,
    FAILED
  }

  /**
   * How far a recipient is.
   *
   * @param recipient its name
   * @param cursor up to which sequence all is settled or an exception
   * @param ahead events after the cursor; about, since it counts those that are settled or not
   *     wanted
   * @param waiting deliveries to be tried again
   * @param blocked deliveries behind these
   * @param failed deliveries that a person has to decide on
   */
  public record Standing(
      String recipient, long cursor, long ahead, long waiting, long blocked, long failed) {}

  /**
   * An entry of the attempt log.
   *
   * @param redelivery how often a person had redelivered it by then
   * @param attempt the attempt
   * @param outcome where the delivery stood after it: delivered, waiting, blocked or failed
   */
  public record Logged(int redelivery, Attempt attempt, String outcome) {}

  private final Readers readers;
  private final Visible visible;

  Lookup(Readers readers, Visible visible) {
    this.readers = readers;
    this.visible = visible;
  }

  /** Every recipient that the journal knows, by name. */
  public List<Standing> standings() {
    long head = visible.head();
    return readers.read(sql ->
        sql.list(
            "SELECT r.name, r.cursor, count(*) FILTER (WHERE d.state = 'waiting') AS waiting,"
                + " count(*) FILTER (WHERE d.state = 'blocked') AS blocked,"
                + " count(*) FILTER (WHERE d.state = 'failed') AS failed"
                + " FROM recipient r LEFT JOIN delivery d ON d.recipient = r.id"
                + " GROUP BY r.id ORDER BY r.name",
            row ->
                new Standing(
                    row.getString("name"),
                    row.getLong("cursor"),
                    Math.max(0, head - row.getLong("cursor")),
                    row.getLong("waiting"),
                    row.getLong("blocked"),
                    row.getLong("failed"))));
  }

  /** Exceptions of a recipient after a sequence, in order. */
  public List<Delivery> deliveries(String recipient, Exceptions which, long after, int limit) {
    return readers.read(sql ->
        sql.list(
            DeliveryTable.SELECT
                + " AND d.state = ? AND d.sequence > ? ORDER BY d.sequence LIMIT ?",
            DeliveryTable::delivery,
            number(sql, recipient),
            which.name().toLowerCase(Locale.ROOT),
            after,
            limit));
  }

  /** Every attempt of a delivery, in order. */
  public List<Logged> attempts(String recipient, long sequence) {
    return readers.read(sql ->
        sql.list(
            "SELECT * FROM attempt WHERE recipient = ? AND sequence = ?"
                + " ORDER BY redelivery, number",
            row ->
                new Logged(
                    row.getInt("redelivery"), DeliveryTable.attempt(row), row.getString("outcome")),
            number(sql, recipient),
            sequence));
  }

  /** The oldest event that a recipient may still be owed: open, or after its cursor. */
  public Optional<Entry> oldestOwed(String recipient) {
    return readers.read(sql -> {
      long number = number(sql, recipient);
      return sql.first(
          "SELECT "
              + EventTable.COLUMNS
              + " FROM event e WHERE e.sequence = (SELECT min(sequence) FROM ("
              + "SELECT min(sequence) AS sequence FROM delivery"
              + " WHERE recipient = ? AND state <> 'failed' UNION ALL"
              + " SELECT min(sequence) FROM event WHERE sequence >"
              + " (SELECT cursor FROM recipient WHERE id = ?)))",
          EventTable::entry,
          number,
          number);
    });
  }

  private static long number(Sql sql, String recipient) throws SQLException {
    return sql.number("SELECT id FROM recipient WHERE name = ?", recipient);
  }
}
