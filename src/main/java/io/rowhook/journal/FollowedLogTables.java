package io.rowhook.journal;

/** The migration by which the file can follow a log that several processes share. */
public final class FollowedLogTables {

  public static final String SQL =
      """
      -- which log the file follows; none: the file is all there is
      CREATE TABLE followed_log (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        cluster TEXT NOT NULL,        -- Kafka's own id of it
        prefix TEXT NOT NULL,         -- of its topics
        instance TEXT NOT NULL,       -- by which this file's process is told from others
        seen_at INTEGER NOT NULL      -- when it had all of it
      ) STRICT;

      -- how much of it the file has
      CREATE TABLE followed_partition (
        topic TEXT NOT NULL,
        partition INTEGER NOT NULL,
        topic_id TEXT NOT NULL,
        position INTEGER NOT NULL,    -- the next offset
        PRIMARY KEY (topic, partition)
      ) STRICT, WITHOUT ROWID;

      -- which instance serves the recipients of a partition
      CREATE TABLE server (
        partition INTEGER PRIMARY KEY,
        instance TEXT NOT NULL,
        api TEXT,                     -- where others reach its API; null: nowhere
        since INTEGER NOT NULL
      ) STRICT;

      -- what an instance that does not capture tells of itself, until the one that does publishes it
      CREATE TABLE announcement (
        id TEXT NOT NULL PRIMARY KEY, -- the event's
        entity_type TEXT NOT NULL,
        entity_id TEXT NOT NULL,
        type TEXT NOT NULL,
        committed_at INTEGER NOT NULL,
        position INTEGER NOT NULL,
        body BLOB NOT NULL,           -- UTF-8 JSON
        audience TEXT
      ) STRICT, WITHOUT ROWID;
      """;

  private FollowedLogTables() {}
}
