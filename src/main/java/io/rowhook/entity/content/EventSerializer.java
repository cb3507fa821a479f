package io.rowhook.entity.content;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.TableId;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.entity.IndexedValue;
import io.rowhook.entity.NamedEntities;
import io.rowhook.entity.change.RowChangeMapper;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes events, as {@code docs/templates.md} describes {@code full}: the last step of this room.
 * Pure; any thread.
 */
public final class EventSerializer {

  /** Bytes that most events fit in. */
  private static final int BUFFER = 1024;

  private static final DateTimeFormatter MICROSECONDS =
      new DateTimeFormatterBuilder().appendInstant(6).toFormatter().withZone(ZoneOffset.UTC);

  /** Bytes of one event: it lives in several copies. */
  private static final long LARGEST = Runtime.getRuntime().maxMemory() / 8;

  /** An event does not fit in memory. */
  public static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooLargeException() {
      super(
          "its event is larger than %d MB, which would fill the memory; give Java more of it, as JAVA_OPTS=-Xmx%dm does"
              .formatted(LARGEST >> 20, Runtime.getRuntime().maxMemory() >> 19));
    }
  }

  private final Map<String, TableId> tables;

  /** By entity the columns that its events are found by; without those that have none. */
  private final Map<String, List<String>> indexes;

  private final Epoch epoch;

  /**
   * @param types all entities
   */
  public EventSerializer(List<EntityType> types, Epoch epoch) {
    this.tables = types.stream().collect(Collectors.toMap(EntityType::name, EntityType::table));
    this.indexes =
        types.stream()
            .filter(type -> !type.index().isEmpty())
            .collect(Collectors.toMap(EntityType::name, EntityType::index));
    this.epoch = epoch;
  }

  /**
   * Makes an event.
   *
   * @param context what its transaction says of itself; null: nothing
   */
  public Event make(EventDraft draft, Transaction transaction, @Nullable ObjectNode context) {
    String entityId = RowChangeMapper.idText(draft.id());
    EventType type = draft.type();
    String id = EventId.of(epoch, transaction, draft.entityType(), entityId, type);
    Event header =
        new Event(
            id,
            draft.entityType(),
            entityId,
            type,
            transaction.committedAt(),
            transaction.end(),
            new byte[0]);
    ByteArrayBuilder bytes = new ByteArrayBuilder(BUFFER); // in blocks: it is not copied to grow
    try (JsonGenerator json = Json.MAPPER.createGenerator(new Bounded(bytes))) {
      json.writeStartObject();
      json.writeStringField("id", id);
      json.writeStringField("type", header.topic());
      json.writeStringField("timestamp", timestamp(transaction.committedAt()));
      json.writeStringField("entityType", draft.entityType());
      json.writeFieldName("entityId");
      json.writeTree(draft.id());
      json.writeStringField("event", type.name());
      json.writeFieldName("data");
      json.writeTree(draft.data());
      writePrevious(json, draft.before(), draft.changed());
      if (context != null) {
        json.writeFieldName("context");
        json.writeTree(context);
      }
      writeSource(json, transaction, draft.entityType());
      if (!draft.unavailable().isEmpty()) {
        writeNames(json, "unavailable", draft.unavailable());
      }
      if (draft.readAt() != null) {
        writeNames(json, "read", draft.read());
        json.writeStringField("readAt", timestamp(draft.readAt()));
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
    return new Event(
        id,
        header.entityType(),
        header.entityId(),
        type,
        header.committedAt(),
        header.position(),
        bytes.toByteArray(),
        null,
        indexed(draft),
        NamedEntities.of(draft.named()));
  }

  /** Also what it was found by before: whoever looks for that finds what became of it. */
  private List<IndexedValue> indexed(EventDraft draft) {
    List<String> columns = indexes.get(draft.entityType());
    if (columns == null) {
      return List.of();
    }
    Set<IndexedValue> values = new LinkedHashSet<>();
    ObjectNode before = draft.before();
    for (String column : columns) {
      IndexedValue.of(column, draft.data().get(column)).ifPresent(values::add);
      if (before != null) {
        IndexedValue.of(column, before.get(column)).ifPresent(values::add);
      }
    }
    return List.copyOf(values);
  }

  /** Takes as much as fits. */
  private static final class Bounded extends FilterOutputStream {
    private long written;

    Bounded(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      written += length;
      if (written > LARGEST) {
        throw new TooLargeException();
      }
      out.write(bytes, offset, length);
    }
  }

  /** What is unknown is null, never an empty list. */
  private static void writePrevious(
      JsonGenerator json, @Nullable ObjectNode before, @Nullable List<String> changed)
      throws IOException {
    if (changed == null) {
      json.writeNullField("previous");
      json.writeNullField("changed");
      return;
    }
    json.writeObjectFieldStart("previous");
    for (String name : changed) {
      json.writeFieldName(name);
      json.writeTree(before == null ? null : before.get(name));
    }
    json.writeEndObject();
    writeNames(json, "changed", changed);
  }

  private void writeSource(JsonGenerator json, Transaction transaction, String entityType)
      throws IOException {
    json.writeObjectFieldStart("source");
    transaction.writeSource(json);
    json.writeStringField("table", String.valueOf(tables.get(entityType)));
    json.writeEndObject();
  }

  private static void writeNames(JsonGenerator json, String field, Collection<String> names)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (String name : names) {
      json.writeString(name);
    }
    json.writeEndArray();
  }

  private static String timestamp(Instant instant) {
    return MICROSECONDS.format(instant);
  }
}
