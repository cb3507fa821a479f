package io.rowhook.capture.debezium;

import io.debezium.connector.base.QueueProviderService;
import io.debezium.connector.postgresql.PostgresConnector;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.connector.postgresql.connection.Lsn;
import io.debezium.connector.postgresql.connection.MessageDecoderContext;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.connection.ReplicationConnection;
import io.debezium.connector.postgresql.connection.ReplicationStream;
import io.debezium.connector.postgresql.connection.ReplicationStream.ReplicationMessageProcessor;
import io.debezium.pipeline.DataChangeEvent;
import io.rowhook.capture.connection.PeekableSocket;
import io.rowhook.capture.connection.Proxies;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.PGReplicationStream;

/**
 * Debezium's PostgreSQL connector, but for three things. What the log says of rows goes through it
 * as bytes ({@link OpaqueMessageDecoder}). Records are taken from a {@link ChangeEventQueue} as
 * they come. And a quiet log is waited for ({@link WalIdleWait}). Debezium makes it, by name, so it
 * is public.
 */
public final class RowhookConnector extends PostgresConnector {

  @Override
  public Class<? extends Task> taskClass() {
    return RowhookTask.class;
  }

  /** Its task. */
  public static final class RowhookTask extends PostgresConnectorTask {

    /**
     * After so long without a record Debezium is asked, which says whether its reader has failed.
     */
    private static final long LOOK = TimeUnit.SECONDS.toNanos(1);

    private volatile @Nullable ChangeEventQueue records;
    private int batch;

    @Override
    public List<SourceRecord> doPoll() throws InterruptedException {
      ChangeEventQueue queue = records;
      List<DataChangeEvent> taken = queue == null ? List.of() : queue.take(batch, LOOK);
      return taken.isEmpty()
          ? super.doPoll()
          : taken.stream().map(DataChangeEvent::getRecord).toList();
    }

    @Override
    protected ReplicationConnection buildReplicationConnection(
        PostgresConnection jdbcConnection, PostgresSchema schema, PostgresConnectorConfig config)
        throws SQLException {
      QueueProviderService service =
          config.getServiceRegistry().getService(QueueProviderService.class);
      batch = config.getMaxBatchSize();
      ChangeEventQueue queue = (ChangeEventQueue) service.<DataChangeEvent>getQueueProvider();
      records = queue;
      AtomicReference<@Nullable PeekableSocket> socket = new AtomicReference<>();
      EngineActivity engine =
          EngineActivity.of(jdbcConnection.config().getString(EngineActivity.ENGINE));
      StreamPosition position = engine == null ? new StreamPosition() : engine.position();
      position.into(queue);
      ReplicationConnection connection =
          PeekableSocketFactory.withListener(
              socket::set, () -> super.buildReplicationConnection(jdbcConnection, schema, config));
      OpaqueMessageDecoder.into(
          connection, new MessageDecoderContext(config, schema), jdbcConnection);
      return Proxies.create(
          ReplicationConnection.class,
          (method, arguments) -> {
            if (engine != null && method.getName().equals("startStreaming")) {
              engine.park();
            }
            Object result =
                PeekableSocketFactory.withListener(
                    socket::set, () -> Proxies.call(connection, method, arguments));
            return result instanceof ReplicationStream stream
                ? around(stream, new WalIdleWait(socket.get()), position)
                : result;
          });
    }
  }

  /** Before whatever is confirmed: confirms nothing. */
  private static final Lsn NOTHING = Lsn.valueOf(0L);

  private static ReplicationStream around(
      ReplicationStream stream, WalIdleWait wait, StreamPosition position) {
    PGReplicationStream driver = StreamPosition.driver(stream);
    return Proxies.create(
        ReplicationStream.class,
        (method, arguments) -> {
          if (arguments.length == 1 && arguments[0] instanceof ReplicationMessageProcessor) {
            Object found = Proxies.call(stream, method, arguments);
            position.looked(stream, driver, !Boolean.FALSE.equals(found));
            if (wait.asks(position.isMarked())) {
              stream.flushLsn(NOTHING); // a status, which asks for an answer
            }
            if (wait.after(!Boolean.FALSE.equals(found))) {
              found = Proxies.call(stream, method, arguments);
              position.looked(stream, driver, !Boolean.FALSE.equals(found));
            }
            return found;
          }
          return Proxies.call(stream, method, arguments);
        });
  }
}
