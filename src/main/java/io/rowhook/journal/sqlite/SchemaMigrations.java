package io.rowhook.journal.sqlite;

import io.rowhook.journal.AcknowledgedTable;
import io.rowhook.journal.CompletenessTable;
import io.rowhook.journal.FirstVersion;
import io.rowhook.journal.FollowedLogTables;
import io.rowhook.journal.HeldTable;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalException.Kind;
import io.rowhook.journal.OpaqueSource;
import io.rowhook.journal.ReferencesTable;
import java.sql.SQLException;
import java.util.List;

/**
 * The journal's tables, as a list of migrations: the n-th leads from version n-1 to version n. A
 * new journal goes through all of them. The file's own {@code user_version} says where it stands.
 *
 * <p>Never change one that was released; add the next.
 *
 * @param migrations SQL, each run in one transaction with the new version
 */
public record SchemaMigrations(List<String> migrations) {

  /** {@code Rwhk}: tells a journal from any other SQLite file; shown by {@code file}(1). */
  static final int APPLICATION_ID = 0x5277_686B;

  /** What keeps a recipient from being sent to, its backlog, and what a person asked for. */
  private static final String SECOND =
      """
      -- what keeps it from being sent to; all null: nothing
      ALTER TABLE recipient ADD COLUMN hold_kind TEXT
        CHECK (hold_kind IN ('failures', 'gone', 'exhausted', 'person'));
      ALTER TABLE recipient ADD COLUMN hold_at INTEGER;
      ALTER TABLE recipient ADD COLUMN hold_until INTEGER;  -- null: until a person ends it
      ALTER TABLE recipient ADD COLUMN hold_reason TEXT;
      ALTER TABLE recipient ADD COLUMN counted_from INTEGER;  -- what failed before counts no more

      -- what keeps all of them
      CREATE TABLE kill_switch (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        at INTEGER NOT NULL,
        reason TEXT NOT NULL
      ) STRICT;

      -- bytes of all events' JSON up to and including this one: a subtraction tells those between
      ALTER TABLE event ADD COLUMN total INTEGER NOT NULL DEFAULT 0;
      UPDATE event SET total = running.total
        FROM (SELECT sequence, sum(length(body)) OVER (ORDER BY sequence) AS total FROM event)
          AS running
        WHERE running.sequence = event.sequence;
      ALTER TABLE epoch ADD COLUMN total INTEGER NOT NULL DEFAULT 0;  -- that of the head
      UPDATE epoch SET total = (SELECT coalesce(max(total), 0) FROM event);

      -- what waits for a recipient waits since then: the commit may have been long before, if
      -- Rowhook was stopped; grows with the sequence
      ALTER TABLE event ADD COLUMN journaled_at INTEGER NOT NULL DEFAULT 0;
      UPDATE event SET journaled_at = committed_at;

      ALTER TABLE delivery ADD COLUMN trials INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE delivery ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;  -- 1: a person wants it now
      ALTER TABLE delivery ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;  -- of the event's JSON
      UPDATE delivery SET bytes = coalesce(
        (SELECT length(body) FROM event WHERE event.sequence = delivery.sequence), 0);
      DROP INDEX delivery_open;
      CREATE INDEX delivery_open ON delivery (recipient, sequence, bytes, state)
        WHERE state <> 'failed';
      CREATE INDEX delivery_failed ON delivery (recipient, sequence) WHERE state = 'failed';
      CREATE INDEX delivery_asked ON delivery (recipient, sequence)
        WHERE asked = 1 AND state = 'waiting';

      -- those that count against the recipient: there was a POST
      CREATE INDEX attempt_failed ON attempt (recipient, at)
        WHERE error IS NOT NULL AND body_sha256 IS NOT NULL;
      """;

  /** Of several undelivered events of an entity only the newest: {@code latest-only}. */
  private static final String THIRD =
      """
      -- not sent, since a newer event of the entity was owed
      CREATE TABLE skipped (
        recipient INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        newer INTEGER NOT NULL,
        PRIMARY KEY (recipient, sequence)
      ) STRICT, WITHOUT ROWID;

      -- what is sent instead of that newer event: its old values are those before the skipped ones
      CREATE TABLE merged (
        recipient INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        type TEXT NOT NULL,
        body BLOB NOT NULL,           -- UTF-8 JSON
        PRIMARY KEY (recipient, sequence)
      ) STRICT;
      """;

  /** What capture must know of the source's publication and slot after a restart. */
  private static final String FOURTH =
      """
      -- the publication as it was last seen whole, and what it held of the captured tables
      CREATE TABLE publication (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        oid INTEGER NOT NULL,
        seen_at INTEGER NOT NULL      -- where the source's log ended then
      ) STRICT;
      CREATE TABLE captured_table (
        schema_name TEXT NOT NULL,
        table_name TEXT NOT NULL,
        oid INTEGER NOT NULL,
        PRIMARY KEY (schema_name, table_name)
      ) STRICT, WITHOUT ROWID;

      -- where changes of a table may be missing
      CREATE TABLE missed_range (
        n INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        schema_name TEXT NOT NULL,
        table_name TEXT NOT NULL,
        after_lsn INTEGER NOT NULL,
        to_lsn INTEGER NOT NULL,
        reason TEXT NOT NULL
      ) STRICT;

      -- a slot is about to be made; gone once its epoch has begun
      CREATE TABLE slot_intent (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        system_identifier TEXT NOT NULL,
        slot TEXT NOT NULL
      ) STRICT;
      """;

  /** What the open transaction did stands in a file of its own. */
  private static final String FIFTH = "DROP TABLE staged";

