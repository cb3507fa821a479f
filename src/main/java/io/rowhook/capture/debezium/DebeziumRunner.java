package io.rowhook.capture.debezium;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.debezium.engine.spi.OffsetCommitPolicy;
import io.rowhook.base.Durations;
import io.rowhook.capture.CaptureException;
import io.rowhook.capture.SourceConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One life of Debezium's embedded engine: started once, ended once. */
public final class DebeziumRunner {

  private static final Logger log = LoggerFactory.getLogger(DebeziumRunner.class);
  private static final Duration POLL = Duration.ofMillis(20);

  private final Thread thread;
  private volatile @Nullable DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
  private @Nullable Throwable failure;

  /**
   * @param ended told once, by the engine's thread, after everything is closed; null: it was
   *     stopped
   */
  public DebeziumRunner(
      SourceConfig source, EngineActivity reader, Consumer<@Nullable Throwable> ended) {
    this.thread =
        new Thread(
            () -> {
              Throwable end = null;
              try {
                end = run(source, reader);
              } catch (Throwable e) {
                end = e;
              } finally {
                ended.accept(end);
              }
            },
            "rowhook-engine");
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  private @Nullable Throwable run(SourceConfig source, EngineActivity reader) {
    PostgresConnections.remember(reader.engine(), source);
    try {
      run(source.connector(reader.engine()), reader);
    } finally {
      PostgresConnections.forget(reader.engine());
    }
    return failure;
  }

  private void run(Properties connector, EngineActivity reader) {
    DebeziumEngine<RecordChangeEvent<SourceRecord>> built =
        DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
            .using(connector)
            .using(OffsetCommitPolicy.always())
            .using((boolean success, String message, @Nullable Throwable error) -> {
              if (!success) {
                failure = error == null ? new CaptureException(message) : error;
              }
            })
            .notifying(reader)
            .build();
    engine = built;
    built.run();
  }

  /**
   * Stops it: the slot is free when this returns, unless it takes longer than the limit.
   *
   * @return whether it ended in time
   */
  public boolean stop(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (thread.isAlive() && System.nanoTime() < deadline) {
      if (close()) {
        break;
      }
      thread.join(POLL); // it cannot be closed while it starts
    }
    thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
    if (thread.isAlive()) {
      log.warn("the engine did not stop within {}", Durations.of(limit));
      thread.interrupt();
    }
    return !thread.isAlive();
  }

  private boolean close() {
    DebeziumEngine<RecordChangeEvent<SourceRecord>> built = engine;
    if (built == null) {
      return false;
    }
    try {
      built.close();
      return true;
    } catch (IllegalStateException e) {
      return false; // starting, or stopping already
    } catch (IOException e) {
      return true;
    }
  }
}
