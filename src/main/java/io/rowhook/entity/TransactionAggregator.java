package io.rowhook.entity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.ChangeSink;
import io.rowhook.capture.CheckpointStore;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.Position;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.change.NetChangeMerger;
import io.rowhook.entity.change.RowChangeMapper;
import io.rowhook.entity.content.EventSerializer;
import io.rowhook.entity.resync.ChunkWindow;
import io.rowhook.entity.schema.EntitySchemas;
import io.rowhook.entity.transaction.CompletedTransaction;
import io.rowhook.entity.transaction.EventAssembler;
import io.rowhook.entity.transaction.RejectedRows;
import io.rowhook.entity.transaction.SpilledEventAssembler;
import io.rowhook.entity.transaction.TransactionBatch;
import io.rowhook.entity.transaction.TransactionMessages;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop in: gathers the open transaction's row changes, entity by entity, and at its END
 * publishes what they come to. Between capture and the journal. Of one set of entities, from its
 * first engine to its last.
 *
 * <p>Memory is bounded whatever the transaction's size: past a limit its changes are staged in the
 * journal, where nobody sees them. All methods are called by the capture thread, which owns all
 * state but the counts.
 */
public final class TransactionAggregator implements ChangeSink {

  /** How many bytes of changes, about, are held in memory before they are staged. */
  public static final int DEFAULT_MEMORY_LIMIT = 16 << 20;

  /** Past the limit so many bytes are staged at a time, while the next are gathered. */
  private static final int STAGED_AT_ONCE = 256 << 10;

  private static final Logger log = LoggerFactory.getLogger(TransactionAggregator.class);

  private final CheckpointStore checkpoints;
  private final EventPublisher events;
  private final RowLookup rows;
  private final int memoryLimit;
  private final EntityMetrics counts;
  private final List<EntityType> types;
  private final ChunkWindow resync;

  private EntitySchemas schemas;
  private RowChangeMapper mapper;
  private @Nullable SpilledEventAssembler spilled;
  private @Nullable TransactionBatch completed;
  private Position published = Position.START;
  private Map<String, NetChange> open = new LinkedHashMap<>();
  private long openWeight;
  private boolean openIsRead;
  private boolean openHasParts;
  private boolean staged;
  private RejectedRows rejected = new RejectedRows();
  private TransactionMessages messages = new TransactionMessages();
  private @Nullable JsonNode mark;

  /** Of transactions that have ended and are not durable, what is noted once they are. */
  private final ArrayDeque<Said> said = new ArrayDeque<>();

  private record Said(Transaction transaction, TransactionMessages messages) {}

  /** By this engine, before its first new one. */
  private long sentAgain;

  /**
   * Counts from nothing.
   *
   * @param rows where rows are looked up that the log does not carry
   * @param memoryLimit bytes, see {@link #DEFAULT_MEMORY_LIMIT}
   */
  public TransactionAggregator(
      List<EntityType> types,
      CheckpointStore checkpoints,
      EventPublisher events,
      RowLookup rows,
      int memoryLimit) {
    this(
        types, checkpoints, events, rows, memoryLimit, new EntityMetrics(), new ResyncChunks(rows));
  }

  /**
   * @param rows where rows are looked up that the log does not carry
   * @param memoryLimit bytes, see {@link #DEFAULT_MEMORY_LIMIT}
   * @param counts goes on counting, after those of other entities before
   * @param resync is told what comes, and gives its chunks
   */
  public TransactionAggregator(
      List<EntityType> types,
      CheckpointStore checkpoints,
      EventPublisher events,
      RowLookup rows,
      int memoryLimit,
      EntityMetrics counts,
      ResyncChunks resync) {
    this.resync = resync.window();
    this.types = List.copyOf(types);
    this.schemas = new EntitySchemas(List.of(), List.of());
    this.mapper = new RowChangeMapper(schemas);
    this.rows = rows;
    this.checkpoints = checkpoints;
    this.events = events;
    this.memoryLimit = memoryLimit;
    this.counts = counts;
  }

  /** What has come so far. Any thread. */
  public EntityMetrics counts() {
    return counts;
  }

  @Override
  public void restart(List<TableMetadata> facts) throws InterruptedException {
    events.discard();
    forget();
    if (completed != null) {
      completed.release();
    }
    said.clear();
    sentAgain = 0;
    Epoch epoch =
        checkpoints.epoch().orElseThrow(() -> new IllegalStateException("no epoch has begun"));
    published = checkpoints.watermark();
    schemas = new EntitySchemas(types, facts);
    mapper = new RowChangeMapper(schemas);
    EventSerializer serializer = new EventSerializer(types, epoch);
    EventAssembler assembler = new EventAssembler(schemas, serializer, rows, counts, resync);
    spilled = new SpilledEventAssembler(assembler, schemas, rows);
    completed = new TransactionBatch(assembler, rows, events, resync);
    resync.restart(schemas, serializer);
  }

  @Override
  public void begin(String transactionId) {
    forget();
  }

