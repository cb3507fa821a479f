package io.rowhook.capture.lookup;

import io.rowhook.capture.KeyRange;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.SqlCondition;
import io.rowhook.capture.TableId;
import io.rowhook.capture.catalog.TableColumns;
import io.rowhook.capture.decode.TypeCatalog;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Reads the keys of a table page by page, by the key's index; PostgreSQL alone orders them. */
final class KeyPage {

  /** A condition without an index may look at the whole table. */
  private static final String LIMIT = "SET LOCAL statement_timeout = '5min'";

  private KeyPage() {}

  /** Reads one; ends with the reading that it is part of. */
  static List<RowKey> read(
      Connection connection, TypeCatalog types, TableColumns columns, KeyRange range)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(LIMIT);
      if (columns.policed()) {
        statement.execute("SET LOCAL row_security = on");
      }
    }
    List<RowKey> keys = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql(columns, range))) {
      RowKey after = range.after();
      for (int i = 0; after != null && i < range.key().size(); i++) {
        statement.setString(i + 1, after.sql(i, columns.base(range.key().get(i))));
      }
      try (ResultSet rows = statement.executeQuery()) {
        RowResultReader reader = new RowResultReader(types, rows);
        while (reader.next()) {
          RowKey.of(reader.row(), range.key()).ifPresent(keys::add);
        }
      }
    }
    return keys;
  }

  private static String sql(TableColumns columns, KeyRange range) throws SQLException {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (String column : range.key()) {
      String type = columns.types().get(column);
      if (type == null) {
        throw new SQLException("table %s has no column %s".formatted(range.table(), column));
      }
      names.add(TableId.quote(column));
      values.add("?::text::" + type);
    }
    String key = String.join(", ", names);
    List<String> conditions = new ArrayList<>();
    if (!range.condition().isEmpty()) {
      conditions.add("(" + SqlCondition.prepared(range.condition()) + ")");
    }
    if (range.after() != null) {
      conditions.add("(%s) > (%s)".formatted(key, String.join(", ", values)));
    }
    return "SELECT %s FROM %s%s ORDER BY %s LIMIT %d"
        .formatted(
            key,
            columns.from(range.table()),
            conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions),
            key,
            range.limit());
  }
}
