package io.rowhook.journal.jobs;

import io.rowhook.entity.EmbeddedRows;
import io.rowhook.entity.Event;
import io.rowhook.journal.Erasure.Traces;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.deliveries.ErasedEvents;
import io.rowhook.journal.events.CommittedState;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.AcknowledgedDao;
import io.rowhook.journal.tables.EventDao;
import io.rowhook.journal.tables.IndexDao;
import io.rowhook.journal.tables.KeptDao;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Removes all that the journal has of one entity, in small steps; what a crash interrupts is to be
 * begun again. Its own events go, with their deliveries, attempts and merged bodies. Events of
 * others that embed its row lose that row, and what recipients have answered to them. Rows of it
 * that were rejected go too.
 *
 * @param entityType its type
 * @param entityId as the events have it
 * @param table its root table, as rejected rows name it
 */
public record EraseJob(
    GroupCommitWriter writer,
    ReaderPool readers,
    CommittedState committed,
    ErasedEvents erased,
    String entityType,
    String entityId,
    String table,
    EmbeddedRows rows) {

  /** Events removed or rewritten in one step. */
  private static final int STEP = 100;

  /** Sequences looked at in one step. */
  private static final int WINDOW = 5_000;

  private static final String OWN =
      "SELECT "
          + EventDao.COLUMNS
          + " FROM event e INDEXED BY event_entity WHERE e.entity_type = ? AND e.entity_id = ?"
          + " AND e.sequence > ? ORDER BY e.sequence LIMIT "
          + EventDao.STEP_EVENTS;

  private static final String OTHERS =
      "SELECT "
          + EventDao.COLUMNS
          + " FROM event e NOT INDEXED WHERE e.sequence > ? AND e.sequence <= ?"
          + " AND e.entity_type IN (SELECT value FROM json_each(?))"
          + " AND NOT (e.entity_type = ? AND e.entity_id = ?) ORDER BY e.sequence LIMIT "
          + EventDao.STEP_EVENTS;

  /** Open on disk, or after the cursor and nothing has become of it yet. */
  private static final String PENDING =
      "SELECT r.name, e.type FROM event e INDEXED BY event_entity, recipient r"
          + " WHERE e.entity_type = ? AND e.entity_id = ?"
          + " AND (e.audience IS NULL OR e.audience = r.name)"
          + " AND (EXISTS (SELECT 1 FROM delivery WHERE recipient = r.id AND sequence = e.sequence"
          + " AND state <> 'failed') OR (e.sequence > r.cursor"
          + " AND NOT EXISTS (SELECT 1 FROM delivery WHERE recipient = r.id"
          + " AND sequence = e.sequence)"
          + " AND NOT EXISTS (SELECT 1 FROM attempt WHERE recipient = r.id"
          + " AND sequence = e.sequence AND outcome = 'delivered')"
          + " AND NOT EXISTS (SELECT 1 FROM skipped WHERE recipient = r.id"
          + " AND sequence = e.sequence)))";

  private static final String MERGED =
      "SELECT m.recipient, m.sequence, e.entity_type, m.body FROM merged m"
          + " JOIN event e ON e.sequence = m.sequence WHERE m.rowid > ? AND m.rowid <= ?";

  private record Pending(String recipient, boolean deletion) {}

  /** Looks, or removes what there is. */
  public Traces run(boolean really) throws InterruptedException {
    long events = own();
    List<Pending> pending =
        readers.read(sql ->
            sql.list(
                PENDING,
                row -> new Pending(row.getString(1), row.getString(2).equals("Deleted")),
                entityType,
                entityId));
    Map<String, Long> byRecipient = new TreeMap<>();
    pending.forEach(one -> byRecipient.merge(one.recipient(), 1L, Long::sum));
    if (really) {
      overwrite(true);
      removeOwn();
    }
    Map<String, Long> embedding = new TreeMap<>();
    long unclear = rows.entityTypes().isEmpty() ? 0 : others(really, embedding);
    if (really) {
      redactMerged();
      writer.write(WriteTask.urgent(this::removeRest));
      overwrite(false);
    }
    long deletions = pending.stream().filter(Pending::deletion).count();
    return new Traces(events, byRecipient, deletions, embedding, unclear);
  }

  /** Whether SQLite puts zeros where something was: should the file not be rewritten after all. */
  private void overwrite(boolean zeros) throws InterruptedException {
    String pragma = "PRAGMA secure_delete = " + (zeros ? "ON" : "OFF");
    writer.write(WriteTask.urgent(sql -> sql.list(pragma, row -> row.getLong(1))));
  }

  /** Counts its events, and learns from them by what else its row is named. */
  private long own() {
    long count = 0;
    long position = 0;
    while (true) {
      long after = position;
      List<JournalEntry> page =
          readers.read(sql -> EventDao.page(sql, OWN, entityType, entityId, after));
      if (page.isEmpty()) {
        return count;
      }
      page.forEach(entry -> rows.learn(entry.event().json()));
      count += page.size();
      position = page.getLast().sequence();
    }
  }

  /** What is behind the head goes too. */
  private void removeOwn() throws InterruptedException {
    boolean more = true;
    while (more) {
      more = !writer.write(WriteTask.urgent(this::removeSome, this::forgetRecent)).isEmpty();
    }
  }

  private List<Long> removeSome(SqliteSession sql) throws SQLException {
    List<Long> found =
        sql.list(
            "SELECT sequence FROM event INDEXED BY event_entity WHERE entity_type = ?"
                + " AND entity_id = ? ORDER BY sequence LIMIT "
                + STEP,
            row -> row.getLong(1),
            entityType,
            entityId);
    List<Long> recipients = recipients(sql);
    boolean indexed = IndexDao.isUsed(sql);
    for (long sequence : found) {
      EventDao.remove(sql, sequence, recipients);
      if (indexed) {
        IndexDao.remove(sql, sequence);
      }
    }
    erased.gone(found); // also for what follows in the same transaction
    return found;
  }

  private void forgetRecent(List<Long> sequences) {
    if (!sequences.isEmpty()) {
      committed.recentEvents().removeThrough(committed.head());
    }
  }

  /** Goes through the others' events; returns how many are unclear. */
  private long others(boolean really, Map<String, Long> embedding) throws InterruptedException {
    String types = types();
    long last = readers.read(sql -> sql.number("SELECT max(sequence) FROM event"));
    long position = readers.read(sql -> sql.number("SELECT min(sequence) FROM event")) - 1;
    long unclear = 0;
    while (position < last) {
      long after = position;
      List<JournalEntry> page =
          readers.read(sql ->
              EventDao.page(sql, OTHERS, after, after + WINDOW, types, entityType, entityId));
      List<Long> meant = new ArrayList<>();
      for (JournalEntry entry : page) {
        String type = entry.event().entityType();
        EmbeddedRows.Redaction redaction = rows.redact(type, entry.event().json());
        unclear += redaction.unclear() ? 1 : 0;
        if (redaction.json() != null) {
          meant.add(entry.sequence());
          embedding.merge(type, 1L, Long::sum);
        }
      }
      if (really) {
        for (int i = 0; i < meant.size(); i += STEP) {
          List<Long> some = meant.subList(i, Math.min(meant.size(), i + STEP));
          writer.write(WriteTask.urgent(sql -> redact(sql, some), this::forgetRecent));
        }
      }
      position = page.isEmpty() ? after + WINDOW : page.getLast().sequence();
    }
    return unclear;
  }

  private String types() {
    StringBuilder json = new StringBuilder("[");
    for (String type : rows.entityTypes()) {
      json.append(json.length() > 1 ? "," : "").append('"').append(type).append('"');
    }
    return json.append(']').toString();
  }

  private List<Long> redact(SqliteSession sql, List<Long> sequences) throws SQLException {
    List<Long> recipients = recipients(sql);
    for (long sequence : sequences) {
      for (JournalEntry entry :
          sql.list(
              "SELECT " + EventDao.COLUMNS + " FROM event e WHERE e.sequence = ?",
              EventDao::entry,
              sequence)) {
        byte[] json = rows.redact(entry.event().entityType(), entry.event().json()).json();
        if (json != null) {
          String named =
              entry.event().named().without(Event.entityKey(entityType, entityId)).json();
          sql.update(
              "UPDATE event SET body = ?, named = ? WHERE sequence = ?", json, named, sequence);
          IndexDao.removeRows(sql, sequence);
        }
      }
      forgetAnswers(sql, sequence, recipients);
    }
    erased.redacted(sequences);
    return sequences;
  }

  /** They may repeat what they were sent. */
  private static void forgetAnswers(SqliteSession sql, long sequence, List<Long> recipients)
      throws SQLException {
    for (long recipient : recipients) {
      sql.update(
          "UPDATE attempt SET answer = NULL WHERE recipient = ? AND sequence = ?"
              + " AND answer IS NOT NULL",
          recipient,
          sequence);
    }
  }

  /** Bodies that are sent instead of an event have old values of others. */
  private void redactMerged() throws InterruptedException {
    long last = readers.read(sql -> sql.number("SELECT max(rowid) FROM merged"));
    for (long position = 0; position < last; position += STEP) {
      long after = position;
      writer.write(WriteTask.urgent(sql -> redactMerged(sql, after), this::forgetRecent));
    }
  }

  private record Merged(long recipient, long sequence, String type, String body) {}

  private List<Long> redactMerged(SqliteSession sql, long after) throws SQLException {
    List<Long> changed = new ArrayList<>();
    for (Merged one :
        sql.list(
            MERGED,
            row ->
                new Merged(
                    row.getLong(1),
                    row.getLong(2),
                    row.getString(3),
                    new String(row.getBytes(4), StandardCharsets.UTF_8)),
            after,
            after + STEP)) {
      byte[] json = rows.redact(one.type(), one.body().getBytes(StandardCharsets.UTF_8)).json();
      if (json != null) {
        sql.update(
            "UPDATE merged SET body = ? WHERE recipient = ? AND sequence = ?",
            json,
            one.recipient(),
            one.sequence());
        forgetAnswers(sql, one.sequence(), List.of(one.recipient()));
        changed.add(one.sequence());
      }
    }
    erased.redacted(changed);
    return changed;
  }

  /** Rejected rows, and where a resync that has ended was. */
  private boolean removeRest(SqliteSession sql) throws SQLException {
    AcknowledgedDao.erase(sql, Event.entityKey(entityType, entityId));
    KeptDao.erase(sql, entityType, entityId);
    List<Long> mine = new ArrayList<>();
    sql.each(
        "SELECT n, key FROM rejected_row WHERE table_name IN (?, ?)",
        row -> {
          if (rows.isKey(row.getString(2))) {
            mine.add(row.getLong(1));
          }
          return true;
        },
        table,
        entityType);
    for (long n : mine) {
      sql.update("DELETE FROM rejected_row WHERE n = ?", n);
    }
    sql.update(
        "UPDATE resync SET last_key = NULL, again = '[]' WHERE entity = ? AND state <> 'running'",
        entityType);
    return true;
  }

  /** Those too whose rows are still being removed. */
  private static List<Long> recipients(SqliteSession sql) throws SQLException {
    return sql.list(
        "SELECT id FROM recipient UNION SELECT id FROM forgotten_recipient", row -> row.getLong(1));
  }
}
