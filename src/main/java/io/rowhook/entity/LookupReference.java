package io.rowhook.entity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.TableId;
import java.util.List;
import java.util.Optional;

/**
 * A row that an entity, a part of it, or another such row names: looked up and embedded. A change
 * to that row is no event of the entity.
 *
 * @param name the attribute that it is under: {@code customer}; that of its key column takes the
 *     place of the plain value
 * @param table its
 * @param key the columns that name it, by {@code to} and in its order
 * @param to columns of that row; empty: its primary key
 * @param prefix stands before the other row's key in the one column of {@code key}; a value with
 *     another one names nothing; empty: none
 * @param attributes which of its columns are embedded
 * @param where an SQL condition; a row that it does not hold for does not exist for us; empty: none
 * @param references rows that it names itself
 */
public record LookupReference(
    String name,
    TableId table,
    List<String> key,
    List<String> to,
    String prefix,
    ColumnFilter attributes,
    String where,
    List<LookupReference> references) {

  public LookupReference {
    key = List.copyOf(key);
    to = List.copyOf(to);
    references = List.copyOf(references);
  }

  /** By the plain values of its key. */
  public LookupReference(String name, TableId table, List<String> key, List<String> attributes) {
    this(name, table, key, List.of(), "", ColumnFilter.only(attributes), "", List.of());
  }

  /** Whether it takes the place of the column that names it. */
  public boolean replacesItsKey() {
    return key.contains(name);
  }

  /** The key of the row that a row names; empty where it names none. */
  public Optional<RowKey> named(ObjectNode row) {
    if (prefix.isEmpty()) {
      return RowKey.of(row, key);
    }
    return rest(row.get(key.getFirst()), prefix).map(rest -> RowKey.of(TextNode.valueOf(rest)));
  }

  /** What stands after the prefix. */
  public static Optional<String> rest(
      @org.jspecify.annotations.Nullable JsonNode value, String prefix) {
    if (value == null || !value.isTextual() || !value.textValue().startsWith(prefix)) {
      return Optional.empty();
    }
    String rest = value.textValue().substring(prefix.length());
    return rest.isEmpty() ? Optional.empty() : Optional.of(rest);
  }
}
