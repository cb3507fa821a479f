package io.rowhook.journal;

import io.rowhook.journal.events.CommittedState;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import io.rowhook.journal.tables.BacklogDao;
import io.rowhook.journal.tables.DeliveryDao;
import io.rowhook.journal.tables.EventDao;
import io.rowhook.journal.tables.PauseDao;
import io.rowhook.journal.tables.SkippedDao;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What people ask of the journal; commands and pages read it. Any thread. */
public final class JournalQueries {

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
   * @param failed deliveries that a person has to decide on: those that were discarded do not count
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

  /**
   * An attempt that failed and counts against its recipient: there was a POST.
   *
   * @param status the answer's; null: there was none
   */
  public record Failure(
      Instant at, long sequence, String eventId, @Nullable Integer status, String error) {}

  /**
   * Row changes that no event could be made of, as far as they are kept.
   *
   * @param count how many
   * @param at when the last was committed
   * @param table the last one's table
   * @param operation the last one's: INSERT, UPDATE, DELETE
   * @param reason why, of the last one
   */
  public record Rejected(long count, Instant at, String table, String operation, String reason) {}

  /** A row MORE stands for as many as its reason says. */
  private static final String REJECTED =
      "SELECT at, table_name, operation, reason, (SELECT sum(CASE operation WHEN 'MORE' THEN"
          + " CAST(reason AS INTEGER) ELSE 1 END) FROM rejected_row) AS count FROM rejected_row"
          + " WHERE operation <> 'MORE' ORDER BY n DESC LIMIT 1";

  private static final String OPEN =
      "(SELECT count(*) FROM delivery INDEXED BY delivery_open WHERE recipient = r.id"
          + " AND state <> 'failed' AND state = ";

  private static final String STANDINGS =
      "SELECT r.name, r.cursor, "
          + OPEN
          + "'waiting') AS waiting, "
          + OPEN
          + "'blocked') AS blocked,"
          + " (SELECT count(*) FROM delivery WHERE recipient = r.id AND state = 'failed' AND NOT ("
          + DeliveryDao.DISCARDED
          + ")) AS failed FROM recipient r ORDER BY r.name";

  private static final String FAILURES =
      "SELECT f.at, f.sequence, f.status, f.error, e.id FROM (SELECT at, sequence, status, error"
          + DeliveryDao.COUNTING_FAILURES
          + " ORDER BY at DESC LIMIT ?) f JOIN event e ON e.sequence = f.sequence"
          + " ORDER BY f.at DESC";

  private final ReaderPool readers;
  private final CommittedState committed;

  JournalQueries(ReaderPool readers, CommittedState committed) {
    this.readers = readers;
    this.committed = committed;
  }

  /** Every recipient that the journal knows, by name. */
  public List<Standing> standings() {
    long head = committed.head();
    return readers.read(sql ->
        sql.list(
            STANDINGS,
            row ->
                new Standing(
                    row.getString("name"),
                    row.getLong("cursor"),
                    Math.max(0, head - row.getLong("cursor")),
                    row.getLong("waiting"),
                    row.getLong("blocked"),
                    row.getLong("failed"))));
  }

  /** What was rejected; empty: nothing that is still kept. */
  public Optional<Rejected> rejected() {
    return readers.read(sql ->
        sql.first(
            REJECTED,
            row ->
                new Rejected(
                    row.getLong("count"),
                    TimeColumns.instant(row.getLong("at")),
                    row.getString("table_name"),
                    row.getString("operation"),
                    row.getString("reason"))));
  }

  /** The names of the recipients that the journal knows, in order. */
  public List<String> recipients() {
    return readers.read(
        sql -> sql.list("SELECT name FROM recipient ORDER BY name", row -> row.getString(1)));
  }

