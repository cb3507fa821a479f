package io.rowhook.entity;

import io.rowhook.capture.ChangeSink;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.History;
import io.rowhook.capture.Lsn;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.TableId;
import io.rowhook.capture.Transaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop in: gathers the open transaction's row changes, entity by entity, and at its END
 * publishes what they come to. Between capture and the journal.
 *
 * <p>Memory is bounded whatever the transaction's size: past a limit its changes are staged in the
 * journal, where nobody sees them. All methods are called by the capture thread, which owns all
 * state but the counts.
 */
public final class EntityEvents implements ChangeSink {

  /** How many bytes of changes, about, are held in memory before they are staged. */
  public static final int DEFAULT_MEMORY_LIMIT = 16 << 20;

  /** How many unmappable rows of one transaction are kept one by one; the others are counted. */
  private static final int MAX_REJECTED = 1000;

  private static final Logger log = LoggerFactory.getLogger(EntityEvents.class);

  private final History history;
  private final EventLog events;
  private final int memoryLimit;
  private final EntityCounts counts = new EntityCounts();
  private volatile List<EntityType> types;

  private RowMapper mapper;
  private @Nullable EventMaker maker;
  private Lsn published = Lsn.ZERO;
  private final Map<String, NetChange> open = new LinkedHashMap<>();
  private long openWeight;
  private boolean staged;
  private final List<RejectedRow> rejected = new ArrayList<>();
  private long rejectedMore;

  /** By this engine, before its first new one. */
  private long sentAgain;

  public EntityEvents(List<EntityType> types, History history, EventLog events, int memoryLimit) {
    this.types = List.copyOf(types);
    this.mapper = new RowMapper(types);
    this.history = history;
    this.events = events;
    this.memoryLimit = memoryLimit;
  }

  /** Other entities from the next engine on. Any thread. */
  public void retype(List<EntityType> newTypes) {
    types = List.copyOf(newTypes);
  }

  /** What has come so far. Any thread. */
  public EntityCounts counts() {
    return counts;
  }

  @Override
  public void restart() throws InterruptedException {
    events.discard();
    forget();
    sentAgain = 0;
    Epoch epoch =
        history.epoch().orElseThrow(() -> new IllegalStateException("no epoch has begun"));
    published = history.watermark();
    List<EntityType> now = types;
    mapper = new RowMapper(now);
    Map<String, TableId> tables =
        now.stream().collect(Collectors.toMap(EntityType::name, EntityType::table));
    maker = new EventMaker(tables, epoch);
  }

  @Override
  public void begin(long transactionId) {
    forget();
  }

  @Override
  public void row(RowChange change) throws InterruptedException {
    counts.rows.increment();
    try {
      for (NetChange net : mapper.map(change)) {
        add(net);
      }
    } catch (RowMapper.Unmappable e) {
      reject(
          new RejectedRow(
              change.table(),
              change.operation().name(),
              change.key().toString(),
              String.valueOf(e.getMessage())));
    }
    if (openWeight > memoryLimit) {
      stage();
    }
  }

  private void add(NetChange net) {
    NetChange earlier = open.get(net.entityKey());
    if (earlier == null) {
      open.put(net.entityKey(), net);
      openWeight += net.weight();
      return;
    }
    NetChange merged = NetChanges.merge(earlier, net);
    open.put(net.entityKey(), merged);
    openWeight += merged.weight() - earlier.weight();
  }

  @Override
  public void reject(RejectedRow row) {
    counts.rejected.increment();
    if (rejected.size() < MAX_REJECTED) {
      rejected.add(row);
    } else {
      rejectedMore++;
    }
  }

  private void stage() throws InterruptedException {
    events.stage(List.copyOf(open.values()), NetChanges::merge);
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
    reportRejected(transaction);
    if (staged) {
      if (!open.isEmpty()) {
        stage();
      }
      events.publishStaged(transaction, net -> make(net, transaction), List.copyOf(rejected));
    } else {
      List<Event> made = new ArrayList<>(open.size());
      for (NetChange net : open.values()) {
        Event event = make(net, transaction);
        if (event != null) {
          made.add(event);
        }
      }
      events.publish(transaction, made, List.copyOf(rejected));
    }
    counts.transactions.increment();
    published = transaction.end();
    forget();
  }

  private @Nullable Event make(NetChange net, Transaction transaction) {
    if (maker == null) {
      throw new IllegalStateException("restart() comes first");
    }
    Event event = maker.make(net, transaction);
    (event == null ? counts.unchanged : counts.events).increment();
    return event;
  }

  private void reportSentAgain() {
    if (sentAgain > 0) {
      log.info("the source has sent again: {} transactions that the journal had", sentAgain);
      sentAgain = 0;
    }
  }

  private void reportRejected(Transaction transaction) {
    if (rejected.isEmpty()) {
      return;
    }
    RejectedRow first = rejected.getFirst();
    log.atWarn()
        .addKeyValue("rows", rejected.size() + rejectedMore)
        .addKeyValue("table", first.table())
        .addKeyValue("operation", first.operation())
        .addKeyValue("lsn", transaction.end())
        .log(
            "Row changes that no event can be made of; kept in the journal's table rejected_row."
                + " The first: {}",
            first.reason());
    if (rejectedMore > 0) {
      rejected.add(
          new RejectedRow(
              first.table(), "MORE", "{}", rejectedMore + " more rows of this transaction"));
    }
  }

  @Override
  public void commit() throws InterruptedException {
    events.commit();
  }

  private void forget() {
    open.clear();
    openWeight = 0;
    staged = false;
    rejected.clear();
    rejectedMore = 0;
  }
}