  @Override
  public void row(RowChange change) throws InterruptedException {
    counts.rows.increment();
    try {
      for (NetChange net : mapper.map(change)) {
        add(net);
      }
    } catch (RowChangeMapper.UnmappableException e) {
      reject(change, String.valueOf(e.getMessage()));
    } catch (IllegalStateException e) {
      throw e; // the fault is not the row's
    } catch (RuntimeException | StackOverflowError e) {
      reject(change, EventAssembler.cannotBeMade(e));
    }
    if (openWeight > (staged ? Math.min(STAGED_AT_ONCE, memoryLimit) : memoryLimit)) {
      stage();
    }
  }

  private void reject(RowChange change, String reason) {
    reject(
        new RejectedRow(
            change.table(), change.operation().name(), Json.text(change.key()), reason));
  }

  private void add(NetChange net) {
    EntitySchemas.Named named = schemas.named(net.entityType());
    openHasParts |= named.schema().hasParts();
    openIsRead |= named.isRead() || !net.unavailable().isEmpty();
    NetChange earlier = open.get(net.entityKey());
    if (earlier == null) {
      open.put(net.entityKey(), net);
      openWeight += net.weight();
      return;
    }
    NetChange merged = NetChangeMerger.merge(earlier, net);
    open.put(net.entityKey(), merged);
    openWeight += merged.weight() - earlier.weight();
  }

  @Override
  public void reject(RejectedRow row) {
    counts.rejected.increment();
    rejected.add(row);
  }

  @Override
  public void message(ObjectNode content) {
    mark = content.has(ChunkWindow.KEY) ? content.get(ChunkWindow.KEY) : mark;
    messages.add(content);
  }

  @Override
  public void ignore(String rule) {
    messages.ignore(rule);
  }

  private void stage() throws InterruptedException {
    events.stage(List.copyOf(open.values()), NetChangeMerger::merge);
    staged = true;
    open.clear();
    openWeight = 0;
  }

  @Override
  public void end(Transaction transaction) throws InterruptedException {
    if (!transaction.end().isAfter(published)) {
      counts.duplicates.increment();
      sentAgain++;
      if (staged) {
        events.discardStaged();
      }
      forget();
      return;
    }
    reportSentAgain();
    resync.ended(transaction, staged || !open.isEmpty(), mark);
    if (messages.muted()) {
      rejected = new RejectedRows(); // nobody is to be told what they would have been
    }
    if (staged && messages.muted()) {
      completed().publish(Position.START, true, published);
      events.discardStaged();
      events.publish(transaction, List.of(), List.of());
    } else if (staged) {
      if (!open.isEmpty()) {
        stage();
      }
      completed().publish(Position.START, true, published);
      publishStaged(transaction);
    } else {
      TransactionBatch all = completed();
      all.add(
          new CompletedTransaction(transaction, open, rejected, messages, openWeight, openIsRead));
      if ((all.size() == 1 && !openIsRead) || all.weight() > memoryLimit) {
        all.publish(Position.START, true, transaction.end());
      }
    }
    counts.transactions.increment();
    if (messages.isNoted()) {
      said.add(new Said(transaction, messages));
    }
    published = transaction.end();
    forget();
  }

  private void publishStaged(Transaction transaction) throws InterruptedException {
    spilled()
        .make(
            events.staged(),
            openHasParts,
            transaction,
            rejected,
            messages,
            chunk -> events.append(transaction, chunk));
    rejected.report(transaction);
    events.publishStaged(transaction, rejected.rows());
  }

  private SpilledEventAssembler spilled() {
    if (spilled == null) {
      throw new IllegalStateException("restart() comes first");
    }
    return spilled;
  }

  private TransactionBatch completed() {
    if (completed == null) {
      throw new IllegalStateException("restart() comes first");
    }
    return completed;
  }

  private void reportSentAgain() {
    if (sentAgain > 0) {
      log.info("the source has sent again: {} transactions that the journal had", sentAgain);
      sentAgain = 0;
    }
  }

  @Override
  public Progress commit(Position passed, boolean now) throws InterruptedException {
    Progress progress = completed().publish(passed, now, published);
    events.commit();
    note(progress.durable());
    resync.durable();
    return progress;
  }

  @Override
  public void complete(Instant committedTo) throws InterruptedException {
    events.complete(committedTo);
  }

  /** Once they are durable, so that what is read again after a new engine counts once. */
  private void note(Position durable) {
    while (!said.isEmpty() && !said.getFirst().transaction().end().isAfter(durable)) {
      Said one = said.removeFirst();
      counts.ignoredMessages.add(one.messages().report(one.transaction()));
      if (one.messages().muted()) {
        counts.muted(one.transaction());
      }
    }
  }

  private void forget() {
    open = new LinkedHashMap<>();
    openWeight = 0;
    openIsRead = false;
    openHasParts = false;
    staged = false;
    rejected = new RejectedRows();
    messages = new TransactionMessages();
    mark = null;
  }
}
