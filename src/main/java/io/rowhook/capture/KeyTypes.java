package io.rowhook.capture;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/** Whether a column of one table can name rows of another by a column there: by their types. */
final class KeyTypes {

  /** Those whose text in an event is not what PostgreSQL reads; so are arrays. */
  private static final Set<String> NO_KEYS = Set.of("bytea", "hstore");

  private KeyTypes() {}

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
    if (NO_KEYS.contains(other) || other.endsWith("[]")) {
      return Optional.of(
          "column %s of %s is a %s, by which rows cannot be looked up"
              .formatted(target, to, other));
    }
    String sql = "SELECT NULL::%s = NULL::%s".formatted(other, one);
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
}
