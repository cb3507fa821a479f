package io.rowhook.capture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.RowChange.Operation;
import io.rowhook.capture.TableFacts.ReplicaIdentity;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the engine reports of a row into a {@link RowChange}. One engine's, so it is used by
 * one thread only.
 */
final class RowReader {

  /** A schema is made anew when its table is altered; nobody alters this often between restarts. */
  private static final int MAX_SCHEMAS = 1_000;

  /** About what a node and its place in an object cost, in bytes. */
  static final int NODE_WEIGHT = 64;

  private final Map<TableId, TableFacts> facts;
  private final IdentityHashMap<Schema, Columns> schemas = new IdentityHashMap<>();

  /** The columns of one version of a table. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never handed out
  private record Columns(String[] names, boolean[] required, boolean[] inIdentity, boolean full) {}

  RowReader(Map<TableId, TableFacts> facts) {
    this.facts = Map.copyOf(facts);
  }

  /** The table of a row, if it is one that was asked for. */
  @Nullable TableFacts table(Struct envelope) {
    Struct source = envelope.getStruct("source");
    return facts.get(new TableId(source.getString("schema"), source.getString("table")));
  }

  /**
   * Reads one row.
   *
   * @throws UnreadableRow if it is no row change, or a value cannot be read
   */
  RowChange read(TableFacts table, Struct envelope) throws UnreadableRow {
    Operation operation =
        switch (envelope.getString("op")) {
          case "c", "r" -> Operation.INSERT;
          case "u" -> Operation.UPDATE;
          case "d" -> Operation.DELETE;
          case "t" ->
              throw new UnreadableRow(
                  new RejectedRow(
                      table.table(),
                      "TRUNCATE",
                      "{}",
                      "TRUNCATE does not say which rows it deleted, so no Deleted events are made;"
                          + " use DELETE where recipients must know"));
          case String other ->
              throw new IllegalStateException("the engine reported an unknown operation " + other);
        };
    Row after = row(table, envelope.getStruct("after"), false);
    Row before =
        operation == Operation.INSERT ? null : row(table, envelope.getStruct("before"), true);
    Row keyed = after == null ? before : after;
    ObjectNode key = key(table, keyed == null ? null : keyed.values);
    int weight = NODE_WEIGHT + weight(before) + weight(after);
    if (after != null && after.unreadable != null) {
      throw unreadable(table, operation, key, after.unreadable);
    }
    if (before != null && before.unreadable != null) {
      throw unreadable(table, operation, key, before.unreadable);
    }
    return new RowChange(
        table.table(),
        operation,
        key,
        before == null ? null : before.values,
        after == null ? null : after.values,
        after == null ? List.of() : after.unavailable,
        weight);
  }

  private static UnreadableRow unreadable(
      TableFacts table, Operation operation, ObjectNode key, String reason) {
    return new UnreadableRow(
        new RejectedRow(table.table(), operation.name(), key.toString(), reason));
  }

  private static int weight(@Nullable Row row) {
    return row == null ? 0 : row.weight;
  }

  private static ObjectNode key(TableFacts table, @Nullable ObjectNode values) {
    ObjectNode key = JsonNodeFactory.instance.objectNode();
    if (values != null) {
      for (String column : table.primaryKey()) {
        JsonNode value = values.get(column);
        if (value != null) {
          key.set(column, value);
        }
      }
    }
    return key;
  }

  private @Nullable Row row(TableFacts table, @Nullable Struct struct, boolean old) {
    if (struct == null) {
      return null;
    }
    Columns columns = columns(table, struct.schema());
    boolean whole = !old || (columns.full && !identityOnly(columns, struct));
    Row row = new Row();
    for (int i = 0; i < columns.names.length; i++) {
      if (whole || columns.inIdentity[i]) {
        row.add(columns.names[i], (String) struct.getWithoutDefault(columns.names[i]));
      }
    }
    return row;
  }

  /**
   * Whether an old row holds the identity's columns only although the table's identity is FULL now:
   * it was not when the row was logged. A column that is NOT NULL gives it away.
   */
  private static boolean identityOnly(Columns columns, Struct old) {
    for (int i = 0; i < columns.names.length; i++) {
      if (columns.required[i] && old.getWithoutDefault(columns.names[i]) == null) {
        return true;
      }
    }
    return false;
  }

  private Columns columns(TableFacts table, Schema schema) {
    Columns known = schemas.get(schema);
    if (known != null) {
      return known;
    }
    if (schemas.size() >= MAX_SCHEMAS) {
      schemas.clear();
    }
    List<Field> fields = schema.fields();
    String[] names = new String[fields.size()];
    boolean[] required = new boolean[fields.size()];
    boolean[] inIdentity = new boolean[fields.size()];
    boolean full = table.identity() == ReplicaIdentity.FULL;
    List<String> identity = full ? table.primaryKey() : table.identityColumns();
    for (Field field : fields) {
      Map<String, String> parameters = field.schema().parameters();
      names[field.index()] = field.name();
      required[field.index()] =
          parameters != null && parameters.containsKey(ColumnConverter.REQUIRED);
      inIdentity[field.index()] = identity.contains(field.name());
    }
    Columns columns = new Columns(names, required, inIdentity, full);
    schemas.put(schema, columns);
    return columns;
  }

  /** A row while it is read. */
  private static final class Row {
    private final ObjectNode values = JsonNodeFactory.instance.objectNode();
    private List<String> unavailable = List.of();
    private @Nullable String unreadable;
    private int weight;

    @SuppressWarnings("ReferenceEquality") // told by identity, so that no row can contain it
    void add(String column, @Nullable String encoded) {
      weight += NODE_WEIGHT;
      if (encoded == null) {
        values.set(column, NullNode.getInstance());
      } else if (encoded == ColumnConverter.UNAVAILABLE) {
        if (unavailable.isEmpty()) {
          unavailable = new ArrayList<>(2);
        }
        unavailable.add(column);
      } else {
        weight = (int) Math.min(Integer.MAX_VALUE / 4, (long) weight + 2L * encoded.length());
        try {
          values.set(column, PostgresText.read(encoded));
        } catch (PostgresText.BadValue e) {
          unreadable = "column " + column + ": " + e.getMessage();
        } catch (RuntimeException e) { // its message may quote the value
          unreadable = "column " + column + ": a value that cannot be read";
        }
      }
    }
  }
}
