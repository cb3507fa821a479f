package io.rowhook.entity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.RowChange.Operation;
import io.rowhook.capture.TableId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Row changes as the log would give them, from JSON in single quotes.
 *
 * @param keys the primary key of each table that is told by another column than {@code id}
 */
public record RowChanges(Map<TableId, List<String>> keys) {

  public RowChange insert(TableId table, String after) {
    return change(table, Operation.INSERT, null, tree(after), List.of());
  }

  public RowChange update(TableId table, @Nullable String before, String after) {
    return update(table, before, after, List.of());
  }

  RowChange update(TableId table, @Nullable String before, String after, List<String> unavailable) {
    ObjectNode old = before == null ? null : tree(before);
    return change(table, Operation.UPDATE, old, tree(after), unavailable);
  }

  public RowChange delete(TableId table, String before) {
    return change(table, Operation.DELETE, tree(before), null, List.of());
  }

  private RowChange change(
      TableId table,
      Operation operation,
      @Nullable ObjectNode before,
      @Nullable ObjectNode after,
      List<String> unavailable) {
    ObjectNode keyed = after == null ? before : after;
    ObjectNode key = Json.MAPPER.createObjectNode();
    if (keyed != null) {
      keys.getOrDefault(table, List.of("id")).forEach(name -> key.set(name, keyed.get(name)));
    }
    int weight = (before + "" + after).length();
    return new RowChange(table, operation, key, before, after, unavailable, weight);
  }

  static ObjectNode tree(String text) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(quoted(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String quoted(String text) {
    return text.replace('\'', '"');
  }
}
