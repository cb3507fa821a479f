package io.rowhook.capture.debezium;

import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.rowhook.capture.CaptureException;
import io.rowhook.capture.CaptureListener;
import io.rowhook.capture.ChangeSink;
import io.rowhook.capture.Completeness;
import io.rowhook.capture.Lsn;
import io.rowhook.capture.Position;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.Transaction;
import io.rowhook.capture.connection.LargeRowGate;
import io.rowhook.capture.decode.RowChangeDeserializer;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Takes the engine's batches and hands them to the {@link ChangeSink} as whole transactions; marks
 * an END, and never anything else, once it is durable. One engine's; called by that engine's
 * thread.
 *
 * <p>Marking a row was seen to lose data: rows share positions, and the source sends again only
 * what begins after the mark. And an exception that Connect calls retriable would make the engine
 * skip the batch for good, so none gets out.
 */
public final class TransactionAssembler
    implements DebeziumEngine.ChangeConsumer<RecordChangeEvent<SourceRecord>> {

  private final RowChangeDeserializer rows;
  private final ChangeSink sink;
  private final CaptureListener listener;
  private final Supplier<ReplayVerifier> beforeFirst;
  private final String transactionTopic;
  private final ReentrantLock turn;

  private boolean first = true;
  private ReplayVerifier verifier;
  private boolean open;
  private long openId;
  private long seen;
  private final AtomicLong ends = new AtomicLong();
  private volatile boolean retired;
  private final LargeRowGate gate;
  private final StreamPosition position;

  /** Ended and not durable yet, in their order. */
  private final ArrayDeque<Unmarked> unmarked = new ArrayDeque<>();

  /** What is complete once all that ended up to there is durable, in order. */
  private final ArrayDeque<Complete> complete = new ArrayDeque<>();

  private Position lastEnd = Position.START;

  private record Complete(Completeness mark, Position after) {}

  private record Unmarked(RecordChangeEvent<SourceRecord> end, Transaction transaction) {}

  /**
   * @param engine whose records it takes
   * @param beforeFirst looks at the slot once it streams; throws to stop
   * @param turn held while the sink is used: an engine that could not be stopped in time must not
   *     meet the next one there
   */
  public TransactionAssembler(
      SourceConfig source,
      EngineActivity engine,
      RowChangeDeserializer rows,
      ChangeSink sink,
      CaptureListener listener,
      Supplier<ReplayVerifier> beforeFirst,
      ReentrantLock turn) {
    this.gate = engine.gate();
    this.position = engine.position();
    this.rows = rows;
    this.sink = sink;
    this.listener = listener;
    this.beforeFirst = beforeFirst;
    this.transactionTopic = source.topicPrefix() + ".transaction";
    this.turn = turn;
    this.verifier = ReplayVerifier.nothing(source);
  }

  /** How many transactions are durable and marked by this engine. Any thread. */
  public long ends() {
    return ends.get();
  }

  /** From now on the sink is not touched any more. Any thread. */
  public void retire() {
    retired = true;
  }

  @Override
  public void handleBatch(
      List<RecordChangeEvent<SourceRecord>> batch,
      DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    turn.lockInterruptibly();
    try {
      if (retired || Thread.interrupted()) {
        throw new InterruptedException("the engine is stopping");
      }
      if (first) {
        verifier = beforeFirst.get();
        first = false;
      }
      handle(batch, committer);
    } catch (RuntimeException e) {
      throw new CaptureException("a batch could not be taken", e);
    } finally {
      turn.unlock();
    }
  }

  private void handle(
      List<RecordChangeEvent<SourceRecord>> batch,
      DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    Position passed = Position.START;
    boolean late = false;
    StructureChangedException changed = null;
    for (RecordChangeEvent<SourceRecord> event : batch) {
      SourceRecord record = event.record();
      if (record.topic().equals(StreamPosition.TOPIC)) {
        passed = StreamPosition.of(record);
        late |= StreamPosition.isLate(record);
      }
      if (!(record.value() instanceof Struct value)) {
        continue;
      }
      if (!record.topic().equals(transactionTopic)) {
        try {
          row(value);
        } catch (StructureChangedException e) {
          changed = e; // what has ended before is whole all the same
          break;
        }
      } else if ("BEGIN".equals(value.getString("status"))) {
        begin(record);
      } else {
        unmarked.add(new Unmarked(event, end(record, value)));
      }
    }
    if (open) {
      listener.insideTransaction(Long.toString(openId));
    }
    if (!unmarked.isEmpty()) {
      commit(committer, passed, late || changed != null);
    }
    if (changed != null) {
      throw changed;
    }
    complete(passed.isAfter(lastEnd) ? passed : lastEnd);
  }

  /** Tells the sink what is complete by now. */
  private void complete(Position taken) throws InterruptedException {
    position.reached(taken).ifPresent(mark -> complete.add(new Complete(mark, lastEnd)));
    Unmarked oldest = unmarked.peek();
    Complete next = complete.peek();
    while (next != null
        && !verifier.awaited()
        && (oldest == null || oldest.transaction().end().isAfter(next.after()))) {
      sink.complete(next.mark().committedTo());
      complete.remove();
      next = complete.peek();
    }
  }

  private void commit(
      DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer,
      Position passed,
      boolean now)
      throws InterruptedException {
    ChangeSink.Progress progress = sink.commit(passed, now);
    if (progress.awaited() != null) {
      position.await(progress.awaited());
    }
    Unmarked last = null;
    int count = 0;
    Unmarked next = unmarked.peek();
    while (next != null && !next.transaction().end().isAfter(progress.durable())) {
      last = unmarked.poll();
      count++;
      next = unmarked.peek();
    }
    if (last == null) {
      return;
    }
    listener.committed(last.transaction());
    if (verifier.awaited()) {
      return;
    }
    committer.markProcessed(last.end());
    committer.markBatchFinished();
    ends.addAndGet(count);
    listener.marked(last.transaction());
  }

  private void begin(SourceRecord record) {
    if (open) {
      throw new CaptureException(
          "transaction %d began inside transaction %d".formatted(id(record), openId));
    }
    open = true;
    openId = id(record);
    seen = 0;
    sink.begin(Long.toString(openId));
  }

  private void row(Struct value) throws InterruptedException {
    boolean message = "m".equals(value.getString("op"));
    if (!open) {
      if (message) {
        return; // someone's message outside a transaction
      }
      throw new CaptureException("a row change came outside any transaction");
    }
    seen++;
    if (message) {
      return; // Rowhook's own, or one with its prefix: it only moves the slot
    }
    Struct row = value.getStruct("after");
    ByteBuffer bytes = (ByteBuffer) row.get(OpaqueMessageDecoder.COLUMN);
    row.put(OpaqueMessageDecoder.COLUMN, null); // or it would live until the batch ends
    int length = bytes.remaining();
    try {
      rows.read(bytes, sink);
    } finally {
      gate.leave(length);
    }
  }

  private Transaction end(SourceRecord record, Struct value) throws InterruptedException {
    long id = id(record);
    long expected = value.getInt64("event_count");
    if (!open || id != openId) {
      throw new CaptureException("transaction %d ended, but its BEGIN was not seen".formatted(id));
    }
    if (expected != seen) {
      throw new CaptureException(
          "transaction %d has %d changes, but %d came".formatted(id, expected, seen));
    }
    open = false;
    Map<String, ?> offset = record.sourceOffset();
    Transaction transaction =
        new Transaction(
            new Lsn(number(offset, "lsn")),
            Long.toString(id),
            Instant.EPOCH.plus(number(offset, "ts_usec"), ChronoUnit.MICROS));
    verifier.look(transaction);
    sink.end(transaction);
    lastEnd = transaction.end();
    return transaction;
  }

  private static long id(SourceRecord record) {
    return number(record.sourceOffset(), "txId");
  }

  private static long number(Map<String, ?> offset, String key) {
    @Nullable Object value = offset.get(key);
    return Optional.ofNullable((Long) value)
        .orElseThrow(() -> new CaptureException("a transaction record without " + key));
  }
}
