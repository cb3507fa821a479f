package io.rowhook.capture.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row while it is read: what PostgreSQL calls TupleData. Used by one thread. */
final class TupleData {
  final ObjectNode values = JsonNodeFactory.instance.objectNode();
  List<String> unavailable = List.of();
  @Nullable String unreadable;
  int weight;

  /**
   * Whether it has any value beside its key, read or not. PostgreSQL logs old rows by the identity
   * of their partition, and marks them by that of the root: one without may say that the rest is
   * null, or not logged.
   */
  boolean hasMore;

  void add(String column, PostgresType type, byte[] bytes, int from, int length) {
    weight =
        (int)
            Math.min(
                Integer.MAX_VALUE / 4, weight + RowChangeDeserializer.NODE_WEIGHT + 2L * length);
    try {
      values.set(column, PostgresValueParser.parse(type, bytes, from, length));
    } catch (PostgresValueParser.BadValueException e) {
      unreadable = "column " + column + ": " + e.getMessage();
    } catch (RuntimeException e) { // its message may quote the value
      unreadable = "column " + column + ": a value that cannot be read";
    }
  }

  void addNull(String column) {
    weight += RowChangeDeserializer.NODE_WEIGHT;
    values.set(column, NullNode.getInstance());
  }

  void addUnchanged(String column, @Nullable TupleData old) {
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
