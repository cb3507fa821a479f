package io.rowhook.entity;

import io.rowhook.capture.ChangeSink;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.ExactJson;
import io.rowhook.capture.History;
import io.rowhook.capture.Lsn;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.TableFacts;
import io.rowhook.capture.TableId;
import io.rowhook.capture.Transaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
public final class EntityEvents implements ChangeSink {

  /** How many bytes of changes, about, are held in memory before they are staged. */
  public static final int DEFAULT_MEMORY_LIMIT = 16 << 20;

  /** Past the limit so many bytes are staged at a time, while the next are gathered. */
  private static final int STAGED_AT_ONCE = 256 << 10;

  /** So often a snapshot is given up that shows a later transaction and not an earlier one. */
  private static final int MOST_HELD_ANEW = 3;

  private static final Logger log = LoggerFactory.getLogger(EntityEvents.class);

  private final History history;
  private final EventLog events;
  private final RowLookup rows;
  private final int memoryLimit;
  private final EntityCounts counts;
  private final List<EntityType> types;

  private Shapes shapes;
  private RowMapper mapper;
  private @Nullable Publishing publishing;
  private Lsn published = Lsn.ZERO;
  private Map<String, NetChange> open = new LinkedHashMap<>();
  private long openWeight;
  private boolean openIsRead;
  private boolean openHasParts;
  private boolean staged;
  private Rejections rejected = new Rejections();

  /** Ended and not published yet: what the log does not carry is read for all of them at once. */
  private final List<Ended> ended = new ArrayList<>();

  private long endedWeight;

  /** Whether events of the first of them are written already. */
  private boolean appended;

  /** Where the log has to come to before they are published; null: nothing is held for them. */
  private @Nullable Lsn awaited;

  /** How many of them had ended when the snapshot was taken that is held for them. */
  private int held;

  private int heldAnew;

  /** By this engine, before its first new one. */
  private long sentAgain;

  /**
   * Counts from nothing.
   *
   * @param rows where rows are looked up that the log does not carry
   * @param memoryLimit bytes, see {@link #DEFAULT_MEMORY_LIMIT}
   */
  public EntityEvents(
      List<EntityType> types, History history, EventLog events, RowLookup rows, int memoryLimit) {
    this(types, history, events, rows, memoryLimit, new EntityCounts());
  }

  /**
   * @param rows where rows are looked up that the log does not carry
   * @param memoryLimit bytes, see {@link #DEFAULT_MEMORY_LIMIT}
   * @param counts goes on counting, after those of other entities before
   */
  public EntityEvents(
      List<EntityType> types,
      History history,
      EventLog events,
      RowLookup rows,
      int memoryLimit,
      EntityCounts counts) {
    this.types = List.copyOf(types);
    this.shapes = new Shapes(List.of(), List.of());
    this.mapper = new RowMapper(shapes);
    this.rows = rows;
    this.history = history;
    this.events = events;
    this.memoryLimit = memoryLimit;
    this.counts = counts;
  }

  /** What has come so far. Any thread. */
  public EntityCounts counts() {
    return counts;
  }

