package io.rowhook.journal;

/**
 * The journal's tables as the first version had them. Times are microseconds since 1970, lengths of
 * time microseconds, log positions 64 unsigned bits in a signed number.
 */
public final class FirstVersion {

  public static final String SQL =
      """
      -- which history the log positions belong to; the newest row holds for what is being written
      CREATE TABLE epoch (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        system_identifier TEXT NOT NULL,
        timeline INTEGER NOT NULL,
        slot TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        watermark INTEGER NOT NULL,   -- END of the last transaction that is durable
        head INTEGER NOT NULL         -- newest sequence given, removed or not
      ) STRICT;

      CREATE TABLE event (
        sequence INTEGER PRIMARY KEY,
        id ANY NOT NULL UNIQUE,       -- the 16 bytes that evt_ and hex digits stand for
        entity_type TEXT NOT NULL,
        entity_id TEXT NOT NULL,
        type TEXT NOT NULL,
        committed_at INTEGER NOT NULL,
        lsn INTEGER NOT NULL,
        tx INTEGER NOT NULL,
        body BLOB NOT NULL            -- UTF-8 JSON
      ) STRICT;
      CREATE INDEX event_entity ON event (entity_type, entity_id);

      -- what the open transaction did so far; unseen, and gone with the process
      CREATE TABLE staged (
        ordinal INTEGER PRIMARY KEY,
        entity_key BLOB NOT NULL UNIQUE,
        change BLOB NOT NULL
      ) STRICT;

      CREATE TABLE rejected_row (
        n INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        lsn INTEGER NOT NULL,
        tx INTEGER NOT NULL,
        table_name TEXT NOT NULL,
        operation TEXT NOT NULL,
        key TEXT NOT NULL,
        reason TEXT NOT NULL
      ) STRICT;
      CREATE INDEX rejected_row_at ON rejected_row (at);

      CREATE TABLE recipient (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        cursor INTEGER NOT NULL,      -- up to here everything is settled, or in delivery
        created_at INTEGER NOT NULL,
        seen_at INTEGER NOT NULL      -- when its file was last there
      ) STRICT;

      -- only the exceptions: what is settled leaves no row here
      CREATE TABLE delivery (
        recipient INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        entity_key BLOB NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'blocked', 'failed')),
        next_at INTEGER,
        attempts INTEGER NOT NULL,
        first_attempt_at INTEGER,
        attribute_set TEXT,
        redelivery INTEGER NOT NULL,
        reason TEXT,
        PRIMARY KEY (recipient, sequence)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX delivery_due ON delivery (recipient, next_at) WHERE state = 'waiting';
      CREATE INDEX delivery_open ON delivery (recipient, sequence) WHERE state <> 'failed';
      CREATE INDEX delivery_entity ON delivery (recipient, entity_key, sequence)
        WHERE state <> 'failed';

      CREATE TABLE attempt (
        recipient INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        redelivery INTEGER NOT NULL,
        number INTEGER NOT NULL,
        at INTEGER NOT NULL,
        took INTEGER NOT NULL,
        request_id TEXT NOT NULL,
        status INTEGER,
        error TEXT,
        answer TEXT,
        attribute_set TEXT,
        body_sha256 TEXT,
        outcome TEXT NOT NULL CHECK (outcome IN ('delivered', 'waiting', 'blocked', 'failed')),
        PRIMARY KEY (recipient, sequence, redelivery, number)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE attribute_set (
        hash TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        source TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      """;

  private FirstVersion() {}
}
