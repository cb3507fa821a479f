package io.rowhook.capture.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.CaptureException;
import io.rowhook.capture.ChangeSink;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.RowChange.Operation;
import io.rowhook.capture.SuspendedTable;
import io.rowhook.capture.TableId;
import io.rowhook.capture.connection.OversizedMessages;
import io.rowhook.capture.debezium.StructureChangedException;
import io.rowhook.capture.decode.Relation.Column;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns the messages of the log into row changes, by PostgreSQL's "Logical Replication Message
 * Formats", protocol version 1, values as text. A row is read by the last description of its table
 * that the log gave before it; the catalog is asked for types only. One engine's, so it is used by
 * one thread only.
 */
public final class RowChangeDeserializer {

  /** About what a node and its place in an object cost, in bytes. */
  public static final int NODE_WEIGHT = 64;

  private final RelationLayouts described;
  private final RelationListener listener;
  private final Map<Integer, RelationLayout> layouts = new HashMap<>();

  public RowChangeDeserializer(RelationLayouts described, RelationListener listener) {
    this.described = described;
    this.listener = listener;
  }

  /**
   * Reads one message; hands the row changes that it holds, or what it says, to the sink.
   *
   * @throws StructureChangedException as the listener does
   */
  public void read(ByteBuffer message, ChangeSink sink) throws InterruptedException {
    MessageCursor cursor = new MessageCursor(message);
    char kind = cursor.character();
    switch (kind) {
      case 'R' -> relation(cursor);
      case 'I' -> change(Operation.INSERT, cursor, sink);
      case 'U' -> change(Operation.UPDATE, cursor, sink);
      case 'D' -> change(Operation.DELETE, cursor, sink);
      case 'T' -> truncate(cursor, sink);
      case 'M', 'm' -> LogicalMessage.read(cursor, sink);
      case 'i' -> tooLarge(Operation.INSERT, cursor, sink);
      case 'u' -> tooLarge(Operation.UPDATE, cursor, sink);
      case 'd' -> tooLarge(Operation.DELETE, cursor, sink);
      default ->
          throw new CaptureException("the log has a message of the unknown kind '" + kind + "'");
    }
  }

