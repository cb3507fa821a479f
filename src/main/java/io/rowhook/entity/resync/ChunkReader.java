package io.rowhook.entity.resync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.KeyRange;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.RowLookup.Query;
import io.rowhook.capture.RowLookup.TooMuchException;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventCollector;
import io.rowhook.entity.EventType;
import io.rowhook.entity.aggregate.AggregateChange;
import io.rowhook.entity.aggregate.ReadBackRows;
import io.rowhook.entity.change.RowChangeMapper;
import io.rowhook.entity.change.RowChangeMapper.UnmappableException;
import io.rowhook.entity.content.EntityNames;
import io.rowhook.entity.content.EventComposer;
import io.rowhook.entity.content.EventDraft;
import io.rowhook.entity.schema.EntitySchema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads entities as they are, just as an event reads back what the log does not carry. One thread.
 */
public final class ChunkReader {

  /** A transaction that the log has is not visible to others yet: try again. */
  public static final class InvisibleException extends Exception {
    private static final long serialVersionUID = 1;

    InvisibleException() {
      super("a committed transaction is not visible yet, as while a synchronous standby is silent");
    }
  }

  private final RowLookup rows;

  public ChunkReader(RowLookup rows) {
    this.rows = rows;
  }

  /**
   * Reads a chunk.
   *
   * @param condition SQL on the root row; empty: all rows
   * @param after the page begins after this key; null: at the first
   * @param again read these besides
   * @param limit how many it has at most, these included; fewer are read where more does not fit in
   *     memory
   * @param seen transactions that must be visible in it, by their ids in the log
   * @throws RowLookup.RefusedException if the source refuses the page
   * @throws io.rowhook.capture.SourceException if the source cannot be reached
   */
  public Chunk read(
      EntitySchema schema,
      String condition,
      @Nullable RowKey after,
      List<RowKey> again,
      int limit,
      Set<String> seen)
      throws InvisibleException {
    int room = Math.max(0, limit - again.size()); // so that what is read again does not pile up
    KeyRange range = new KeyRange(schema.type().table(), schema.key(), condition, after, room);
    List<RowKey> page =
        visible(seen, snapshot -> range.limit() == 0 ? List.of() : snapshot.keys(range));
    return read(schema, page, again, room, seen);
  }

  /** Reads where all of some transactions are visible. */
  private <T> T visible(Set<String> seen, RowLookup.Reading<T> reading) throws InvisibleException {
    Optional<T> read =
        rows.read(
            seen,
            false,
            snapshot ->
                seen.stream().allMatch(snapshot::shows)
                    ? Optional.of(reading.of(snapshot))
                    : Optional.empty());
    return read.orElseThrow(InvisibleException::new);
  }

  /**
   * Reads some entities by their ids alone; of those that are gone it has the end. Its drafts, and
   * what is left, are by their ids.
   *
   * @param limit how many at most; the others are left
   * @throws io.rowhook.capture.SourceException if the source cannot be reached
   */
  public Chunk these(EntitySchema schema, List<RowKey> ids, int limit, Set<String> seen)
      throws InvisibleException {
    int most = Math.min(Math.max(1, limit), ids.size());
    Keys keys = keys(schema, ids.subList(0, most), seen);
    Chunk read = read(schema, List.of(), List.copyOf(keys.there().values()), 1, seen);
    Map<String, EventDraft> drafts = new LinkedHashMap<>();
    List<RowKey> left = new ArrayList<>();
    int unread = read.unread() + keys.unread().size();
    for (RowKey id : ids.subList(0, most)) {
      RowKey key = keys.there().get(id);
      if (key == null) {
        if (!keys.unread().contains(id)) {
          end(schema, id, keys.at()).ifPresent(draft -> drafts.put(id.text(), draft));
        }
      } else if (read.left().contains(key)) {
        left.add(id);
      } else if (read.drafts().containsKey(key.text())) {
        drafts.put(id.text(), Objects.requireNonNull(read.drafts().get(key.text())));
      }
    }
    int looked = most - left.size();
    left.addAll(ids.subList(most, ids.size()));
    return new Chunk(drafts, null, looked, left, true, unread);
  }

  /**
   * Where some entities are, by their ids.
   *
   * @param there the keys of their rows; of those that are gone there is none
   * @param unread those whose rows cannot be read
   * @param at when it was read
   */
  public record Keys(Map<RowKey, RowKey> there, Set<RowKey> unread, Instant at) {}

  /**
   * Looks for entities by their ids.
   *
   * @param seen transactions that must be visible, by their ids in the log
   * @throws io.rowhook.capture.SourceException if the source cannot be reached
   */
  public Keys keys(EntitySchema schema, Collection<RowKey> ids, Set<String> seen)
      throws InvisibleException {
    Set<String> columns = new LinkedHashSet<>(schema.id());
    columns.addAll(schema.key());
    Query query =
        new Query(
            schema.type().table(),
            schema.id(),
            ColumnFilter.only(List.copyOf(columns)),
            List.of(),
            null,
            "",
            schema.type().condition());
    return visible(seen, snapshot -> keys(schema, ids, snapshot.rows(query, ids), snapshot.at()));
  }

