package io.rowhook.capture;

import io.rowhook.capture.monitor.PublicationWatch;
import io.rowhook.capture.setup.ReplicationSetup;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.MemoryCheckpointStore;
import io.rowhook.testing.SourceDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/** Capture of one test: own slot, own publication, a journal in memory. */
public final class Rig implements AutoCloseable {

  public static final Duration SOON = Duration.ofSeconds(20);

  public static final CaptureTimeouts FAST =
      new CaptureTimeouts(
          Duration.ofMillis(100),
          16 * 1024,
          Duration.ofMillis(200),
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          1L << 30);

  final SourceDatabase database;
  public final String name;
  public final List<CapturedTable> tables;
  public final List<String> failures = new CopyOnWriteArrayList<>();
  public MemoryCheckpointStore history = new MemoryCheckpointStore();
  public MemorySink sink = new MemorySink(history);
  public CaptureListener listener =
      new CaptureListener() {
        @Override
        public void failed(String reason, Duration next) {
          failures.add(reason);
        }
      };
  public Map<String, String> properties = Map.of();
  private @org.jspecify.annotations.Nullable CaptureSupervisor supervisor;

  public Rig(SourceDatabase database, String name, String... tables) {
    this(
        database,
        name,
        Arrays.stream(tables).map(t -> new CapturedTable(TableId.parse(t), List.of())).toList());
  }

  Rig(SourceDatabase database, String name, List<CapturedTable> tables) {
    this.database = database;
    this.name = name;
    this.tables = tables;
  }

  public SourceConfig source() {
    return source(properties);
  }

  public SourceConfig source(Map<String, String> more) {
    Map<String, String> properties = database.connectorProperties();
    properties.put("slot.name", name);
    properties.put("publication.name", name);
    properties.putAll(more);
    return SourceConfig.of(properties, "source.properties");
  }

  public CaptureSupervisor start() {
    return start(false);
  }

  public CaptureSupervisor start(boolean acceptGap) {
    CaptureSupervisor started = build(acceptGap);
    started.start();
    Eventually.within(SOON, "streaming", () -> started.state() instanceof CaptureState.Streaming);
    return started;
  }

  /** At rest. */
  public CaptureSupervisor build() {
    return build(false);
  }

  private CaptureSupervisor build(boolean acceptGap) {
    CaptureSupervisor built =
        new CaptureSupervisor(
            source(), generation(), history, listener, FAST, acceptGap, HeadStart.none(source()));
    supervisor = built;
    return built;
  }

  public ReplicationSetup setup() {
    Checkpoints checkpoints = new Checkpoints(history);
    return new ReplicationSetup(
        source(),
        checkpoints,
        listener,
        new PublicationWatch(source(), checkpoints, FAST.heartbeat()));
  }

  /** Its tables, and its sink as it is now. */
  Generation generation() {
    return new Generation(tables, sink);
  }

  public void stop() {
    if (supervisor != null) {
      supervisor.close();
      supervisor = null;
    }
  }

  /** A new journal, as after a loss. */
  void forget() {
    history = new MemoryCheckpointStore();
    sink = new MemorySink(history);
  }

  public List<RowChange> awaitRows(int count) {
    return Eventually.until(
        SOON,
        count + " rows (" + sink.rows().size() + " before)",
        () -> sink.rows().size() >= count ? sink.rows() : null);
  }

  Lsn confirmed() {
    return Lsn.parse(
        Objects.requireNonNull(
            database.query(
                "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '"
                    + name
                    + "'")));
  }

  boolean active() {
    return "t"
        .equals(
            database.query(
                "SELECT active FROM pg_replication_slots WHERE slot_name = '" + name + "'"));
  }

  @Override
  public void close() {
    stop();
    Eventually.within(
        SOON,
        "the slot is free",
        () ->
            "0"
                .equals(
                    database.query(
                        "SELECT count(*) FROM pg_replication_slots WHERE active AND slot_name = '"
                            + name
                            + "'")));
    database.execute(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
            + name
            + "'",
        "DROP PUBLICATION IF EXISTS \"" + name + "\"");
  }

  /** Executes this within the transaction of a connection of one's own. */
  static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
