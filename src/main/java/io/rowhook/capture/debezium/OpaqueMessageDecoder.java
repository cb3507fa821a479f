package io.rowhook.capture.debezium;

import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.connector.postgresql.PostgresStreamingChangeEventSource.PgConnectionSupplier;
import io.debezium.connector.postgresql.PostgresType;
import io.debezium.connector.postgresql.TypeRegistry;
import io.debezium.connector.postgresql.connection.Lsn;
import io.debezium.connector.postgresql.connection.MessageDecoderContext;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.connection.ReplicationConnection;
import io.debezium.connector.postgresql.connection.ReplicationMessage;
import io.debezium.connector.postgresql.connection.ReplicationMessage.Operation;
import io.debezium.connector.postgresql.connection.ReplicationStream.ReplicationMessageProcessor;
import io.debezium.connector.postgresql.connection.WalPositionLocator;
import io.debezium.connector.postgresql.connection.pgoutput.PgOutputMessageDecoder;
import io.debezium.connector.postgresql.connection.pgoutput.PgOutputReplicationMessage;
import io.debezium.relational.Column;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import io.rowhook.capture.CaptureException;
import io.rowhook.capture.connection.LargeRowGate;
import io.rowhook.capture.connection.OversizedMessages;
import io.rowhook.capture.decode.LogicalMessage;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Oid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands each message of the log that is about rows on as the bytes that PostgreSQL has sent:
 * Debezium sees one table with one column, and neither names, types nor values. {@link
 * RowChangeDeserializer} reads them. Begin, commit, origin and others' logical messages are
 * Debezium's.
 *
 * <p>A table's description has no position of its own in the log, so it goes with the row that
 * follows it. The reader's thread only.
 */
public final class OpaqueMessageDecoder extends PgOutputMessageDecoder {

  /** The one table, for {@code table.include.list}. */
  public static final String TABLE = "rowhook.message";

  /** The one column. */
  static final String COLUMN = "message";

  private static final TableId TABLE_ID = new TableId(null, "rowhook", "message");
  private static final String TABLE_NAME = TABLE_ID.toDoubleQuotedString();
  private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");

  private static final Logger log = LoggerFactory.getLogger(OpaqueMessageDecoder.class);

  /** What was said of messages that nobody takes: once, however many engines come. */
  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  private final PostgresSchema schema;
  private final LargeRowGate gate;
  private final List<ByteBuffer> relations = new ArrayList<>();
  private boolean registered;
  private long transactionId;
  private Instant committedAt = Instant.EPOCH;

  private OpaqueMessageDecoder(MessageDecoderContext context, PostgresConnection connection) {
    super(context, connection);
    EngineActivity engine = EngineActivity.of(connection.config().getString(EngineActivity.ENGINE));
    this.gate = engine == null ? new LargeRowGate() : engine.gate();
    this.schema = context.getSchema();
  }

  /**
   * Puts one in the place of a connection's own decoder, which Debezium offers no way to choose.
   *
   * @throws CaptureException if this Debezium keeps its decoder elsewhere
   */
  static void into(
      ReplicationConnection connection,
      MessageDecoderContext context,
      PostgresConnection jdbcConnection) {
    try {
      Field decoder = connection.getClass().getDeclaredField("messageDecoder");
      decoder.setAccessible(true);
      decoder.set(connection, new OpaqueMessageDecoder(context, jdbcConnection));
    } catch (ReflectiveOperationException e) {
      throw new CaptureException(
          "this version of Debezium keeps its message decoder elsewhere than in the field messageDecoder of "
              + connection.getClass().getName(),
          e);
    }
  }

  @Override
  public void processNotEmptyMessage(
      ByteBuffer message, ReplicationMessageProcessor processor, TypeRegistry types)
      throws SQLException, InterruptedException {
    switch (message.get(message.position())) {
      case 'R' -> relations.add(message);
      case 'I', 'U', 'D', 'T', 'i', 'u', 'd' -> {
        register();
        for (ByteBuffer relation : relations) {
          emit(relation, processor);
        }
        relations.clear();
        emit(message, processor);
      }
      case 'B' -> {
        int begin = message.position();
        committedAt = POSTGRES_EPOCH.plus(message.getLong(begin + 9), ChronoUnit.MICROS);
        transactionId = Integer.toUnsignedLong(message.getInt(begin + 17));
        super.processNotEmptyMessage(message, processor, types);
      }
      case 'M', 'm' -> message(message, processor, types);
      default -> {
        int length = message.remaining();
        super.processNotEmptyMessage(message, processor, types);
        gate.leave(length);
      }
    }
  }

  /** What a transaction says to Rowhook goes on unread, as its rows do; all else is Debezium's. */
  private void message(
      ByteBuffer message, ReplicationMessageProcessor processor, TypeRegistry types)
      throws SQLException, InterruptedException {
    if (LogicalMessage.isForRowhook(message)) {
      register();
      emit(message, processor);
      return;
    }
    String missed = LogicalMessage.missed(message);
    if (missed != null && TOLD.add(missed)) {
      log.warn(missed);
    }
    if (message.get(message.position()) == 'M') {
      int length = message.remaining();
      super.processNotEmptyMessage(message, processor, types);
      gate.leave(length);
    }
  }

  /** Small letters are those of {@link OversizedMessages}, which Debezium does not know. */
  @Override
  public boolean shouldMessageBeSkipped(
      ByteBuffer message, Lsn lastReceived, Lsn start, WalPositionLocator position) {
    return !Character.isLowerCase(message.get(message.position()))
        && super.shouldMessageBeSkipped(message, lastReceived, start, position);
  }

  /** Not before the stream begins: until then Debezium drops tables that the catalog has not. */
  private void register() {
    if (!registered) {
      schema.applySchemaChangesForTable(
          0,
          Table.editor()
              .tableId(TABLE_ID)
              .addColumn(
                  Column.editor()
                      .name(COLUMN)
                      .jdbcType(Types.BINARY)
                      .nativeType(Oid.BYTEA)
                      .type("bytea")
                      .optional(true)
                      .create())
              .create());
      registered = true;
    }
  }

  private void emit(ByteBuffer message, ReplicationMessageProcessor processor)
      throws SQLException, InterruptedException {
    processor.process(
        new PgOutputReplicationMessage(
            Operation.INSERT,
            TABLE_NAME,
            committedAt,
            transactionId,
            null,
            List.of(new Bytes(message))));
  }

  /** The one value of a row of the one table. */
  private record Bytes(ByteBuffer message) implements ReplicationMessage.Column {

    @Override
    public String getName() {
      return COLUMN;
    }

    @Override
    public Object getValue(@Nullable PgConnectionSupplier connection, boolean unknownTypes) {
      return message;
    }

    @Override
    public PostgresType getType() {
      throw new UnsupportedOperationException("bytes have no type");
    }

    @Override
    public ReplicationMessage.ColumnTypeMetadata getTypeMetadata() {
      throw new UnsupportedOperationException("bytes have no type");
    }

    @Override
    public boolean isOptional() {
      return true;
    }
  }
}
