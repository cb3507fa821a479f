package io.rowhook.capture;

import io.rowhook.capture.catalog.CatalogFingerprint;
import io.rowhook.capture.catalog.CatalogTable;
import io.rowhook.capture.debezium.DebeziumRunner;
import io.rowhook.capture.debezium.EngineActivity;
import io.rowhook.capture.debezium.PostgresConnections;
import io.rowhook.capture.debezium.ReplayVerifier;
import io.rowhook.capture.debezium.TransactionAssembler;
import io.rowhook.capture.decode.RelationLayouts;
import io.rowhook.capture.decode.RowChangeDeserializer;
import io.rowhook.capture.decode.TypeCatalog;
import io.rowhook.capture.monitor.StructureWatch;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the source commits from now on as a service does, beside one that does: by an engine
 * of its own, on a temporary slot that the server drops with its connection. For a process that is
 * to take over, so that all that runs then has run before. Changes nothing in the source, and marks
 * nothing of the service's slot. Owns one engine; one thread opens and closes it.
 */
public final class TemporaryCapture implements AutoCloseable {

  /** How long its engine may take to end. */
  private static final Duration STOP = Duration.ofSeconds(5);

  private final SourceConfig source;
  private final TransactionAssembler reader;
  private final EngineActivity activity;
  private final StructureWatch structure;
  private final DebeziumRunner runner;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /**
   * Starts it.
   *
   * @param generation whose sink keeps nothing that matters
   * @throws SourceException if the source cannot be asked
   */
  public static TemporaryCapture open(SourceConfig source, Generation generation)
      throws InterruptedException {
    List<TableMetadata> facts = SourceValidator.lookBeside(source, generation.tables()).tables();
    try (Connection connection = PostgresConnections.connect(source)) {
      Map<TableId, String> fingerprints =
          CatalogFingerprint.read(
              connection, generation.tables().stream().map(CapturedTable::table).toList());
      PreparedGeneration prepared =
          new PreparedGeneration(generation, facts, List.of(), Map.of(), fingerprints, Map.of())
              .withPublished(Optional.empty());
      generation.sink().restart(facts);
      return new TemporaryCapture(temporary(source), prepared);
    } catch (SQLException e) {
      throw SourceException.of(List.of(SourceValidator.connecting(source, e)));
    }
  }

  private static SourceConfig temporary(SourceConfig source) {
    String slot = "rowhook_warm_up_" + ProcessHandle.current().pid();
    Map<String, String> properties = new HashMap<>(source.properties());
    properties.put("slot.name", slot);
    properties.put("slot.drop.on.stop", "true"); // by which Debezium makes it a temporary one
    return new SourceConfig(
        source.place(),
        source.hosts(),
        source.credentials(),
        source.database(),
        slot,
        source.publication(),
        properties);
  }

  private TemporaryCapture(SourceConfig source, PreparedGeneration prepared) {
    this.source = source;
    TypeCatalog types =
        new TypeCatalog(() -> {
          try (Connection connection = PostgresConnections.connect(source)) {
            return TypeCatalog.load(connection);
          }
        });
    structure = new StructureWatch(source, prepared);
    activity = EngineActivity.unhindered();
    reader =
        new TransactionAssembler(
            source,
            activity,
            new RowChangeDeserializer(
                new RelationLayouts(prepared, types, oid -> ancestors(source, oid)), structure),
            prepared.generation().sink(),
            new CaptureListener() {},
            () -> ReplayVerifier.nothing(source),
            new ReentrantLock());
    activity.readBy(reader);
    runner =
        new DebeziumRunner(
            source,
            activity,
            end -> {
              failure.set(end);
              ended.countDown();
            });
    runner.start();
  }

  private static List<TableId> ancestors(SourceConfig source, long oid) throws SQLException {
    try (Connection connection = PostgresConnections.connect(source)) {
      return CatalogTable.ancestors(connection, oid);
    }
  }

  /**
   * Waits so long, or until it has ended by itself.
   *
   * @return why it has ended; empty: it runs
   */
  public Optional<Throwable> await(Duration limit) throws InterruptedException {
    return ended.await(limit.toMillis(), TimeUnit.MILLISECONDS)
        ? Optional.of(
            Optional.ofNullable(failure.get())
                .orElseGet(() -> new CaptureException("the engine ended by itself")))
        : Optional.empty();
  }

  /**
   * Writes an empty message of Rowhook's own into the source's log, as its heartbeat does: a
   * transaction, so that something comes where nobody commits anything.
   */
  public void nudge() {
    try (Connection connection = PostgresConnections.connect(source);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SELECT pg_logical_emit_message(true, '" + SourceConfig.MESSAGE_PREFIX + "', '')");
    } catch (SQLException e) {
      throw SourceException.of(List.of(SourceValidator.connecting(source, e)));
    }
  }

  /** How many transactions it has handed over. Any thread. */
  public long ends() {
    return reader.ends();
  }

  /** Ends it; the temporary slot is gone when this returns, within some seconds. */
  @Override
  public void close() {
    reader.retire();
    try {
      runner.stop(STOP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      activity.unregister();
      structure.close();
    }
  }
}
