package io.rowhook.entity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.entity.resync.Chunk;
import io.rowhook.entity.resync.ChunkJob;
import io.rowhook.entity.resync.ChunkReader;
import io.rowhook.entity.resync.ChunkReader.InvisibleException;
import io.rowhook.entity.resync.ChunkState;
import io.rowhook.entity.resync.ChunkWindow;
import io.rowhook.entity.schema.EntitySchema;
import io.rowhook.entity.schema.EntitySchemas;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads entities as they are, chunk by chunk, beside capture: each between two marks in the log, so
 * that none is published older than an event before it; see {@link ChunkWindow}. One thread uses
 * it; capture is told of it by its {@link TransactionAggregator}.
 */
public final class ResyncChunks {

  /** A mark that has not come by then is given up, and another written. */
  private static final Duration MARK = Duration.ofMinutes(1);

  /** Transactions that are kept to be held against a snapshot, while no chunk is read. */
  static final int MOST_ENDED = 1_000;

  /** What became of a chunk. */
  public enum Outcome {
    /** Its events and the progress are durable. */
    DURABLE,
    /** It was given up: read it again. */
    GIVEN_UP,
    /** Not all could be read, and it is not used so. */
    UNREAD,
    /** A committed transaction is not visible yet, as while a synchronous standby is silent. */
    NOT_VISIBLE,
    /** A mark did not come back in time: capture is behind. */
    LATE,
    /** The entity's table or key is another than the one that it began with. */
    OTHER_KEY
  }

  /**
   * A chunk to be read.
   *
   * @param recipient whom it is for
   * @param condition SQL on the root row; empty: all rows
   * @param repair whether it is of the keys alone that are to be read again; those that are gone
   *     are told as Deleted
   * @param progress how far the job is
   * @param limit how many entities it has at most, unless more are to be read again
   * @param busy keys of entities that were touched in each of many chunks
   */
  public record Request(
      String recipient,
      String entity,
      String condition,
      boolean repair,
      ResyncProgress progress,
      int limit,
      Set<String> busy) {}

  /** Decides whether a chunk is used of which not all could be read. */
  public interface Judge {
    boolean takes(int unread, int keys);
  }

  /**
   * What was read.
   *
   * @param keys how many entities were looked for
   */
  public record Result(Outcome outcome, int keys) {

    static Result of(Outcome outcome) {
      return new Result(outcome, 0);
    }
  }

  private final ChunkWindow window = new ChunkWindow();
  private final ChunkReader reader;
  private final Supplier<List<String>> unreadable;

  /** One whose tables can all be read. */
  ResyncChunks(RowLookup rows) {
    this(rows, List::of);
  }

  /**
   * @param rows a lookup of its own, so that capture never waits for it
   * @param unreadable the tables that it cannot read at present, and why
   */
  public ResyncChunks(RowLookup rows, Supplier<List<String>> unreadable) {
    this.reader = new ChunkReader(rows);
    this.unreadable = unreadable;
  }

  ChunkWindow window() {
    return window;
  }

  /** The names of the entities that are captured; null: capture has not begun. */
  public @Nullable Set<String> entities() {
    EntitySchemas schemas = window.schemas();
    return schemas == null ? null : Set.copyOf(schemas.byName().keySet());
  }

  /** The columns that tell an entity's row; empty: capture has not begun, or does not have it. */
  public Optional<EntityKeys> keys(String entity) {
    EntitySchemas schemas = window.schemas();
    EntitySchema schema = schemas == null ? null : schemas.byName().get(entity);
    return schema == null
        ? Optional.empty()
        : Optional.of(
            new EntityKeys(schema.id(), schema.role().primaryKey(), schema.wholeNumbers()));
  }

  /**
   * Notes from now on which transactions end.
   *
   * @return false: they were noted already
   */
  public boolean watch() {
    return window.watch();
  }

  /** The tables that cannot be read at present, and why: behind a lock, say. Any thread. */
  public List<String> unreadable() {
    return unreadable.get();
  }

  /** Notes nothing any more. */
  public void rest() {
    window.rest();
  }

  /** Transactions that have ended in the log since {@link #watch}, by their ids. */
  public Set<String> ended() {
    return window.ended();
  }

  /**
   * Forgets of the transactions that have ended those that are visible, before they are too many.
   *
   * @param running asks for those that others do not see yet
   */
  public void settle(Supplier<Set<String>> running) {
    Set<String> before = window.ended();
    if (before.size() > MOST_ENDED) {
      Set<String> visible = new HashSet<>(before);
      visible.removeAll(running.get());
      window.visible(visible);
    }
  }

  /**
   * Reads a chunk, and waits until it is durable.
   *
   * @param marks writes a mark into the log
   * @param judge is asked where not all could be read
   * @throws RowLookup.RefusedException if the source refuses it
   * @throws io.rowhook.capture.SourceException if the source cannot be reached
   */
  public Result read(Request request, Consumer<ObjectNode> marks, Judge judge)
      throws InterruptedException {
    try {
      return attempt(request, marks, judge);
    } catch (InvisibleException e) {
      return Result.of(Outcome.NOT_VISIBLE);
    } finally {
      window.close();
    }
  }

  private Result attempt(Request request, Consumer<ObjectNode> marks, Judge judge)
      throws InterruptedException, InvisibleException {
    Result givenUp = Result.of(Outcome.GIVEN_UP);
    Result late = Result.of(Outcome.LATE);
    ResyncProgress progress = request.progress();
    EntitySchemas schemas = window.schemas();
    EntitySchema schema = schemas == null ? null : schemas.byName().get(request.entity());
    if (schema == null) {
      return givenUp;
    }
    boolean comparable =
        progress.lastKey() == null
            || progress.shape().isEmpty()
            || progress.shape().equals(schema.keyShape());
    if (!comparable) {
      return Result.of(Outcome.OTHER_KEY);
    }
    Optional<ObjectNode> low =
        window.open(
            request.entity(),
            new ChunkJob(
                progress.job(),
                request.recipient(),
                progress.lastKey(),
                schema.keyShape(),
                progress.read(),
                progress.sent(),
                request.busy(),
                request.repair()));
    if (low.isEmpty()) {
      return givenUp; // a new engine: all of it again
    }
    marks.accept(low.get());
    ChunkState opened = window.await(ChunkState.AWAITED, MARK);
    if (opened != ChunkState.OPEN) {
      return opened == ChunkState.AWAITED ? late : givenUp;
    }
    Set<String> seen = window.ended();
    List<RowKey> again = progress.again().stream().map(RowKey::parse).toList();
    RowKey after = progress.lastKey() == null ? null : RowKey.parse(progress.lastKey());
    Chunk chunk =
        request.repair()
            ? reader.these(schema, again, request.limit(), seen)
            : reader.read(schema, request.condition(), after, again, request.limit(), seen);
    window.visible(seen);
    if (chunk.unread() > 0 && !judge.takes(chunk.unread(), chunk.keys())) {
      return Result.of(Outcome.UNREAD);
    }
    Optional<ObjectNode> high = window.read(chunk);
    if (high.isEmpty()) {
      return givenUp;
    }
    marks.accept(high.get());
    return switch (window.await(ChunkState.READ, MARK)) {
      case DURABLE -> new Result(Outcome.DURABLE, chunk.keys());
      case READ -> late;
      default -> givenUp;
    };
  }
}
