package io.rowhook.journal;

/** The migration that gives the journal what an audit needs. */
public final class HeldTable {

  public static final String SQL =
      """
      -- what a recipient acknowledged last of an entity, once the event is gone that said it; while
      -- the event is there, that and its attempt say it
      CREATE TABLE held (
        recipient INTEGER NOT NULL,
        entity_type TEXT NOT NULL,
        entity_id TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        state INTEGER NOT NULL,       -- of the entity
        rendering INTEGER,            -- of the attribute set's hash; null: not known
        PRIMARY KEY (recipient, entity_type, entity_id)
      ) STRICT, WITHOUT ROWID;

      -- what holds a recipient against the source
      CREATE TABLE state_audit (
        id INTEGER PRIMARY KEY,
        recipient TEXT NOT NULL,
        entity TEXT NOT NULL,
        rate INTEGER NOT NULL,        -- entities a second
        repair INTEGER NOT NULL,      -- 1: what differs is sent again
        state TEXT NOT NULL CHECK (state IN ('running', 'done', 'cancelled', 'failed')),
        reason TEXT,                  -- why it failed
        phase TEXT NOT NULL,
        last_key TEXT,                -- how far the phase is; null: at its beginning
        shape TEXT NOT NULL,          -- of last_key
        estimate INTEGER NOT NULL,
        read INTEGER NOT NULL,        -- entities of the source
        has INTEGER NOT NULL,         -- of these the recipient has so many in some state
        outside INTEGER NOT NULL,     -- of these so many are not for it
        unread INTEGER NOT NULL,
        buckets BLOB NOT NULL,        -- what of the recipient's was found in the source, or not yet
        resync INTEGER,               -- what mends it; null: nothing
        began_at INTEGER NOT NULL,
        ended_at INTEGER
      ) STRICT;

      -- what was found to differ
      CREATE TABLE difference (
        audit INTEGER NOT NULL,
        entity_id TEXT NOT NULL,
        key TEXT,                     -- what its row is found by; null: not known
        kind TEXT NOT NULL,           -- suspect: to be looked at again
        why TEXT NOT NULL,
        PRIMARY KEY (audit, entity_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX difference_kind ON difference (audit, kind);

      ALTER TABLE resync ADD COLUMN repair INTEGER NOT NULL DEFAULT 0;  -- 1: of the keys in again alone
      """;

  private HeldTable() {}
}
