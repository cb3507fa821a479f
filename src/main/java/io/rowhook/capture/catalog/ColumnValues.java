package io.rowhook.capture.catalog;

import io.rowhook.capture.TableId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which values a column may have, by its table's or its domain's checks. */
final class ColumnValues {

  /** Checks of one column; a domain's hold for each column of that type. */
  private static final String CHECKS =
      """
      SELECT a.attrelid::int8, a.attname, pg_get_constraintdef(k.oid)
        FROM pg_constraint k
             JOIN pg_attribute a ON k.conrelid <> 0 AND a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
                                 OR k.contypid <> 0 AND a.atttypid = k.contypid
       WHERE k.contype = 'c' AND a.attnum > 0 AND NOT a.attisdropped AND coalesce(cardinality(k.conkey), 1) = 1
       ORDER BY k.oid
      """;

  private static final Pattern ONE_OF = Pattern.compile("= ANY|( OR )|= '");
  private static final Pattern LITERAL = Pattern.compile("'((?:[^']|'')*)'::");
  private static final int FEW = 12;

  private final Connection connection;

  ColumnValues(Connection connection) {
    this.connection = connection;
  }

  /**
   * Reads them; nothing where a table is locked, since a check's text waits for that.
   *
   * @param names of the tables by OID
   */
  Map<TableId, Map<String, List<String>>> read(Map<Long, TableId> names) throws SQLException {
    Map<TableId, Map<String, List<String>>> few = new HashMap<>();
    Savepoint before = connection.setSavepoint();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(CHECKS)) {
      while (row.next()) {
        TableId table = names.get(row.getLong(1));
        List<String> values = values(row.getString(3));
        if (table != null && values.size() > 1 && values.size() <= FEW) {
          few.computeIfAbsent(table, _ -> new HashMap<>()).putIfAbsent(row.getString(2), values);
        }
      }
    } catch (SQLException e) {
      connection.rollback(before);
    }
    return few;
  }

  /** The texts that {@code CHECK ((status = ANY (ARRAY['open'::text, 'paid'::text])))} allows. */
  static List<String> values(String check) {
    List<String> values = new ArrayList<>();
    if (ONE_OF.matcher(check).find() && !check.contains("~") && !check.contains("<")) {
      Matcher literal = LITERAL.matcher(check);
      while (literal.find()) {
        String value = literal.group(1).replace("''", "'");
        if (!values.contains(value)) {
          values.add(value);
        }
      }
    }
    return values;
  }
}