  @Override
  public void restart(List<TableFacts> facts) throws InterruptedException {
    events.discard();
    forget();
    ended.clear();
    endedWeight = 0;
    appended = false;
    release();
    sentAgain = 0;
    Epoch epoch =
        history.epoch().orElseThrow(() -> new IllegalStateException("no epoch has begun"));
    published = history.watermark();
    shapes = new Shapes(types, facts);
    mapper = new RowMapper(shapes);
    Map<String, TableId> tables =
        types.stream().collect(Collectors.toMap(EntityType::name, EntityType::table));
    publishing = new Publishing(shapes, new EventMaker(tables, epoch), rows, counts);
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
      reject(change, String.valueOf(e.getMessage()));
    } catch (IllegalStateException e) {
      throw e; // the fault is not the row's
    } catch (RuntimeException | StackOverflowError e) {
      reject(change, Publishing.cannotBeMade(e));
    }
    if (openWeight > (staged ? Math.min(STAGED_AT_ONCE, memoryLimit) : memoryLimit)) {
      stage();
    }
  }

  private void reject(RowChange change, String reason) {
    reject(
        new RejectedRow(
            change.table(), change.operation().name(), ExactJson.text(change.key()), reason));
  }

  private void add(NetChange net) {
    Shapes.Named named = shapes.named(net.entityType());
    openHasParts |= named.shape().hasParts();
    openIsRead |= named.isRead() || !net.unavailable().isEmpty();
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
    rejected.add(row);
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
    if (staged) {
      if (!open.isEmpty()) {
        stage();
      }
      publishEnded(Lsn.ZERO, true);
      publishStaged(transaction);
    } else {
      ended.add(new Ended(transaction, open, rejected, openWeight, openIsRead));
      endedWeight += openWeight;
      if ((ended.size() == 1 && !openIsRead) || endedWeight > memoryLimit) {
        publishEnded(Lsn.ZERO, true);
      }
    }
    counts.transactions.increment();
    published = transaction.end();
    forget();
  }

  /**
   * Publishes what has ended. What the log does not carry is read in a snapshot of the source,
   * which may show later transactions as well; so it is held until these have come, and what they
   * did is known: then each event shows its own moment.
   *
   * @return the position that is awaited for what is left; null: nothing is
   */
  private @Nullable Lsn publishEnded(Lsn passed, boolean now) throws InterruptedException {
    while (!ended.isEmpty()) {
      if (now || ended.stream().noneMatch(Ended::isRead)) {
        publish(ended.size(), false);
        continue;
      }
      Lsn end = awaited;
      if (end == null) {
        held = ended.size();
        end =
            rows.hold(
                ended.stream().map(one -> one.transaction().id()).collect(Collectors.toSet()));
        awaited = end;
      }
      if (end.isAfter(published) && end.isAfter(passed)) {
        return end;
      }
      int shown = held;
      while (shown < ended.size() && isShown(shown)) {
        shown++;
      }
      boolean gap = IntStream.range(shown, ended.size()).anyMatch(this::isShown);
      if (gap && heldAnew < MOST_HELD_ANEW) {
        heldAnew++;
        awaited = null; // one that the log has first was visible last
      } else {
        publish(shown, !gap);
      }
    }
    return null;
  }

  private boolean isShown(int place) {
    return rows.holds(ended.get(place).transaction().id());
  }

  /**
   * Publishes the first of those that have ended; the snapshot that is held shows them.
   *
   * @param followed whether it shows no others, so that what it has not was not there
   */
  private void publish(int count, boolean followed) throws InterruptedException {
    int left = ended.size() - count;
    publishing().make(List.copyOf(ended.subList(0, count)), followed, this::relieve);
    while (ended.size() > left) {
      publishFirst();
    }
    release();
  }

  /** More events are made at once than fit in memory: those that are made go to the journal. */
  private void relieve(Outcome current) throws InterruptedException {
    while (!ended.getFirst().transaction().equals(current.transaction())) {
      publishFirst();
    }
    events.append(current.transaction(), ended.getFirst().taken());
    appended = true;
  }

  private void publishFirst() throws InterruptedException {
    Ended one = ended.getFirst();
    reportRejected(one.transaction(), one.rejected());
    if (appended) {
      if (!one.events().isEmpty()) {
        events.append(one.transaction(), one.taken());
      }
      events.publishStaged(one.transaction(), one.rejected().rows());
    } else {
      events.publish(one.transaction(), one.events(), one.rejected().rows());
    }
    appended = false;
    endedWeight -= one.weight();
    ended.removeFirst();
  }

  private void release() {
    if (awaited != null) {
      rows.release();
    }
    awaited = null;
    heldAnew = 0;
  }

  private void publishStaged(Transaction transaction) throws InterruptedException {
    publishing()
        .make(
            events.staged(),
            openHasParts,
            transaction,
            rejected,
            chunk -> events.append(transaction, chunk));
    reportRejected(transaction, rejected);
    events.publishStaged(transaction, rejected.rows());
  }

  private Publishing publishing() {
    if (publishing == null) {
      throw new IllegalStateException("restart() comes first");
    }
    return publishing;
  }

  private void reportSentAgain() {
    if (sentAgain > 0) {
      log.info("the source has sent again: {} transactions that the journal had", sentAgain);
      sentAgain = 0;
    }
  }

  private static void reportRejected(Transaction transaction, Rejections rejections) {
    if (rejections.isEmpty()) {
      return;
    }
    RejectedRow first = rejections.rows().getFirst();
    log.atWarn()
        .addKeyValue("rows", rejections.count())
        .addKeyValue("table", first.table())
        .addKeyValue("operation", first.operation())
        .addKeyValue("lsn", transaction.end())
        .log(
            "Row changes that no event can be made of; kept in the journal's table rejected_row."
                + " The first: {}",
            first.reason());
  }

  @Override
  public Progress commit(Lsn passed, boolean now) throws InterruptedException {
    Lsn next = publishEnded(passed, now);
    events.commit();
    return new Progress(
        next == null ? published : new Lsn(ended.getFirst().transaction().end().value() - 1), next);
  }

  private void forget() {
    open = new LinkedHashMap<>();
    openWeight = 0;
    openIsRead = false;
    openHasParts = false;
    staged = false;
    rejected = new Rejections();
  }
}
