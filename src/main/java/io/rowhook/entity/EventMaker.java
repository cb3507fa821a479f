package io.rowhook.entity;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.ExactJson;
import io.rowhook.capture.TableId;
import io.rowhook.capture.Transaction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the event of a net change, as {@code wire.md} describes {@code full}: the last step of this
 * room. Pure; any thread.
 */
final class EventMaker {

  private static final DateTimeFormatter MICROSECONDS =
      new DateTimeFormatterBuilder().appendInstant(6).toFormatter().withZone(ZoneOffset.UTC);

  private final Map<String, TableId> tables;
  private final Epoch epoch;

  EventMaker(Map<String, TableId> tables, Epoch epoch) {
    this.tables = tables;
    this.epoch = epoch;
  }

  /**
   * The event; null where nothing is left of the change: created and deleted, or nothing mapped
   * changed.
   */
  @Nullable Event make(NetChange change, Transaction transaction) {
    if (change.after() == null) {
      return change.existed() ? deleted(change, transaction) : null;
    }
    List<String> unavailable = new ArrayList<>();
    ObjectNode data = change.after();
    if (!change.unavailable().isEmpty()) {
      data = NetChanges.fill(data, change.unavailable(), change.before(), unavailable);
    }
    if (!change.existed()) {
      return event(change, transaction, EventType.Created, data, null, List.of(), unavailable);
    }
    List<String> changed = NetChanges.changed(change.before(), data);
    if (changed != null && changed.isEmpty()) {
      return null;
    }
    return event(
        change, transaction, EventType.Updated, data, change.before(), changed, unavailable);
  }

  private Event deleted(NetChange change, Transaction transaction) {
    ObjectNode data = change.before();
    if (data == null) {
      data = ExactJson.MAPPER.createObjectNode();
    }
    return event(change, transaction, EventType.Deleted, data, null, List.of(), List.of());
  }

  private Event event(
      NetChange change,
      Transaction transaction,
      EventType type,
      ObjectNode data,
      @Nullable ObjectNode before,
      @Nullable List<String> changed,
      List<String> unavailable) {
    String id = EventId.of(epoch, transaction.end(), change.entityType(), change.entityId(), type);
    Event header =
        new Event(
            id,
            change.entityType(),
            change.entityId(),
            type,
            transaction.committedAt(),
            transaction.end(),
            new byte[0]);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.max(512, change.weight()));
    try (JsonGenerator json = ExactJson.MAPPER.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("id", id);
      json.writeStringField("type", header.topic());
      json.writeStringField("timestamp", timestamp(transaction.committedAt()));
      json.writeStringField("entityType", change.entityType());
      json.writeFieldName("entityId");
      json.writeTree(change.id());
      json.writeStringField("event", type.name());
      json.writeFieldName("data");
      json.writeTree(data);
      writePrevious(json, before, changed);
      writeSource(json, transaction, change);
      if (!unavailable.isEmpty()) {
        writeNames(json, "unavailable", unavailable);
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
        header.lsn(),
        bytes.toByteArray());
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

  private void writeSource(JsonGenerator json, Transaction transaction, NetChange change)
      throws IOException {
    json.writeObjectFieldStart("source");
    json.writeStringField("lsn", transaction.end().toString());
    json.writeNumberField("txId", transaction.id());
    json.writeStringField("table", String.valueOf(tables.get(change.entityType())));
    json.writeEndObject();
  }

  private static void writeNames(JsonGenerator json, String field, List<String> names)
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
