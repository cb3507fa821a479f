package io.rowhook.journal;

import io.rowhook.entity.IndexedValue;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds events by the values of columns that their entities index: by the first of the columns from
 * its index, of what that finds by the others. Immutable.
 */
final class IndexedEvents {

  /** Which of the entities have such a column. */
  private static final String COLUMNS =
      "SELECT id FROM indexed_column WHERE name = ? AND (? IS NULL OR entity_type = ?)";

  private static final String BY_VALUE =
      "SELECT x.sequence FROM indexed_value x INDEXED BY indexed_value_found"
          + " CROSS JOIN event e ON e.sequence = x.sequence"
          + " WHERE x.column_id = ? AND x.value = ? AND x.sequence <= ? AND x.sequence >= ?"
          + " AND (? IS NULL OR e.entity_id = ?) AND e.committed_at >= ? AND e.committed_at < ?";

  private static final String ALSO =
      " AND EXISTS (SELECT 1 FROM indexed_value y JOIN indexed_column c ON c.id = y.column_id"
          + " WHERE y.sequence = x.sequence AND c.name = ? AND y.value = ?)";

  private static final String NEWEST_FIRST = " ORDER BY x.sequence DESC LIMIT ?";

  private final List<IndexedValue> values;
  private final DeliveryFilter filter;

  /**
   * @param columns the value of each, at least one
   */
  IndexedEvents(Map<String, String> columns, DeliveryFilter filter) {
    values =
        columns.entrySet().stream()
            .map(column -> new IndexedValue(column.getKey(), column.getValue()))
            .toList();
    this.filter = filter;
  }

  /** The whole question about one column. */
  String question(String more) {
    return BY_VALUE + ALSO.repeat(values.size() - 1) + more + NEWEST_FIRST;
  }

  /**
   * The sequences of those up to a sequence, the newest first.
   *
   * @param more what else must hold for event {@code e}, in SQL; may be empty
   * @param moreValues of its question marks
   */
  List<Long> find(
      SqliteSession sql, long most, int limit, String more, @Nullable Object... moreValues)
      throws SQLException {
    IndexedValue first = values.getFirst();
    List<Long> found = new ArrayList<>();
    for (long column :
        sql.list(
            COLUMNS,
            row -> row.getLong(1),
            first.column(),
            filter.entityType(),
            filter.entityType())) {
      List<@Nullable Object> asked = new ArrayList<>();
      asked.add(column);
      asked.add(first.value());
      asked.add(Math.min(most, filter.end()));
      asked.add(filter.start() + 1);
      asked.add(filter.entityId());
      asked.add(filter.entityId());
      asked.add(filter.from() == null ? Long.MIN_VALUE : TimeColumns.micros(filter.from()));
      asked.add(filter.to() == null ? Long.MAX_VALUE : TimeColumns.micros(filter.to()));
      for (IndexedValue other : values.subList(1, values.size())) {
        asked.add(other.column());
        asked.add(other.value());
      }
      asked.addAll(Arrays.asList(moreValues));
      asked.add(limit);
      found.addAll(sql.list(question(more), row -> row.getLong(1), asked.toArray()));
    }
    found.sort(Comparator.reverseOrder());
    return found.subList(0, Math.min(limit, found.size()));
  }
}
