package io.rowhook.capture;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a table's rows that come next, in their order.
 *
 * @param key its columns, in the order of the key
 * @param condition SQL on the row; empty: all rows
 * @param after those that come after this one; null: from the first
 * @param limit at most so many
 */
public record KeyRange(
    TableId table, List<String> key, String condition, @Nullable RowKey after, int limit) {
  public KeyRange {
    key = List.copyOf(key);
  }
}
