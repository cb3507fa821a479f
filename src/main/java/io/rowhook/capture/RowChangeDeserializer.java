package io.rowhook.capture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.Relation.Column;
import io.rowhook.capture.RowChange.Operation;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns the messages of the log into row changes, by PostgreSQL's "Logical Replication Message
 * Formats", protocol version 1, values as text. A row is read by the last description of its table
 * that the log gave before it; the catalog is asked for types only. One engine's, so it is used by
 * one thread only.
 */
final class RowChangeDeserializer {

  /** About what a node and its place in an object cost, in bytes. */
  static final int NODE_WEIGHT = 64;

  /** Asks the catalog which tables a table is a partition of. */
  @FunctionalInterface
  interface Ancestors {
    List<TableId> of(long oid) throws SQLException;
  }

  private final Prepared prepared;
  private final Map<TableId, CapturedTable> captured;
  private final Map<TableId, TableFacts> facts;

  private final TypeCatalog types;
  private final Ancestors ancestors;
  private final RelationListener listener;
  private final Map<Integer, Layout> layouts = new HashMap<>();

  RowChangeDeserializer(
      Prepared prepared, TypeCatalog types, Ancestors ancestors, RelationListener listener) {
    this.prepared = prepared;
    this.captured =
        prepared.generation().tables().stream()
            .collect(Collectors.toMap(CapturedTable::table, Function.identity()));
    this.facts =
        prepared.facts().stream().collect(Collectors.toMap(TableFacts::table, Function.identity()));
    this.types = types;
    this.ancestors = ancestors;
    this.listener = listener;
  }

