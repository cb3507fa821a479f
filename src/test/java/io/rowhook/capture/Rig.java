package io.rowhook.capture;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.MemoryCheckpointStore;
import io.rowhook.testing.SourceDatabase;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/** Capture of one test: own slot, own publication, a journal in memory. */
final class Rig implements AutoCloseable {

  static final Duration SOON = Duration.ofSeconds(20);

  static final Timing FAST =
      new Timing(
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
  final String name;
  final List<CapturedTable> tables;
  final List<String> failures = new CopyOnWriteArrayList<>();
  MemoryCheckpointStore history = new MemoryCheckpointStore();
  MemorySink sink = new MemorySink(history);
  Observer observer =
      new Observer() {
        @Override
        public void failed(String reason, Duration next) {
          failures.add(reason);
        }
      };
  Map<String, String> properties = Map.of();
  private @org.jspecify.annotations.Nullable Capture capture;

  Rig(SourceDatabase database, String name, String... tables) {
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

  Source source() {
    return source(properties);
  }

  Source source(Map<String, String> more) {
    Map<String, String> properties = database.connectorProperties();
    properties.put("slot.name", name);
    properties.put("publication.name", name);
    properties.putAll(more);
    return Source.of(properties, "source.properties");
  }

  Capture start() {
    return start(false);
  }

  Capture start(boolean acceptGap) {
    Capture started = build(acceptGap);
    started.start();
    Eventually.within(SOON, "streaming", () -> started.state() instanceof CaptureState.Streaming);
    return started;
  }

  /** At rest. */
  Capture build() {
    return build(false);
  }

  private Capture build(boolean acceptGap) {
    Capture built = new Capture(source(), generation(), history, observer, FAST, acceptGap);
    capture = built;
    return built;
  }

  Joining joining() {
    Checkpoints checkpoints = new Checkpoints(history);
    return new Joining(
        source(),
        checkpoints,
        observer,
        new PublicationWatch(source(), checkpoints, FAST.heartbeat()));
  }

  /** Its tables, and its sink as it is now. */
  Generation generation() {
    return new Generation(tables, sink);
  }

  void stop() {
    if (capture != null) {
      capture.close();
      capture = null;
    }
  }

  /** A new journal, as after a loss. */
  void forget() {
    history = new MemoryCheckpointStore();
    sink = new MemorySink(history);
  }

  List<RowChange> awaitRows(int count) {
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
}
