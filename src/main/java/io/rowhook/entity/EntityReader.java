package io.rowhook.entity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.rowhook.base.Json;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.Position;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.content.EventDraft;
import io.rowhook.entity.content.EventSerializer;
import io.rowhook.entity.resync.Chunk;
import io.rowhook.entity.resync.ChunkReader;
import io.rowhook.entity.resync.ChunkWindow;
import io.rowhook.entity.schema.EntitySchema;
import io.rowhook.entity.schema.EntitySchemas;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the source has of entities now, beside capture, and publishes nothing of it. One
 * thread's; it has a lookup of its own, so that nobody waits for it.
 */
public final class EntityReader {

  /** Of what is of no transaction. */
  private static final Epoch NEVER = new Epoch("", "", Instant.EPOCH);

  private final ChunkWindow window;
  private final RowLookup rows;
  private final ChunkReader reader;

  /**
   * @param chunks knows the entities that are captured
   * @param rows a lookup of its own
   */
  public EntityReader(ResyncChunks chunks, RowLookup rows) {
    this.window = chunks.window();
    this.rows = rows;
    this.reader = new ChunkReader(rows);
  }

  /**
   * An entity as it is.
   *
   * @param key its id as what it is read by, see {@link #key}
   * @param event says what it is, as an update would; of no transaction
   */
  public record Found(String key, Event event) {}

  /**
   * Some entities, in the order of their keys.
   *
   * @param last the key of the last row that was read; null: none was
   * @param shape what that key is of, see {@link ResyncProgress}
   * @param atEnd whether none comes after it
   * @param unread how many could not be read, or not whole
   */
  public record Page(
      List<Found> found, @Nullable String last, String shape, boolean atEnd, int unread) {}

  /**
   * Reads the entities that come next.
   *
   * @param after the key after which they come; null: from the first
   * @throws RowLookup.RefusedException if the source refuses it
   * @throws io.rowhook.capture.SourceException if the source cannot be reached
   * @throws IllegalStateException if capture does not have the entity
   */
  public Page next(String entity, @Nullable String after, int limit) {
    EntitySchema schema = known(entity);
    Chunk chunk = read(schema, after == null ? null : RowKey.parse(after), limit);
    return new Page(
        found(schema, chunk),
        chunk.last() == null ? after : chunk.last().text(),
        schema.keyShape(),
        chunk.atEnd(),
        chunk.unread());
  }

  /**
   * The same of some; those that are not there are missing.
   *
   * @param ids see {@link #key}
   */
  public Page these(String entity, Collection<String> ids) {
    EntitySchema schema = known(entity);
    List<Found> all = new ArrayList<>();
    int unread = 0;
    List<RowKey> left = ids.stream().map(RowKey::parse).toList();
    while (!left.isEmpty()) {
      Chunk chunk = these(schema, left);
      all.addAll(found(schema, chunk));
      unread += chunk.unread();
      left = chunk.left();
    }
    return new Page(all, null, schema.keyShape(), true, unread);
  }

  /**
   * Which of some entities are there, by their ids.
   *
   * @throws io.rowhook.capture.SourceException if the source cannot be reached
   */
  public Set<String> existing(String entity, Collection<String> ids) {
    EntitySchema schema = known(entity);
    Map<RowKey, String> asked = new LinkedHashMap<>();
    ids.forEach(id -> key(schema, id).ifPresent(key -> asked.put(key, id)));
    ChunkReader.Keys keys = keys(schema, asked.keySet());
    Set<String> there = new HashSet<>();
    asked.forEach((key, id) -> {
      if (keys.there().containsKey(key) || keys.unread().contains(key)) {
        there.add(id);
      }
    });
    return there;
  }

  /**
   * The id of an entity as what is read by it; empty: it is none of that entity.
   *
   * @param id as {@link Event#entityId}
   */
  public Optional<String> key(String entity, String id) {
    return key(known(entity), id).map(RowKey::text);
  }

  private static Optional<RowKey> key(EntitySchema schema, String id) {
    if (schema.id().size() == 1) {
      boolean isNumber = schema.wholeNumbers().contains(schema.id().getFirst());
      return isNumber ? json(id).map(RowKey::of) : Optional.of(RowKey.of(TextNode.valueOf(id)));
    }
    return json(id)
        .filter(JsonNode::isObject)
        .flatMap(node -> RowKey.of(node.deepCopy(), schema.id()));
  }

  private static Optional<JsonNode> json(String text) {
    try {
      return Optional.ofNullable(Json.MAPPER.readTree(text));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** What time the source's clock says, after all that was read before. */
  public Instant now() {
    return rows.read(Set.of(), false, RowLookup.Snapshot::at);
  }

  private Chunk read(EntitySchema schema, @Nullable RowKey after, int limit) {
    try {
      return reader.read(schema, "", after, List.of(), limit, Set.of());
    } catch (ChunkReader.InvisibleException e) {
      throw new IllegalStateException("no transaction was asked for", e);
    }
  }

  private Chunk these(EntitySchema schema, List<RowKey> ids) {
    try {
      return reader.these(schema, ids, ids.size(), Set.of());
    } catch (ChunkReader.InvisibleException e) {
      throw new IllegalStateException("no transaction was asked for", e);
    }
  }

  private ChunkReader.Keys keys(EntitySchema schema, Set<RowKey> ids) {
    try {
      return reader.keys(schema, ids, Set.of());
    } catch (ChunkReader.InvisibleException e) {
      throw new IllegalStateException("no transaction was asked for", e);
    }
  }

  private static List<Found> found(EntitySchema schema, Chunk chunk) {
    EventSerializer maker = new EventSerializer(List.of(schema.type()), NEVER);
    Transaction none = new Transaction(Position.START, "0", Instant.EPOCH);
    List<Found> all = new ArrayList<>(chunk.drafts().size());
    for (EventDraft draft : chunk.drafts().values()) {
      if (draft.type() != EventType.Deleted) {
        String key = RowKey.ofId(draft.id(), schema.id()).text();
        all.add(new Found(key, maker.make(update(draft), none, null)));
      }
    }
    return all;
  }

  private static EventDraft update(EventDraft read) {
    return new EventDraft(
        EventType.Updated,
        read.entityType(),
        read.id(),
        read.data(),
        null,
        List.of(),
        read.unavailable(),
        read.read(),
        read.named(),
        read.readAt());
  }

  private EntitySchema known(String entity) {
    return schema(entity)
        .orElseThrow(() -> new IllegalStateException("capture does not have " + entity));
  }

  private Optional<EntitySchema> schema(String entity) {
    EntitySchemas schemas = window.schemas();
    return schemas == null ? Optional.empty() : Optional.ofNullable(schemas.byName().get(entity));
  }
}
