package io.rowhook.capture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.testing.MemoryCheckpointStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps whole transactions as a journal does: durable at commit, each once, whatever comes again.
 * Also checks the protocol: BEGIN, rows, END, one transaction after the other.
 */
public final class MemorySink implements ChangeSink {

  /** One transaction as it came. */
  record Whole(
      Transaction transaction,
      List<RowChange> rows,
      List<RejectedRow> rejected,
      List<String> said) {}

  private final MemoryCheckpointStore history;
  private final List<Whole> pending = new ArrayList<>();
  private final List<Whole> durable = new ArrayList<>();
  private final List<Transaction> replayed = new ArrayList<>();
  private final List<Complete> complete = new ArrayList<>();
  private List<RowChange> rows = new ArrayList<>();
  private List<RejectedRow> rejected = new ArrayList<>();
  private List<String> said = new ArrayList<>();
  private @Nullable String open;
  private @Nullable RuntimeException commitFails;
  private int restarts;
  private Runnable onRestart = () -> {};

  MemorySink(MemoryCheckpointStore history) {
    this.history = history;
  }

  @Override
  public void restart(List<TableMetadata> tables) {
    synchronized (this) {
      restarts++;
      open = null;
      pending.clear();
    }
    onRestart.run();
  }

  /** Runs at each restart, by its thread. */
  void onRestart(Runnable hook) {
    onRestart = hook;
  }

  @Override
  public synchronized void begin(String transactionId) {
    check(open == null, "BEGIN inside a transaction");
    open = transactionId;
    rows = new ArrayList<>();
    rejected = new ArrayList<>();
    said = new ArrayList<>();
  }

  @Override
  public synchronized void row(RowChange change) {
    check(open != null, "a row outside a transaction");
    rows.add(change);
  }

  @Override
  public synchronized void reject(RejectedRow row) {
    check(open != null, "a row outside a transaction");
    rejected.add(row);
  }

  @Override
  public synchronized void message(ObjectNode content) {
    check(open != null, "a message outside a transaction");
    said.add(Json.text(content));
  }

  @Override
  public synchronized void ignore(String rule) {
    check(open != null, "a message outside a transaction");
    said.add("ignored: " + rule);
  }

  @Override
  public synchronized void end(Transaction transaction) {
    check(transaction.id().equals(open), "END of another transaction");
    open = null;
    if (history.isNew(transaction.end())) {
      pending.add(new Whole(transaction, rows, rejected, said));
    } else {
      replayed.add(transaction);
    }
  }

  @Override
  public synchronized Progress commit(Position passed, boolean now) {
    if (commitFails != null) {
      throw commitFails;
    }
    for (Whole whole : pending) {
      durable.add(whole);
      history.advance(whole.transaction().end());
    }
    pending.clear();
    return new Progress(new Lsn(Long.MAX_VALUE), null);
  }

  @Override
  public synchronized void complete(Instant committedTo) {
    complete.add(new Complete(committedTo, durable.size()));
  }

  /**
   * What was said to be complete.
   *
   * @param durable so many transactions were durable when it was said
   */
  record Complete(Instant committedTo, int durable) {}

  synchronized List<Complete> complete() {
    return List.copyOf(complete);
  }

  synchronized void failCommits(@Nullable RuntimeException failure) {
    commitFails = failure;
  }

  /** Durable transactions that have rows or rejected ones. */
  synchronized List<Whole> transactions() {
    return durable.stream().filter(w -> !w.rows().isEmpty() || !w.rejected().isEmpty()).toList();
  }

  /** All durable transactions, those without rows among them. */
  synchronized List<Whole> all() {
    return List.copyOf(durable);
  }

  /** What durable transactions said, in order; also what of it was ignored, by its rule. */
  public synchronized List<String> said() {
    return durable.stream().flatMap(w -> w.said().stream()).toList();
  }

  /** All durable rows in order. */
  public synchronized List<RowChange> rows() {
    return durable.stream().flatMap(w -> w.rows().stream()).toList();
  }

  public synchronized List<RejectedRow> rejected() {
    return durable.stream().flatMap(w -> w.rejected().stream()).toList();
  }

  synchronized List<Transaction> replayed() {
    return List.copyOf(replayed);
  }

  synchronized int restarts() {
    return restarts;
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalStateException(rule);
    }
  }
}