  /** Exceptions of a recipient after a sequence, in order. */
  public List<Delivery> deliveries(String recipient, Exceptions which, long after, int limit) {
    return readers.read(sql ->
        sql.list(
            DeliveryDao.SELECT + " AND d.state = ? AND d.sequence > ? ORDER BY d.sequence LIMIT ?",
            DeliveryDao::delivery,
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
                    row.getInt("redelivery"), DeliveryDao.attempt(row), row.getString("outcome")),
            number(sql, recipient),
            sequence));
  }

  /** The oldest event that may still be pending for a recipient: open, or after its cursor. */
  public Optional<JournalEntry> oldestPending(String recipient) {
    return readers.read(sql -> {
      long number = number(sql, recipient);
      return sql.first(
          "SELECT "
              + EventDao.COLUMNS
              + " FROM event e WHERE e.sequence = (SELECT min(sequence) FROM ("
              + "SELECT min(sequence) AS sequence FROM delivery"
              + " WHERE recipient = ? AND state <> 'failed' UNION ALL"
              + " SELECT min(sequence) FROM event WHERE sequence >"
              + " (SELECT cursor FROM recipient WHERE id = ?) AND sequence <= "
              + EventDao.HEAD
              + "))",
          EventDao::entry,
          number,
          number);
    });
  }

  /** One event, by its id or its sequence. */
  public Optional<JournalEntry> event(String idOrSequence) {
    boolean isSequence = idOrSequence.matches("\\d{1,18}");
    return readers.read(sql ->
        isSequence
            ? sql.first(
                "SELECT "
                    + EventDao.COLUMNS
                    + " FROM event e WHERE e.sequence = ? AND e.sequence <= "
                    + EventDao.HEAD,
                EventDao::entry,
                Long.parseLong(idOrSequence))
            : EventDao.find(sql, idOrSequence));
  }

  /**
   * The newest event of an entity type, or of one entity; not looked for further back than the last
   * 100,000 events.
   */
  public Optional<JournalEntry> newest(String entityType, @Nullable String entityId) {
    return readers.read(sql ->
        sql.first(
            "SELECT "
                + EventDao.COLUMNS
                + " FROM event e NOT INDEXED"
                + " WHERE e.sequence > "
                + EventDao.HEAD
                + " - 100000 AND e.sequence <= "
                + EventDao.HEAD
                + " AND e.audience IS NULL AND e.entity_type = ? AND (? IS NULL OR e.entity_id = ?)"
                + " ORDER BY e.sequence DESC LIMIT 1",
            EventDao::entry,
            entityType,
            entityId,
            entityId));
  }

  /** What a recipient gets instead of an event, if others were skipped in its favour. */
  public Optional<CoalescedEvent> coalesced(String recipient, long sequence) {
    return readers.read(sql -> SkippedDao.coalesced(sql, number(sql, recipient), sequence));
  }

  /** How many failed attempts count against a recipient, since an instant and its last pause. */
  public long failureCount(String recipient, Instant since) {
    return readers.read(sql -> {
      long number = number(sql, recipient);
      return sql.number(
          "SELECT count(DISTINCT at)" + DeliveryDao.COUNTING_FAILURES,
          number,
          TimeColumns.micros(since),
          number);
    });
  }

  /** The newest of these, the newest first. */
  public List<Failure> failures(String recipient, Instant since, int limit) {
    return readers.read(sql -> {
      long number = number(sql, recipient);
      return sql.list(
          FAILURES,
          row -> {
            return new Failure(
                TimeColumns.instant(row.getLong("at")),
                row.getLong("sequence"),
                EventDao.shownId(row.getObject("id")),
                DeliveryDao.status(row),
                row.getString("error"));
          },
          number,
          TimeColumns.micros(since),
          number,
          limit);
    });
  }

  /** What keeps a recipient from being sent to; empty: nothing. */
  public Optional<Pause> pause(String recipient) {
    return readers.read(sql -> PauseDao.of(sql, number(sql, recipient)));
  }

  /** A recipient's backlog. */
  public Backlog backlog(String recipient) {
    return readers.read(sql -> BacklogDao.of(sql, number(sql, recipient)));
  }

  /**
   * The backlogs of some recipients, by their names, in one reading; of each that the journal knows
   * not more than some index entries are read.
   */
  public Map<String, Backlog> backlogs(Collection<String> recipients) {
    return readers.read(sql -> {
      Map<String, Backlog> all = new HashMap<>();
      for (String recipient : recipients) {
        all.put(recipient, BacklogDao.of(sql, number(sql, recipient)));
      }
      return all;
    });
  }

  private static long number(SqliteSession sql, String recipient) throws SQLException {
    return sql.number("SELECT id FROM recipient WHERE name = ?", recipient);
  }
}
