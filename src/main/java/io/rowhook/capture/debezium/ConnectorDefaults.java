package io.rowhook.capture.debezium;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The connector properties that Rowhook's promises rest on, each with the reason; those that have
 * no place beside them; and the defaults that may be tuned.
 */
public final class ConnectorDefaults {

  /** A value that Rowhook sets, and why no other will do. */
  public record Fixed(String value, String why) {}

  /** Set by Rowhook; another value is refused. */
  public static final Map<String, Fixed> FIXED = fixed();

  /** Refused with any value: key, or the beginning of one that ends in a full stop, and why. */
  public static final Map<String, String> FORBIDDEN = forbidden();

  /** Set unless given. */
  public static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("database.port", "5432"),
          Map.entry("slot.name", "rowhook"),
          Map.entry("publication.name", "rowhook"),
          Map.entry("topic.prefix", "rowhook"),
          // how often the log is looked at; half a second of latency by default
          Map.entry("poll.interval.ms", "5"),
          Map.entry("max.batch.size", "256"),
          Map.entry("max.queue.size", "512"),
          // the queue's other limit counts records: one table of large rows would eat the heap
          Map.entry("max.queue.size.in.bytes", "16777216"),
          Map.entry("status.update.interval.ms", "1000"),
          // how long a stop may take before it is forced
          Map.entry("executor.shutdown.timeout.ms", "4000"),
          // the driver can tell how far we are only when a large row change has come whole
          Map.entry("lsn.flush.timeout.ms", "25000"));

  /** Set unless given where each commit of the journal takes long. The bytes' limit stays. */
  public static final Map<String, String> LARGE_BATCHES =
      Map.of("max.batch.size", "1024", "max.queue.size", "2048");

  /** Names that {@code PostgresConnector.config()} does not list, but documents. */
  public static final List<String> OPEN_PREFIXES = List.of("driver.", "database.", "internal.");

  private ConnectorDefaults() {}

  private static Map<String, Fixed> fixed() {
    String exact = "values are read exactly as the source wrote them";
    String slotOnly = "the replication slot is the only offset";
    Map<String, Fixed> fixed = new LinkedHashMap<>();
    fixed.put(
        "connector.class",
        new Fixed("io.debezium.connector.postgresql.PostgresConnector", "it captures PostgreSQL"));
    fixed.put("tasks.max", new Fixed("1", "one slot has one reader"));
    fixed.put("plugin.name", new Fixed("pgoutput", "every PostgreSQL from 14 on has it"));
    fixed.put(
        "snapshot.mode", new Fixed("no_data", "rows from before the first start make no events"));
    fixed.put(
        "provide.transaction.metadata",
        new Fixed("true", "a transaction is known whole only by its END"));
    fixed.put(
        "errors.max.retries",
        new Fixed(
            "0", "a retry inside the engine loses rows; Rowhook starts a new engine instead"));
    fixed.put("tombstones.on.delete", new Fixed("false", "a tombstone is no row change"));
    fixed.put(
        "offset.storage",
        new Fixed("org.apache.kafka.connect.storage.MemoryOffsetBackingStore", slotOnly));
    fixed.put("offset.flush.interval.ms", new Fixed("0", "each mark goes to the source at once"));
    fixed.put(
        "publication.autocreate.mode",
        new Fixed("disabled", "Rowhook makes the publication from entities.yaml"));
    fixed.put(
        "slot.drop.on.stop", new Fixed("false", "what is written while stopped would be lost"));
    fixed.put("slot.max.retries", new Fixed("0", "Rowhook itself tries again, and says why"));
    fixed.put("skipped.operations", new Fixed("none", "a TRUNCATE is reported, not swallowed"));
    fixed.put("extended.headers.enabled", new Fixed("false", "nothing reads the headers"));
    fixed.put(
        "statistics.metrics.enabled", new Fixed("false", "nothing reads them, and they cost"));
    fixed.put("heartbeat.interval.ms", new Fixed("0", "Rowhook moves the slot itself"));
    fixed.put(
        "lsn.flush.mode",
        new Fixed(
            "connector",
            "the slot must never be ahead of the journal, or a lost journal could not be told"));
    fixed.put("flush.lsn.source", new Fixed("true", "else the source keeps its log for ever"));
    fixed.put(
        "event.processing.failure.handling.mode",
        new Fixed("fail", "an event that is skipped is lost"));
    fixed.put("event.converting.failure.handling.mode", new Fixed("fail", exact));
    fixed.put(
        "message.prefix.include.list", new Fixed("rowhook", "others' messages are no events"));
    fixed.put("converters", new Fixed("rowhook", exact));
    fixed.put("rowhook.type", new Fixed(MessageConverter.class.getName(), exact));
    return fixed;
  }

  private static Map<String, String> forbidden() {
    String entities = "tables and columns are chosen in entities.yaml";
    String shape = "templates shape what recipients get";
    Map<String, String> forbidden = new LinkedHashMap<>();
    forbidden.put("table.include.list", entities);
    forbidden.put("table.exclude.list", entities);
    forbidden.put("schema.include.list", entities);
    forbidden.put("schema.exclude.list", entities);
    forbidden.put("column.include.list", entities);
    forbidden.put("column.exclude.list", entities);
    forbidden.put("column.mask.", shape);
    forbidden.put("column.truncate.", shape);
    forbidden.put("transforms", shape);
    forbidden.put("transforms.", shape);
    forbidden.put("predicates", shape);
    forbidden.put("predicates.", shape);
    forbidden.put("post.processors", shape);
    forbidden.put("message.prefix.exclude.list", "Rowhook's own messages move the slot");
    forbidden.put("message.key.columns", "the key is the table's primary key");
    forbidden.put("replica.identity.autoset.values", "Rowhook does not alter tables; it says how");
    forbidden.put("publish.via.partition.root", "partitioned tables are not captured");
    forbidden.put(
        "unavailable.value.placeholder", "unchanged large values are left out, and named");
    forbidden.put("offset.storage.file.filename", "the replication slot is the only offset");
    forbidden.put("schema.history.internal", "PostgreSQL's log names its own columns");
    forbidden.put("schema.history.internal.", "PostgreSQL's log names its own columns");
    forbidden.put("heartbeat.action.query", "Rowhook moves the slot itself");
    forbidden.put("slot.stream.params", "the stream's options belong to the slot's promises");
    forbidden.put("streaming.delay.ms", "nothing is gained by waiting");
    forbidden.put("queue.provider.type", "Rowhook's own queue hands records over as they come");
    return forbidden;
  }
}
