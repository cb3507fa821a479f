package io.rowhook.entity.resync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.Position;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.aggregate.AggregateChange;
import io.rowhook.entity.content.EventDraft;
import io.rowhook.entity.content.EventSerializer;
import io.rowhook.entity.resync.ChunkEvents.Published;
import io.rowhook.entity.schema.EntitySchemas;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where capture and a resync meet: one chunk at a time, between two marks in the log. The resync
 * writes the low mark; once capture has seen it come, the resync reads the chunk, in a snapshot
 * that shows all that the log had before, and writes the high mark. What capture makes events of
 * meanwhile is noted; at the high mark's transaction the chunk's events are published without these
 * entities, which are read again. So nobody is ever told an older state after a newer one.
 *
 * <p>Marks have a number that nobody else knows, so that no other message is taken for one, nor one
 * of a chunk that was given up. A new engine gives up the open chunk. The methods say whose thread
 * calls them.
 */
public final class ChunkWindow {

  /** The key of a mark in a message. */
  public static final String KEY = "rowhook.resync";

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();

  // guarded by lock
  private ChunkState state = ChunkState.NONE;
  private String mark = "";
  private String entity = "";
  private @Nullable ChunkJob job;
  private @Nullable Chunk chunk;
  private @Nullable Position high;
  private final TouchedEntities touched = new TouchedEntities();
  private @Nullable EntitySchemas schemas;
  private @Nullable EventSerializer serializer;
  private boolean watching;
  private final Set<String> ended = new HashSet<>();

  /** Whether anything is to be noted. */
  private volatile boolean active;

  /** Capture: a new engine has begun, with these entities. */
  public void restart(EntitySchemas now, EventSerializer maker) {
    lock.lock();
    try {
      schemas = now;
      serializer = maker;
      watching = false;
      ended.clear();
      active = false;
      if (state != ChunkState.NONE && state != ChunkState.DURABLE) {
        to(ChunkState.GIVEN_UP);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Capture: a transaction has ended that was not seen before.
   *
   * @param changes whether it has row changes
   * @param message a mark, if it said one
   */
  public void ended(Transaction transaction, boolean changes, @Nullable JsonNode message) {
    if (!active) {
      return;
    }
    lock.lock();
    try {
      if (watching && changes) {
        ended.add(transaction.id());
      }
      if (message == null || !message.path("chunk").asText().equals(mark) || mark.isEmpty()) {
        return;
      }
      String which = message.path("mark").asText();
      if (state == ChunkState.AWAITED && which.equals("low")) {
        ChunkJob of = job;
        touched.clear(of == null ? Set.of() : of.busy(), of != null && of.byId());
        to(ChunkState.OPEN);
      } else if (state == ChunkState.READ && which.equals("high")) {
        high = transaction.end();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Capture: an event of an entity was made, and none of this transaction is published yet. What
   * makes no event, as a muted transaction or a change of nothing that is told, does not count:
   * nobody has been told anything newer.
   */
  public void touch(AggregateChange one, EventDraft draft) {
    if (!active) {
      return;
    }
    lock.lock();
    try {
      if ((state != ChunkState.OPEN && state != ChunkState.READ)
          || !one.schema().name().equals(entity)) {
        return;
      }
      touched.add(one, draft);
      Position end = high;
      if (end == null || !one.outcome().transaction().end().isAfter(end)) {
        touched.keep(one, draft); // later ones come after the high mark's events
      }
    } finally {
      lock.unlock();
    }
  }

  /** Capture: what is published with a transaction; empty: it is not a high mark's. */
  public Optional<Published> publish(Transaction transaction) {
    if (!active) {
      return Optional.empty();
    }
    lock.lock();
    try {
      Chunk read = chunk;
      ChunkJob of = job;
      EventSerializer maker = serializer;
      if (state != ChunkState.READ
          || !transaction.end().equals(high)
          || read == null
          || of == null
          || maker == null) {
        return Optional.empty();
      }
      Published published = ChunkEvents.of(read, of, touched, maker, transaction);
      to(ChunkState.PUBLISHED);
      return Optional.of(published);
    } finally {
      lock.unlock();
    }
  }

  /** Capture: all that was published is durable. */
  public void durable() {
    if (!active) {
      return;
    }
    lock.lock();
    try {
      if (state == ChunkState.PUBLISHED) {
        to(ChunkState.DURABLE);
      }
    } finally {
      lock.unlock();
    }
  }

  private void to(ChunkState next) {
    state = next;
    moved.signalAll();
  }

  /** Resync: the entities of the engine that runs; null: none has begun. */
  public @Nullable EntitySchemas schemas() {
    lock.lock();
    try {
      return schemas;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Resync: notes from now on which transactions end.
   *
   * @return false: they were noted already
   */
  public boolean watch() {
    lock.lock();
    try {
      boolean began = !watching;
      watching = true;
      active = true;
      return began;
    } finally {
      lock.unlock();
    }
  }

  /** Resync: notes nothing any more. */
  public void rest() {
    lock.lock();
    try {
      watching = false;
      active = false;
      ended.clear();
      close();
    } finally {
      lock.unlock();
    }
  }

  /** Resync: transactions that have ended in the log, since {@link #watch}; by their ids. */
  public Set<String> ended() {
    lock.lock();
    try {
      return Set.copyOf(ended);
    } finally {
      lock.unlock();
    }
  }

  /** Resync: these are visible to all by now. */
  public void visible(Set<String> transactions) {
    lock.lock();
    try {
      ended.removeAll(transactions);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Resync: begins a chunk; the low mark is to be written.
   *
   * @return empty: a new engine has begun, see {@link #watch}
   */
  public Optional<ObjectNode> open(String ofEntity, ChunkJob of) {
    lock.lock();
    try {
      if (!watching) {
        return Optional.empty();
      }
      entity = ofEntity;
      job = of;
      chunk = null;
      high = null;
      mark = UUID.randomUUID().toString();
      to(ChunkState.AWAITED);
      return Optional.of(message("low"));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Resync: it was read; the high mark is to be written.
   *
   * @return empty: it was given up
   */
  public Optional<ObjectNode> read(Chunk what) {
    lock.lock();
    try {
      if (state != ChunkState.OPEN) {
        return Optional.empty();
      }
      chunk = what;
      to(ChunkState.READ);
      return Optional.of(message("high"));
    } finally {
      lock.unlock();
    }
  }

  private ObjectNode message(String which) {
    ObjectNode content = Json.MAPPER.createObjectNode();
    content
        .putObject(KEY)
        .put("job", job == null ? 0 : job.id())
        .put("chunk", mark)
        .put("mark", which);
    return content;
  }

  /** Resync: waits until the chunk is no more so; once it is published, until it is durable. */
  public ChunkState await(ChunkState past, Duration limit) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = limit.toNanos();
      while ((state == past && left > 0) || state == ChunkState.PUBLISHED) {
        if (state == ChunkState.PUBLISHED) {
          moved.await();
        } else {
          left = moved.awaitNanos(left);
        }
      }
      return state;
    } finally {
      lock.unlock();
    }
  }

  /** Resync: gives up the chunk unless it is published already. */
  public void close() {
    lock.lock();
    try {
      if (state != ChunkState.PUBLISHED) {
        mark = "";
        chunk = null;
        to(ChunkState.NONE);
      }
    } finally {
      lock.unlock();
    }
  }
}