  /** The limit of a backlog looks only at what no person has asked for. */
  private static final String SIXTH =
      """
      DROP INDEX delivery_open;
      CREATE INDEX delivery_open ON delivery (recipient, sequence, bytes, state, redelivery)
        WHERE state <> 'failed';
      """;

  /**
   * By which rows of the catalog tables are published, and what of suspended ones has to be kept.
   */
  private static final String SEVENTH =
      """
      ALTER TABLE captured_table ADD COLUMN routes TEXT;        -- null: not known yet
      ALTER TABLE captured_table ADD COLUMN last_good INTEGER;  -- null: as publication.seen_at
      ALTER TABLE captured_table ADD COLUMN key_columns TEXT NOT NULL DEFAULT '[]';  -- JSON
      """;

  /** Recipients whose name is free again, while what the journal has of them is being removed. */
  private static final String EIGHTH =
      "CREATE TABLE forgotten_recipient (id INTEGER PRIMARY KEY) STRICT";

  /** What was decided about a delivery, and by which subscriptions. */
  private static final String NINTH =
      """
      -- how it is sent: subscription, attribute set, topic, format
      ALTER TABLE delivery RENAME COLUMN attribute_set TO matched;

      -- which subscriptions decide about events up to a sequence
      CREATE TABLE matching (
        recipient INTEGER NOT NULL,
        through INTEGER NOT NULL,
        definition TEXT NOT NULL,
        PRIMARY KEY (recipient, through)
      ) STRICT, WITHOUT ROWID;
      """;

  /** So that a template deleted while Rowhook is stopped is noticed. */
  private static final String ELEVENTH =
      "ALTER TABLE attribute_set ADD COLUMN in_force INTEGER NOT NULL DEFAULT 0";

  /** Events for one recipient alone. */
  private static final String TWELFTH =
      "ALTER TABLE event ADD COLUMN audience TEXT"; // a recipient's name; null: for all

  /** What brings recipients up to date. */
  private static final String THIRTEENTH =
      """
      -- what brings one recipient up to date with one entity
      CREATE TABLE resync (
        id INTEGER PRIMARY KEY,
        recipient TEXT NOT NULL,
        entity TEXT NOT NULL,
        condition TEXT NOT NULL,      -- SQL; empty: all rows
        rate INTEGER NOT NULL,        -- rows a second
        state TEXT NOT NULL CHECK (state IN ('running', 'done', 'cancelled', 'failed')),
        reason TEXT,                  -- why it failed
        estimate INTEGER NOT NULL,    -- rows there were about, when it began
        last_key TEXT,                -- rows up to here are read; null: none
        again TEXT NOT NULL,          -- keys before it that are read again, as JSON
        read INTEGER NOT NULL,
        sent INTEGER NOT NULL,
        began_at INTEGER NOT NULL,
        ended_at INTEGER
      ) STRICT;
      """;

  /** So that a key is not compared with those of other columns, after an edit. */
  private static final String FOURTEENTH =
      "ALTER TABLE resync ADD COLUMN shape TEXT NOT NULL DEFAULT ''"; // of last_key; '': not known

  /** By which columns of an entity its events are found; who has done what. */
  private static final String FIFTEENTH =
      """
      CREATE TABLE indexed_column (
        id INTEGER PRIMARY KEY,
        entity_type TEXT NOT NULL,
        name TEXT NOT NULL,
        UNIQUE (entity_type, name)
      ) STRICT;

      -- goes with its event
      CREATE TABLE indexed_value (
        sequence INTEGER NOT NULL,
        column_id INTEGER NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (sequence, column_id, value)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX indexed_value_found ON indexed_value (column_id, value, sequence);

      CREATE TABLE audit (
        n INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        detail TEXT NOT NULL
      ) STRICT;
      """;

  /** The one in force. */
  public static final SchemaMigrations CURRENT =
      new SchemaMigrations(
          List.of(
              FirstVersion.SQL,
              SECOND,
              THIRD,
              FOURTH,
              FIFTH,
              SIXTH,
              SEVENTH,
              EIGHTH,
              NINTH,
              OpaqueSource.SQL,
              ELEVENTH,
              TWELFTH,
              THIRTEENTH,
              FOURTEENTH,
              FIFTEENTH,
              FollowedLogTables.SQL,
              AcknowledgedTable.SQL,
              CompletenessTable.SQL,
              HeldTable.SQL,
              ReferencesTable.SQL));

  public SchemaMigrations {
    migrations = List.copyOf(migrations);
  }

  int version() {
    return migrations.size();
  }

  /**
   * Looks whether a journal's version is known.
   *
   * @throws JournalException if it is newer
   */
  void checkKnown(long found, SqliteErrorTranslator errors) {
    if (found > version()) {
      throw new JournalException(
          Kind.FOREIGN,
          errors.words(
              "is of version "
                  + found
                  + ", written by a newer Rowhook; this one knows versions up to "
                  + version()
                  + ": run the newer Rowhook, or restore the backup made before it"));
    }
  }

  /**
   * Brings the journal to this version, one transaction for each step.
   *
   * @throws JournalException if it is newer
   */
  void migrate(SqliteSession sql, SqliteErrorTranslator errors) throws SQLException {
    long found = sql.number("PRAGMA user_version");
    checkKnown(found, errors);
    for (int next = (int) found + 1; next <= version(); next++) {
      sql.begin();
      try {
        sql.script(migrations.get(next - 1));
        sql.script("PRAGMA user_version = " + next);
        sql.commit();
      } catch (SQLException e) {
        sql.rollback();
        throw e;
      }
    }
  }
}
