package io.rowhook.capture.lookup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.RowLookup.Condition;
import io.rowhook.capture.SqlCondition;
import io.rowhook.capture.TableId;
import io.rowhook.capture.catalog.TableColumns;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Has PostgreSQL itself judge conditions on rows of the log: their values get the types and
 * collations of their columns again, so that operators and collations are those that a query on the
 * table would meet. Pure but for the connection.
 */
public final class RowConditions {

  /** A year as ISO 8601 writes it, where PostgreSQL writes another: before Christ, after 9999. */
  private static final Pattern FAR_YEAR =
      Pattern.compile("([+-]|(?=0000))([0-9]{4,})(-[0-9]{2}-[0-9]{2}.*)");

  /** By their names in {@code pg_catalog}. */
  private static final Set<String> DATES = Set.of("date", "timestamp", "timestamptz");

  /** Types whose values are sent in a form that PostgreSQL does not read. */
  private static final Set<String> UNREADABLE = Set.of("bytea", "money", "hstore", "xml", "array");

  private RowConditions() {}

  /**
   * True if what is sent of a column can be turned into its value again.
   *
   * @param base see {@link TableColumns#bases}
   */
  public static boolean canBeJudged(String base) {
    return !UNREADABLE.contains(base);
  }

  static BitSet matching(
      Connection connection, TableColumns columns, Condition condition, List<ObjectNode> images)
      throws SQLException {
    BitSet matching = new BitSet(images.size());
    if (images.isEmpty()) {
      return matching;
    }
    String[] rows = new String[images.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = row(images.get(i), columns, condition.columns()).toString();
    }
    try (PreparedStatement statement = connection.prepareStatement(sql(condition, columns))) {
      statement.setArray(1, connection.createArrayOf("text", rows));
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          matching.set(result.getInt(1) - 1);
        }
      }
    }
    return matching;
  }

  /** Gives the ordinals of the rows that it holds for; the rows are one array of JSON texts. */
  public static String sql(Condition condition, TableColumns columns) {
    List<String> typed = new ArrayList<>();
    for (String name : condition.columns()) {
      String collation = columns.collations().get(name);
      typed.add(
          TableId.quote(name)
              + " "
              + columns.types().get(name)
              + (collation == null ? "" : " COLLATE " + collation));
    }
    if (typed.isEmpty()) {
      typed.add("\"rowhook.none\" int");
    }
    return """
    SELECT "rowhook.n" FROM unnest(?::text[]) WITH ORDINALITY AS "rowhook.rows" ("rowhook.row", "rowhook.n"),
      LATERAL json_to_record("rowhook.row"::json) AS %s (%s) WHERE (%s)\
    """
        .formatted(
            TableId.quote(condition.table().name()),
            String.join(", ", typed),
            SqlCondition.prepared(condition.sql()));
  }

  private static ObjectNode row(ObjectNode image, TableColumns columns, List<String> wanted) {
    ObjectNode row = Json.MAPPER.createObjectNode();
    for (String name : wanted) {
      JsonNode value = image.get(name);
      if (value != null) {
        if (value.isTextual() && DATES.contains(columns.base(name))) {
          row.put(name, date(value.textValue()));
        } else {
          row.set(name, value);
        }
      }
    }
    return row;
  }

  /**
   * A text that was sent, as PostgreSQL reads it.
   *
   * @param base see {@link TableColumns#bases}
   */
  public static String text(String sent, String base) {
    return DATES.contains(base) ? date(sent) : sent;
  }

  /** ISO 8601's year 0 is PostgreSQL's 1 BC. */
  private static String date(String text) {
    Matcher far = FAR_YEAR.matcher(text);
    if (!far.matches()) {
      return text;
    }
    if ("+".equals(far.group(1))) {
      return far.group(2) + far.group(3);
    }
    long year = Long.parseLong(far.group(2)) + 1;
    return "%04d%s BC".formatted(year, far.group(3));
  }
}