  private void relation(MessageCursor cursor) {
    int oid = cursor.int32();
    String schema = cursor.text();
    TableId table = new TableId(schema.isEmpty() ? "pg_catalog" : schema, cursor.text());
    char identity = cursor.character();
    int count = cursor.int16();
    List<Column> columns = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      boolean key = (cursor.int8() & 1) != 0;
      columns.add(new Column(cursor.text(), cursor.int32(), cursor.int32(), key));
    }
    Relation relation = new Relation(oid, table, identity, columns);
    listener.seen(relation);
    layouts.remove(oid); // the publication may hold more than was asked for
    RelationLayout layout = described.of(relation);
    if (layout != null) {
      layouts.put(oid, layout);
    }
  }

  private void change(Operation operation, MessageCursor cursor, ChangeSink sink)
      throws InterruptedException {
    RelationLayout layout = layouts.get(cursor.int32());
    if (layout == null) {
      return; // not asked for
    }
    TupleData old = null;
    TupleData after = null;
    char kind = cursor.character();
    if (kind != 'N') {
      old = row(layout, cursor, kind == 'K', null);
      if (kind == 'O' && layout.ofRoot() && !old.hasMore) {
        old.values.retain(layout.facts().primaryKey());
      }
      kind = operation == Operation.DELETE ? kind : cursor.character();
    }
    if (operation != Operation.DELETE) {
      after = row(layout, cursor, false, old);
    }
    try {
      emit(layout, operation, old, after, sink);
    } catch (UnreadableRowException e) {
      sink.reject(e.row());
    }
  }

  private static RejectedRow rejected(SuspendedTable suspended, String operation, ObjectNode key) {
    return new RejectedRow(
        suspended.table(),
        operation,
        Json.text(key),
        "the table is suspended: " + suspended.reason());
  }

  private static void emit(
      RelationLayout layout,
      Operation operation,
      @Nullable TupleData old,
      @Nullable TupleData after,
      ChangeSink sink)
      throws UnreadableRowException, InterruptedException {
    TupleData keyed = Objects.requireNonNull(after == null ? old : after);
    ObjectNode key = key(layout, keyed);
    if (layout.suspended() != null) {
      throw new UnreadableRowException(rejected(layout.suspended(), operation.name(), key));
    }
    for (TupleData row : new @Nullable TupleData[] {after, old}) {
      if (row != null && row.unreadable != null) {
        throw unreadable(layout, operation, key, row.unreadable);
      }
    }
    if (key.size() < layout.facts().primaryKey().size()) {
      throw unreadable(
          layout,
          operation,
          key,
          "key column %s is not in the row as the log has it"
              .formatted(layout.missing() == null ? "" : layout.missing()));
    }
    if (old != null && after != null) {
      ObjectNode oldKey = key(layout, old);
      if (oldKey.size() == key.size() && !oldKey.equals(key)) { // another row, to whoever knows it
        sink.row(change(layout, Operation.DELETE, oldKey, old, null));
        sink.row(change(layout, Operation.INSERT, key, null, after));
        return;
      }
    }
    sink.row(change(layout, operation, key, old, after));
  }

  private static RowChange change(
      RelationLayout layout,
      Operation operation,
      ObjectNode key,
      @Nullable TupleData old,
      @Nullable TupleData after) {
    return new RowChange(
        layout.facts().table(),
        operation,
        key,
        old == null ? null : old.values,
        after == null ? null : after.values,
        after == null ? List.of() : after.unavailable,
        NODE_WEIGHT + (old == null ? 0 : old.weight) + (after == null ? 0 : after.weight));
  }

  private static UnreadableRowException unreadable(
      RelationLayout layout, Operation operation, ObjectNode key, String reason) {
    return new UnreadableRowException(
        new RejectedRow(layout.facts().table(), operation.name(), Json.text(key), reason));
  }

  private static ObjectNode key(RelationLayout layout, TupleData row) {
    ObjectNode key = JsonNodeFactory.instance.objectNode();
    for (String column : layout.facts().primaryKey()) {
      JsonNode value = row.values.get(column);
      if (value != null) {
        key.set(column, value);
      }
    }
    return key;
  }

  private static TupleData row(
      RelationLayout layout, MessageCursor cursor, boolean identityOnly, @Nullable TupleData old) {
    TupleData row = new TupleData();
    fill(row, layout, cursor, identityOnly, old);
    return row;
  }

  /**
   * Reads a row.
   *
   * @param identityOnly whether it has values for the columns of the replica identity only
   * @param old the row as it was, which has what is large and was not changed; null: unknown
   */
  private static void fill(
      TupleData row,
      RelationLayout layout,
      MessageCursor cursor,
      boolean identityOnly,
      @Nullable TupleData old) {
    int count = cursor.int16();
    if (count > layout.names().length) {
      throw new CaptureException(
          "a row of table %s has %d columns, but the log announced %d"
              .formatted(layout.facts().table(), count, layout.names().length));
    }
    for (int i = 0; i < count; i++) {
      char kind = cursor.character();
      int length = kind == 't' ? cursor.int32() : 0;
      int from = cursor.skip(length);
      PostgresType type = layout.types()[i];
      row.hasMore |=
          layout.ofRoot()
              && kind != 'n'
              && !layout.facts().primaryKey().contains(layout.names()[i]);
      if (type == null || (identityOnly && !layout.inIdentity()[i])) {
        continue;
      }
      String name = layout.names()[i];
      switch (kind) {
        case 't' -> row.add(name, type, cursor.bytes, from, length);
        case 'n' -> row.addNull(name);
        case 'u' -> row.addUnchanged(name, old);
        default ->
            throw new CaptureException("the log has a value of the unknown kind '" + kind + "'");
      }
    }
  }

  /** One of which {@link OversizedMessages} has left the beginning. */
  private void tooLarge(Operation operation, MessageCursor cursor, ChangeSink sink) {
    RelationLayout layout = layouts.get(cursor.int32());
    if (layout == null) {
      return;
    }
    TupleData row = new TupleData();
    try {
      fill(row, layout, cursor, cursor.character() == 'K', null);
    } catch (IndexOutOfBoundsException e) {
      // it ends within a value; the key may have come before
    }
    sink.reject(
        new RejectedRow(
            layout.facts().table(),
            operation.name(),
            Json.text(key(layout, row)),
            "the row change is larger than %d MB, as text and with the old row, which would fill the memory; give Java more of it, as JAVA_OPTS=-Xmx%dm does, for larger ones"
                .formatted(
                    OversizedMessages.largest() >> 20, Runtime.getRuntime().maxMemory() >> 19)));
  }

  private void truncate(MessageCursor cursor, ChangeSink sink) {
    int count = cursor.int32();
    cursor.int8(); // CASCADE, RESTART IDENTITY
    for (int i = 0; i < count; i++) {
      RelationLayout layout = layouts.get(cursor.int32());
      if (layout == null) {
        continue; // not asked for
      }
      if (layout.suspended() != null) {
        sink.reject(
            rejected(layout.suspended(), "TRUNCATE", JsonNodeFactory.instance.objectNode()));
      } else {
        sink.reject(
            new RejectedRow(
                layout.facts().table(),
                "TRUNCATE",
                "{}",
                "TRUNCATE does not say which rows it deleted, so no Deleted events are made;"
                    + " use DELETE where recipients must know"));
      }
    }
  }
}
