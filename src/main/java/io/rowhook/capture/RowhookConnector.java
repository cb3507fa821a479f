package io.rowhook.capture;

import io.debezium.connector.base.QueueProviderService;
import io.debezium.connector.postgresql.PostgresConnector;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.connector.postgresql.PostgresStreamingChangeEventSource.PgConnectionSupplier;
import io.debezium.connector.postgresql.PostgresType;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.connection.ReplicationConnection;
import io.debezium.connector.postgresql.connection.ReplicationMessage;
import io.debezium.connector.postgresql.connection.ReplicationStream;
import io.debezium.connector.postgresql.connection.ReplicationStream.ReplicationMessageProcessor;
import io.debezium.connector.postgresql.connection.pgoutput.PgOutputReplicationMessage;
import io.debezium.pipeline.DataChangeEvent;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's PostgreSQL connector, but for four things. A value that Debezium's own classes cannot
 * represent, such as the {@code time} 24:00:00, does not stop the engine at that row for ever; it
 * goes to {@link ColumnConverter} as the text that PostgreSQL sent. A date or timestamp is read by
 * {@link PostgresText}, as what is read back is (measured: Debezium's way takes an eighth of the
 * reader's time, with one in each row). Records are taken from a {@link RecordQueue} as they come.
 * And a quiet log is waited for ({@link Doze}). Debezium makes it, by name, so it is public.
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

    private volatile @Nullable RecordQueue records;
    private int batch;

    @Override
    public List<SourceRecord> doPoll() throws InterruptedException {
      RecordQueue queue = records;
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
      records = (RecordQueue) service.<DataChangeEvent>getQueueProvider();
      AtomicReference<@Nullable SourceSocket> socket = new AtomicReference<>();
      ReplicationConnection connection =
          SourceSockets.telling(
              socket::set, () -> super.buildReplicationConnection(jdbcConnection, schema, config));
      return around(
          ReplicationConnection.class,
          (method, arguments) -> {
            Object result =
                SourceSockets.telling(socket::set, () -> call(connection, method, arguments));
            return result instanceof ReplicationStream stream
                ? around(stream, new Doze(socket.get()))
                : result;
          });
    }
  }

  /** Runs a method of an interface. */
  private interface Call {
    @Nullable Object run(Method method, Object @Nullable [] arguments) throws Throwable;
  }

  private static <T> T around(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call.run(method, arguments)));
  }

  private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private static ReplicationStream around(ReplicationStream stream, Doze doze) {
    return around(
        ReplicationStream.class,
        (method, arguments) -> {
          if (arguments != null
              && arguments.length == 1
              && arguments[0] instanceof ReplicationMessageProcessor processor) {
            ReplicationMessageProcessor lenient = message -> processor.process(lenient(message));
            Object found = call(stream, method, new Object[] {lenient});
            return doze.after(!Boolean.FALSE.equals(found))
                ? call(stream, method, new Object[] {lenient})
                : found;
          }
          return call(stream, method, arguments);
        });
  }

  private static ReplicationMessage lenient(ReplicationMessage message) {
    // exactly this class: TRUNCATE's, which extends it, has no columns
    if (message.getClass() != PgOutputReplicationMessage.class) {
      return message;
    }
    return new PgOutputReplicationMessage(
        message.getOperation(),
        message.getTable(),
        message.getCommitTime(),
        message.getTransactionId().orElseThrow(),
        lenient(message.getOldTupleList()),
        lenient(message.getNewTupleList()));
  }

  @SuppressWarnings("NullAway") // Debezium's lists may be null, and it is not annotated
  private static @Nullable List<ReplicationMessage.Column> lenient(
      @Nullable List<ReplicationMessage.Column> columns) {
    return columns == null
        ? null
        : columns.stream().<ReplicationMessage.Column>map(LenientColumn::new).toList();
  }

  /** A column whose value falls back to PostgreSQL's text. */
  private record LenientColumn(ReplicationMessage.Column column)
      implements ReplicationMessage.Column {

    @Override
    public String getName() {
      return column.getName();
    }

    @Override
    public PostgresType getType() {
      return column.getType();
    }

    @Override
    public ReplicationMessage.ColumnTypeMetadata getTypeMetadata() {
      return column.getTypeMetadata();
    }

    @Override
    public @Nullable Object getValue(PgConnectionSupplier connection, boolean unknownTypes) {
      char kind = PostgresText.dateKind(getType().getOid());
      String text = kind == ColumnConverter.TEXT ? null : text();
      try {
        return text == null
            ? column.getValue(connection, unknownTypes)
            : PostgresText.read(text, kind).textValue();
      } catch (RuntimeException e) {
        text = text();
        // without one, the row is rejected
        return text == null ? new ColumnConverter.Unreadable() : text;
      }
    }

    /** As PostgreSQL has sent it; null if it has sent none. */
    private @Nullable String text() {
      String text = column.toString(); // the only way to it: name(type)=value
      int value = text.indexOf(")=", column.getName().length());
      return value < 0 ? null : text.substring(value + 2);
    }

    @Override
    public boolean isOptional() {
      return column.isOptional();
    }

    @Override
    public boolean isToastedColumn() {
      return column.isToastedColumn();
    }
  }
}
