package io.rowhook.capture.checks;

import io.rowhook.capture.TableId;
import io.rowhook.capture.catalog.TableColumns;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether a column of one table can name rows of another by a column there: by their types. */
final class KeyTypes {

  /**
   * Those of which what is sent is not what PostgreSQL reads, or is not all of it: a {@code timetz}
   * is sent without its zone, an array without its bounds. By {@link TableColumns#bases}.
   */
  private static final Set<String> NO_KEYS = Set.of("bytea", "hstore", "array", "record", "timetz");

  /** Those of which two that differ can be the same as sent. */
  private static final Set<String> NO_IDS = Set.of("array", "timetz");

  private KeyTypes() {}

  /** Those of some columns that rows cannot be told by. */
  static List<String> ambiguous(TableColumns columns, List<String> key) {
    return key.stream().filter(name -> NO_IDS.contains(columns.base(name))).toList();
  }

  /**
   * What is wrong, as a whole sentence. PostgreSQL itself says whether it compares the two; it is
   * asked without reading anything.
   */
  static Optional<String> problem(
      Connection connection,
      TableId from,
      TableColumns fromColumns,
      String column,
      TableId to,
      TableColumns toColumns,
      String target)
      throws SQLException {
    String one = fromColumns.types().getOrDefault(column, "");
    String other = toColumns.types().getOrDefault(target, "");
    if (NO_KEYS.contains(toColumns.base(target))) {
      return Optional.of(noKey(target, to, other));
    }
    if (NO_KEYS.contains(fromColumns.base(column))) {
      return Optional.of(noKey(column, from, one));
    }
    String sql =
        "SELECT NULL::%s %s NULL::%s"
            .formatted(other, toColumns.equality(target, fromColumns, column), one);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.getMetaData();
      return Optional.empty();
    } catch (SQLException e) {
      String state = String.valueOf(e.getSQLState());
      if (state.equals("42501")) { // insufficient_privilege: on the schema that a type stands in
        return Optional.of(
            "the types of column %s of %s (%s) and column %s of %s (%s) cannot be compared: %s. Have the schema's owner run GRANT USAGE ON SCHEMA ... for database.user"
                .formatted(column, from, one, target, to, other, e.getMessage()));
      }
      if (!state.startsWith("42")) {
        throw e;
      }
      return Optional.of(
          "column %s of %s is %s, but %s of %s, which it names, is %s, and PostgreSQL does not compare the two. Name a column of that type, or run ALTER TABLE %s ALTER COLUMN %s TYPE %s USING %s::%s;"
              .formatted(
                  column,
                  from,
                  one,
                  target,
                  to,
                  other,
                  from.quoted(),
                  TableId.quote(column),
                  other,
                  TableId.quote(column),
                  other));
    }
  }

  private static String noKey(String column, TableId table, String type) {
    return "column %s of %s is a %s, by which rows cannot be looked up"
        .formatted(column, table, type);
  }
}
