package io.rowhook.capture.lookup;

import io.rowhook.capture.RowKey;
import io.rowhook.capture.catalog.TableColumns;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Which keys PostgreSQL calls equal, without a row that has them. */
final class KeyEquality {

  private KeyEquality() {}

  /** The same number for equal keys. */
  static List<Integer> of(
      Connection connection, TableColumns table, List<String> columns, List<RowKey> keys)
      throws SQLException {
    List<String> arrays = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<String> order = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      String collation = table.collations().get(columns.get(i));
      arrays.add("unnest(?::text[]::%s[])".formatted(table.types().get(columns.get(i))));
      names.add("k" + i);
      order.add("k.k" + i + (collation == null ? "" : " COLLATE " + collation));
    }
    String sql =
        "SELECT k.n, dense_rank() OVER (ORDER BY %s) FROM ROWS FROM (%s) WITH ORDINALITY AS k (%s, n)"
            .formatted(
                String.join(", ", order), String.join(", ", arrays), String.join(", ", names));
    List<Integer> classes = new ArrayList<>(Collections.nCopies(keys.size(), 0));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < columns.size(); i++) {
        int column = i;
        String base = table.base(columns.get(i));
        statement.setArray(
            i + 1,
            connection.createArrayOf(
                "text", keys.stream().map(key -> key.sql(column, base)).toArray()));
      }
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          classes.set(row.getInt(1) - 1, row.getInt(2));
        }
      }
    }
    return classes;
  }
}