  private static Keys keys(
      EntitySchema schema, Collection<RowKey> ids, RowLookup.Rows read, Instant at) {
    Map<RowKey, RowKey> there = new LinkedHashMap<>();
    for (RowKey id : ids) {
      read.found().getOrDefault(id, List.of()).stream()
          .findFirst()
          .flatMap(row -> RowKey.of(row, schema.key()))
          .ifPresent(key -> there.put(id, key));
    }
    return new Keys(there, read.unread().keySet(), at);
  }

  private Chunk read(
      EntitySchema schema, List<RowKey> page, List<RowKey> again, int room, Set<String> seen)
      throws InvisibleException {
    List<RowKey> keys = new ArrayList<>(again);
    keys.addAll(page);
    Map<String, EventDraft> drafts = new LinkedHashMap<>();
    int count = keys.size();
    while (count > 0) {
      try {
        int unread = read(schema, keys.subList(0, count), seen, drafts);
        return chunk(again, page, room, count, drafts, unread);
      } catch (TooMuchException e) {
        if (count == 1) {
          return chunk(again, page, room, count, drafts, 1);
        }
        count /= 2; // the others come with the next chunk
      }
    }
    return chunk(again, page, room, 0, drafts, 0);
  }

  /** Of which the first so many keys were read. */
  private static Chunk chunk(
      List<RowKey> again,
      List<RowKey> page,
      int limit,
      int count,
      Map<String, EventDraft> drafts,
      int unread) {
    int ofPage = Math.max(0, count - again.size());
    return new Chunk(
        drafts,
        ofPage == 0 ? null : page.get(ofPage - 1),
        count,
        List.copyOf(again.subList(Math.min(count, again.size()), again.size())),
        ofPage == page.size() && page.size() < limit,
        unread);
  }

  /** Reads for all of them at once; returns how many could not be read. */
  private int read(
      EntitySchema schema, List<RowKey> keys, Set<String> seen, Map<String, EventDraft> drafts)
      throws InvisibleException {
    List<AggregateChange> entities =
        keys.stream().map(key -> new AggregateChange(NOWHERE, schema, Optional.of(key))).toList();
    ReadBackRows readBack = ReadBackRows.read(rows, entities, seen, entities.size() > 1);
    if (!readBack.showsAll()) {
      throw new InvisibleException();
    }
    int unread = 0;
    for (AggregateChange entity : entities) {
      unread += compose(entity, readBack, drafts);
    }
    return unread;
  }

  private static int compose(
      AggregateChange entity, ReadBackRows readBack, Map<String, EventDraft> drafts) {
    RowKey key = entity.key().orElseThrow();
    Optional<ObjectNode> root = readBack.root(entity);
    if (root.isEmpty()) { // gone, or not for us; or it cannot be read
      return readBack.isUnread(entity.schema().root(), key) ? 1 : 0;
    }
    try {
      EventComposer.compose(
          entity, readBack, true, draft -> drafts.put(key.text(), draft.snapshot()));
      return isWhole(entity.schema(), key, root.get(), readBack) ? 0 : 1;
    } catch (UnmappableException | RuntimeException | StackOverflowError e) {
      drafts.remove(key.text());
      return 1;
    }
  }

  /** Says of an entity no more than that it is gone. */
  private static Optional<EventDraft> end(EntitySchema schema, RowKey of, Instant at) {
    ObjectNode data = Json.MAPPER.createObjectNode();
    for (int i = 0; i < schema.id().size(); i++) {
      data.set(schema.id().get(i), of.values().get(i));
    }
    Set<String> unknown = new LinkedHashSet<>(schema.role().shown());
    schema.parts().forEach(part -> unknown.add(part.attribute()));
    schema.links().forEach(link -> unknown.add(link.name()));
    unknown.removeAll(schema.id());
    try {
      JsonNode id = RowChangeMapper.id(schema.id(), data);
      return Optional.of(
          new EventDraft(
              EventType.Deleted,
              schema.name(),
              id,
              data,
              null,
              null,
              List.copyOf(unknown),
              List.of(),
              EntityNames.others(new HashSet<>(), EventType.Deleted, schema, id),
              at));
    } catch (UnmappableException e) {
      return Optional.empty();
    }
  }

  /** Whether all that belongs to it could be read. */
  private static boolean isWhole(
      EntitySchema schema, RowKey key, ObjectNode root, ReadBackRows readBack) {
    return schema.parts().stream()
            .noneMatch(part -> part.parent() == null && readBack.isUnread(part.byParent(), key))
        && schema.links().stream()
            .noneMatch(link ->
                link.reference()
                    .named(root)
                    .filter(named -> readBack.isUnread(link.query(), named))
                    .isPresent());
  }

  /** What is read belongs to no transaction yet. */
  private static final EventCollector NOWHERE =
      new EventCollector() {
        @Override
        public Transaction transaction() {
          throw new IllegalStateException("read, and of no transaction");
        }

        @Override
        public void event(Event event) {
          throw new IllegalStateException("read, and of no transaction");
        }

        @Override
        public void reject(RejectedRow row) {
          throw new IllegalStateException("read, and of no transaction");
        }
      };
}