  /**
   * How the rows of a captured table are read.
   *
   * @param types of the columns; null: excluded
   * @param missing a column of the key that is not in the log; null: all are
   * @param ofRoot whether rows of partitions come under the name of their root
   * @param suspended why they are rejected, of which the key alone is read then; null: they are not
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never handed out
  private record Layout(
      TableFacts facts,
      String[] names,
      @Nullable PostgresType[] types,
      boolean[] inIdentity,
      @Nullable String missing,
      boolean ofRoot,
      @Nullable Suspended suspended) {}

  /**
   * Reads one message; hands the row changes that it holds to the sink.
   *
   * @throws StructureChangedException as the listener does
   */
  void read(ByteBuffer message, ChangeSink sink) throws InterruptedException {
    MessageCursor cursor = new MessageCursor(message);
    char kind = cursor.character();
    switch (kind) {
      case 'R' -> relation(cursor);
      case 'I' -> change(Operation.INSERT, cursor, sink);
      case 'U' -> change(Operation.UPDATE, cursor, sink);
      case 'D' -> change(Operation.DELETE, cursor, sink);
      case 'T' -> truncate(cursor, sink);
      case 'i' -> tooLarge(Operation.INSERT, cursor, sink);
      case 'u' -> tooLarge(Operation.UPDATE, cursor, sink);
      case 'd' -> tooLarge(Operation.DELETE, cursor, sink);
      default ->
          throw new CaptureFailure("the log has a message of the unknown kind '" + kind + "'");
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
    TableId captures = captures(relation);
    Suspended suspended = captures == null ? null : prepared.suspended().get(captures);
    TableFacts known = facts.get(captures);
    CapturedTable asked = captured.get(captures);
    if (suspended != null) {
      layouts.put(oid, layout(relation, suspended));
    } else if (known != null && asked != null) {
      layouts.put(oid, layout(relation, known, asked));
    }
  }

  /** The captured table that it is, or is a partition of; null: none. */
  private @Nullable TableId captures(Relation relation) {
    TableId known = prepared.captured(relation);
    if (known != null || facts.values().stream().noneMatch(TableFacts::partitioned)) {
      return known;
    }
    try { // a partition that is newer than the facts, or nothing that was asked for
      return ancestors.of(Integer.toUnsignedLong(relation.oid())).stream()
          .filter(captured::containsKey)
          .findFirst()
          .orElse(null);
    } catch (SQLException e) {
      throw new CaptureFailure("the source's partitions cannot be read", e);
    }
  }

  private Layout layout(Relation relation, TableFacts known, CapturedTable asked) {
    int count = relation.columns().size();
    String[] names = new String[count];
    @Nullable PostgresType[] read = new @Nullable PostgresType[count];
    boolean[] inIdentity = new boolean[count];
    List<String> missing = new ArrayList<>(known.primaryKey());
    List<String> called = RenamedColumns.names(relation, known, asked);
    for (int i = 0; i < count; i++) {
      Column column = relation.columns().get(i);
      names[i] = called.get(i);
      read[i] = asked.reads(names[i], known) ? type(column.typeOid()) : null;
      inIdentity[i] = column.key();
      missing.remove(names[i]);
    }
    return new Layout(
        known,
        names,
        read,
        inIdentity,
        missing.isEmpty() ? null : missing.getFirst(),
        known.partitioned() && known.oid() == Integer.toUnsignedLong(relation.oid()),
        null);
  }

  /** Reads the key: as it is known if the log has it, else the replica identity's. */
  private Layout layout(Relation relation, Suspended suspended) {
    List<Column> columns = relation.columns();
    List<String> names = columns.stream().map(Column::name).toList();
    List<String> key = suspended.key();
    if (key.isEmpty() || !names.containsAll(key)) {
      key =
          columns.stream()
              .filter(column -> column.key() && relation.identity() != 'f') // f: all are
              .map(Column::name)
              .toList();
    }
    @Nullable PostgresType[] read = new @Nullable PostgresType[columns.size()];
    boolean[] inIdentity = new boolean[columns.size()];
    for (int i = 0; i < read.length; i++) {
      read[i] = key.contains(names.get(i)) ? type(columns.get(i).typeOid()) : null;
      inIdentity[i] = columns.get(i).key();
    }
    TableFacts facts =
        new TableFacts(
            suspended.table(),
            Integer.toUnsignedLong(relation.oid()),
            List.of(),
            key,
            TableFacts.ReplicaIdentity.DEFAULT,
            key,
            List.of());
    return new Layout(
        facts, names.toArray(String[]::new), read, inIdentity, null, false, suspended);
  }

  private PostgresType type(int oid) {
    try {
      return types.type(oid);
    } catch (SQLException e) {
      throw new CaptureFailure("the source's types cannot be read", e);
    }
  }

  private void change(Operation operation, MessageCursor cursor, ChangeSink sink)
      throws InterruptedException {
    Layout layout = layouts.get(cursor.int32());
    if (layout == null) {
      return; // not asked for
    }
    Row old = null;
    Row after = null;
    char kind = cursor.character();
    if (kind != 'N') {
      old = row(layout, cursor, kind == 'K', null);
      if (kind == 'O' && layout.ofRoot && !old.hasMore) {
        old.values.retain(layout.facts.primaryKey());
      }
      kind = operation == Operation.DELETE ? kind : cursor.character();
    }
    if (operation != Operation.DELETE) {
      after = row(layout, cursor, false, old);
    }
    try {
      emit(layout, operation, old, after, sink);
    } catch (UnreadableRow e) {
      sink.reject(e.row());
    }
  }

  private static RejectedRow rejected(Suspended suspended, String operation, ObjectNode key) {
    return new RejectedRow(
        suspended.table(),
        operation,
        ExactJson.text(key),
        "the table is suspended: " + suspended.reason());
  }

  private static void emit(
      Layout layout, Operation operation, @Nullable Row old, @Nullable Row after, ChangeSink sink)
      throws UnreadableRow, InterruptedException {
    Row keyed = Objects.requireNonNull(after == null ? old : after);
    ObjectNode key = key(layout, keyed);
    if (layout.suspended != null) {
      throw new UnreadableRow(rejected(layout.suspended, operation.name(), key));
    }
    for (Row row : new @Nullable Row[] {after, old}) {
      if (row != null && row.unreadable != null) {
        throw unreadable(layout, operation, key, row.unreadable);
      }
    }
    if (key.size() < layout.facts.primaryKey().size()) {
      throw unreadable(
          layout,
          operation,
          key,
          "key column %s is not in the row as the log has it"
              .formatted(layout.missing == null ? "" : layout.missing));
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
      Layout layout, Operation operation, ObjectNode key, @Nullable Row old, @Nullable Row after) {
    return new RowChange(
        layout.facts.table(),
        operation,
        key,
        old == null ? null : old.values,
        after == null ? null : after.values,
        after == null ? List.of() : after.unavailable,
        NODE_WEIGHT + (old == null ? 0 : old.weight) + (after == null ? 0 : after.weight));
  }

  private static UnreadableRow unreadable(
      Layout layout, Operation operation, ObjectNode key, String reason) {
    return new UnreadableRow(
        new RejectedRow(layout.facts.table(), operation.name(), ExactJson.text(key), reason));
  }

  private static ObjectNode key(Layout layout, Row row) {
    ObjectNode key = JsonNodeFactory.instance.objectNode();
    for (String column : layout.facts.primaryKey()) {
      JsonNode value = row.values.get(column);
      if (value != null) {
        key.set(column, value);
      }
    }
    return key;
  }

  private static Row row(
      Layout layout, MessageCursor cursor, boolean identityOnly, @Nullable Row old) {
    Row row = new Row();
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
      Row row, Layout layout, MessageCursor cursor, boolean identityOnly, @Nullable Row old) {
    int count = cursor.int16();
    if (count > layout.names.length) {
      throw new CaptureFailure(
          "a row of table %s has %d columns, but the log announced %d"
              .formatted(layout.facts.table(), count, layout.names.length));
    }
    for (int i = 0; i < count; i++) {
      char kind = cursor.character();
      int length = kind == 't' ? cursor.int32() : 0;
      int from = cursor.skip(length);
      PostgresType type = layout.types[i];
      row.hasMore |=
          layout.ofRoot && kind != 'n' && !layout.facts.primaryKey().contains(layout.names[i]);
      if (type == null || (identityOnly && !layout.inIdentity[i])) {
        continue;
      }
      String name = layout.names[i];
      switch (kind) {
        case 't' -> row.add(name, type, cursor.bytes, from, length);
        case 'n' -> row.addNull(name);
        case 'u' -> row.addUnchanged(name, old);
        default ->
            throw new CaptureFailure("the log has a value of the unknown kind '" + kind + "'");
      }
    }
  }

  /** One of which {@link OversizedMessages} has left the beginning. */
  private void tooLarge(Operation operation, MessageCursor cursor, ChangeSink sink) {
    Layout layout = layouts.get(cursor.int32());
    if (layout == null) {
      return;
    }
    Row row = new Row();
    try {
      fill(row, layout, cursor, cursor.character() == 'K', null);
    } catch (IndexOutOfBoundsException e) {
      // it ends within a value; the key may have come before
    }
    sink.reject(
        new RejectedRow(
            layout.facts.table(),
            operation.name(),
            ExactJson.text(key(layout, row)),
            "the row change is larger than %d MB, as text and with the old row, which would fill the memory; give Java more of it, as JAVA_OPTS=-Xmx%dm does, for larger ones"
                .formatted(
                    OversizedMessages.largest() >> 20, Runtime.getRuntime().maxMemory() >> 19)));
  }

  private void truncate(MessageCursor cursor, ChangeSink sink) {
    int count = cursor.int32();
    cursor.int8(); // CASCADE, RESTART IDENTITY
    for (int i = 0; i < count; i++) {
      Layout layout = layouts.get(cursor.int32());
      if (layout == null) {
        continue; // not asked for
      }
      if (layout.suspended != null) {
        sink.reject(rejected(layout.suspended, "TRUNCATE", JsonNodeFactory.instance.objectNode()));
      } else {
        sink.reject(
            new RejectedRow(
                layout.facts.table(),
                "TRUNCATE",
                "{}",
                "TRUNCATE does not say which rows it deleted, so no Deleted events are made;"
                    + " use DELETE where recipients must know"));
      }
    }
  }

  /** A row while it is read. */
  private static final class Row {
    private final ObjectNode values = JsonNodeFactory.instance.objectNode();
    private List<String> unavailable = List.of();
    private @Nullable String unreadable;
    private int weight;

    /**
     * Whether it has any value beside its key, read or not. PostgreSQL logs old rows by the
     * identity of their partition, and marks them by that of the root: one without may say that the
     * rest is null, or not logged.
     */
    private boolean hasMore;

    void add(String column, PostgresType type, byte[] bytes, int from, int length) {
      weight = (int) Math.min(Integer.MAX_VALUE / 4, weight + NODE_WEIGHT + 2L * length);
      try {
        values.set(column, PostgresValueParser.parse(type, bytes, from, length));
      } catch (PostgresValueParser.BadValue e) {
        unreadable = "column " + column + ": " + e.getMessage();
      } catch (RuntimeException e) { // its message may quote the value
        unreadable = "column " + column + ": a value that cannot be read";
      }
    }

    void addNull(String column) {
      weight += NODE_WEIGHT;
      values.set(column, NullNode.getInstance());
    }

    void addUnchanged(String column, @Nullable Row old) {
      JsonNode value = old == null ? null : old.values.get(column);
      if (value != null) {
        values.set(column, value);
        return;
      }
      if (unavailable.isEmpty()) {
        unavailable = new ArrayList<>(2);
      }
      unavailable.add(column);
    }
  }
}
