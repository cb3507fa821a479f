package io.rowhook.entity.transaction;

import io.rowhook.capture.ChangeSink.Progress;
import io.rowhook.capture.Position;
import io.rowhook.capture.RowLookup;
import io.rowhook.entity.EventCollector;
import io.rowhook.entity.EventPublisher;
import io.rowhook.entity.resync.ChunkEvents;
import io.rowhook.entity.resync.ChunkWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Transactions that have ended, are in memory, and are not published yet: what the log does not
 * carry is read for all of them at once. One engine's; the capture thread's.
 */
public final class TransactionBatch {

  /** So often a snapshot is given up that shows a later transaction and not an earlier one. */
  private static final int MOST_HELD_ANEW = 3;

  private final EventAssembler assembler;
  private final RowLookup rows;
  private final EventPublisher events;
  private final ChunkWindow resync;
  private final List<CompletedTransaction> ended = new ArrayList<>();
  private long weight;

  /** Whether events of the first of them are written already. */
  private boolean appended;

  /** Where the log has to come to before they are published; null: nothing is held for them. */
  private @Nullable Position awaited;

  /** How many of them had ended when the snapshot was taken that is held for them. */
  private int held;

  private int heldAnew;

  public TransactionBatch(
      EventAssembler assembler, RowLookup rows, EventPublisher events, ChunkWindow resync) {
    this.assembler = assembler;
    this.rows = rows;
    this.events = events;
    this.resync = resync;
  }

  /** Adds one, after all that are in it. */
  public void add(CompletedTransaction one) {
    ended.add(one);
    weight += one.weight();
  }

  public int size() {
    return ended.size();
  }

  /** About how many bytes of heap their changes hold. */
  public long weight() {
    return weight;
  }

  /**
   * Publishes them. What the log does not carry is read in a snapshot of the source, which may show
   * later transactions as well; so it is held until these have come, and what they did is known:
   * then each event shows its own moment.
   *
   * @param passed all that the log has before this position has been handed over
   * @param now whether none may wait for that
   * @param durable what is durable with the next commit if none is left
   */
  public Progress publish(Position passed, boolean now, Position durable)
      throws InterruptedException {
    while (!ended.isEmpty()) {
      if (now || ended.stream().noneMatch(CompletedTransaction::isRead)) {
        publish(ended.size(), false);
        continue;
      }
      Position end = awaited;
      if (end == null) {
        held = ended.size();
        end =
            rows.hold(
                ended.stream().map(one -> one.transaction().id()).collect(Collectors.toSet()));
        awaited = end;
      }
      if (end.isAfter(ended.getLast().transaction().end()) && end.isAfter(passed)) {
        return new Progress(ended.getFirst().transaction().end().justBefore(), end);
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
    return new Progress(durable, null);
  }

  private boolean isShown(int place) {
    return rows.holds(ended.get(place).transaction().id());
  }

  /**
   * Publishes the first of them; the snapshot that is held shows them.
   *
   * @param followed whether it shows no others, so that what it has not was not there
   */
  private void publish(int count, boolean followed) throws InterruptedException {
    int left = ended.size() - count;
    assembler.make(List.copyOf(ended.subList(0, count)), followed, this::relieve);
    while (ended.size() > left) {
      publishFirst();
    }
    release();
  }

  /** More events are made at once than fit in memory: those that are made go to the journal. */
  private void relieve(EventCollector current) throws InterruptedException {
    while (!ended.getFirst().transaction().equals(current.transaction())) {
      publishFirst();
    }
    events.append(current.transaction(), ended.getFirst().taken());
    appended = true;
  }

  private void publishFirst() throws InterruptedException {
    CompletedTransaction one = ended.getFirst();
    one.rejected().report(one.transaction());
    Optional<ChunkEvents.Published> chunk = resync.publish(one.transaction());
    if (chunk.isPresent()) { // it has no changes of its own
      events.publishChunk(one.transaction(), chunk.get().events(), chunk.get().progress());
    } else if (appended) {
      if (!one.events().isEmpty()) {
        events.append(one.transaction(), one.taken());
      }
      events.publishStaged(one.transaction(), one.rejected().rows());
    } else {
      events.publish(one.transaction(), one.ordered(), one.rejected().rows());
    }
    appended = false;
    weight -= one.weight();
    ended.removeFirst();
  }

  /** Lets go of the snapshot that is held for them, if any. */
  public void release() {
    if (awaited != null) {
      rows.release();
    }
    awaited = null;
    heldAnew = 0;
  }
}
