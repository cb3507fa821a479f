package io.rowhook.benchmark;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** The source that all candidates read, one after the other. One thread. */
final class Bed implements AutoCloseable {

  /** The connections that a load writes by at once. */
  static final int WRITERS = 4;

  /** How long a candidate may take to start, on a machine that has much to do. */
  private static final Duration STREAMING_WITHIN = Duration.ofMinutes(2);

  private final SourceDatabase source = SourceDatabase.start();
  private long nextId = 1;

  Bed() {
    source.execute(
        """
        CREATE TABLE public.article (
          id bigint PRIMARY KEY, sku text NOT NULL, name text NOT NULL, description text,
          price numeric(12,2), stock int NOT NULL, active boolean NOT NULL DEFAULT true,
          changed_at timestamptz NOT NULL DEFAULT now(), mark text NOT NULL)\
        """,
        "ALTER TABLE public.article REPLICA IDENTITY FULL");
  }

  SourceDatabase source() {
    return source;
  }

  /** Numbers for so many rows that nobody has had. */
  long ids(int count) {
    long first = nextId;
    nextId += count;
    return first;
  }

  /** Debezium's connector properties for it, without slot and publication. */
  Map<String, String> connector() {
    return source.connectorProperties();
  }

  /**
   * The same for one who is beside Rowhook: what it is given is what Rowhook sets for itself.
   *
   * @param name of its slot
   */
  Map<String, String> connector(String name) {
    Map<String, String> properties = new TreeMap<>(connector());
    properties.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
    properties.put("topic.prefix", name);
    properties.put("plugin.name", "pgoutput");
    properties.put("slot.name", name);
    properties.put("publication.name", "peer");
    properties.put("publication.autocreate.mode", "filtered");
    properties.put("table.include.list", "public.article");
    properties.put("snapshot.mode", "no_data");
    properties.put("tombstones.on.delete", "false");
    properties.put("poll.interval.ms", "5"); // by default 500
    return properties;
  }

  /** Waits until the source streams to a candidate. */
  void awaitReader(Spawned process) {
    long deadline = System.nanoTime() + STREAMING_WITHIN.toNanos();
    while (!"1".equals(source.query("SELECT count(*) FROM pg_replication_slots WHERE active"))) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IllegalStateException("nobody reads the source:\n" + process.output());
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  /** Waits until the source has noticed that a candidate has gone. */
  void awaitNoReader() {
    Eventually.within(
        Duration.ofSeconds(60),
        "nobody reads the source any more",
        () -> "0".equals(source.query("SELECT count(*) FROM pg_replication_slots WHERE active")));
  }

  /** Takes away what the last candidate has left, so that the next begins as it did. */
  void clear() {
    awaitNoReader();
    source.execute(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots",
        "DROP PUBLICATION IF EXISTS rowhook",
        "DROP PUBLICATION IF EXISTS peer",
        "TRUNCATE public.article",
        "VACUUM ANALYZE public.article",
        "CHECKPOINT");
  }

  @Override
  public void close() {
    source.close();
  }
}
