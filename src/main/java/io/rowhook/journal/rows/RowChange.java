package io.rowhook.journal.rows;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What has become of one row.
 *
 * @param key the values of its primary key, in order
 * @param row its values by column, those that are null left out; null: it is gone
 */
public record RowChange(SharedTable table, List<Object> key, @Nullable Map<String, Object> row) {

  boolean isRemoval() {
    return row == null;
  }

  /** The number of the recipient that it belongs to, where the table's rows belong to one. */
  public long recipient() {
    return ((Number) key.getFirst()).longValue();
  }
}
