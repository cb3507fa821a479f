package io.rowhook.capture.lookup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.RowLookup.Query;
import io.rowhook.capture.SqlCondition;
import io.rowhook.capture.TableId;
import io.rowhook.capture.catalog.TableColumns;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The statement that reads back the rows of some keys, and to which of the keys each row belongs.
 *
 * <p>PostgreSQL alone decides which key a row has: the keys are compared with the type and the
 * collation of the column that they come from, and the result says by its ordinal which one it was.
 * So {@code 'ABC'} finds {@code 'abc'} in a citext, and a {@code char(5)} finds a {@code varchar}.
 * Only named columns are read, and none that PostgreSQL computes, since the log has none of these.
 * One that the role may not read, and that nothing names, is left out: the ERP may have added it.
 * Immutable; any thread.
 */
public final class LookupStatement {

  /** No column of a table has a name like these, but by intent. */
  private static final String ORDINAL = "rowhook.ordinal";

  private static final String MATCHES = "rowhook.matches";

  /** The largest number of each type that a key with a prefix may end in. */
  private static final Map<String, BigInteger> WHOLE_NUMBERS =
      Map.of(
          "smallint", BigInteger.valueOf(Short.MAX_VALUE),
          "integer", BigInteger.valueOf(Integer.MAX_VALUE),
          "bigint", BigInteger.valueOf(Long.MAX_VALUE));

  /** Other types whose values stand after a prefix as PostgreSQL writes them. */
  private static final Set<String> TEXTS = Set.of("text", "character varying", "uuid");

  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,19}");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private final Query query;
  private final List<String> by;
  private final List<String> keyTypes = new ArrayList<>();
  private final List<String> keyBases = new ArrayList<>();
  private final Set<String> hidden;
  private final Set<String> selected;
  private final Set<String> withheld;
  private final String sql;

  /**
   * Makes the statement.
   *
   * @param columns those of the table that is read
   * @param asked those of the table that the keys come from; null: the same table
   * @param whole whether nothing is left out, so that the role must be able to read all
   * @throws SQLException if there is no such column, the only cause being that a table was altered
   */
  LookupStatement(Query query, TableColumns columns, @Nullable TableColumns asked, boolean whole)
      throws SQLException {
    this.query = query;
    this.by = query.key().isEmpty() ? columns.primaryKey() : query.key();
    if (by.isEmpty()) {
      throw new SQLException("table %s has no primary key".formatted(query.table()));
    }
    for (String named : query.columns().named()) {
      type(columns, query.table(), named); // what is excluded by a name that is gone might be read
    }
    Set<String> wanted = wanted(query, columns);
    this.withheld = whole ? Set.of() : withheld(wanted, columns);
    wanted.removeAll(withheld);
    this.selected = wanted;
    this.hidden = Set.of(ORDINAL, MATCHES);
    this.sql = sql(columns, asked == null ? columns : asked);
  }

  /** Whether a key of this type can be told from what stands after a prefix. */
  public static boolean mayFollowPrefix(@Nullable String type) {
    return type != null && (WHOLE_NUMBERS.containsKey(type) || TEXTS.contains(type));
  }

  /** The columns that a query asks for, as far as there are such. */
  static Set<String> wanted(Query query, TableColumns columns) {
    Set<String> wanted = new LinkedHashSet<>(columns.readable());
    wanted.removeIf(name ->
        !query.columns().test(name) || !(query.known().isEmpty() || query.known().contains(name)));
    return wanted;
  }

  private Set<String> withheld(Set<String> wanted, TableColumns columns) {
    Set<String> withheld = new LinkedHashSet<>(wanted);
    withheld.retainAll(columns.closed());
    withheld.removeAll(by);
    withheld.removeAll(query.needed());
    withheld.removeAll(query.columns().include());
    return withheld;
  }

  private String sql(TableColumns columns, TableColumns asked) throws SQLException {
    RowLookup.@Nullable Asked from = query.asked();
    List<String> arrays = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<String> equal = new ArrayList<>();
    for (int i = 0; i < by.size(); i++) {
      TableColumns of = from == null ? columns : asked;
      TableId table = from == null ? query.table() : from.table();
      String column = from == null ? by.get(i) : from.columns().get(i);
      String type = type(of, table, column);
      keyTypes.add(type);
      keyBases.add(of.base(column));
      arrays.add("?::text[]::%s[]".formatted(type));
      names.add("k" + i);
      equal.add(equal(i, columns, of, column));
    }
    names.add("n");
    List<String> outputs = new ArrayList<>();
    outputs.add("k.n AS " + TableId.quote(ORDINAL));
    String table = columns.from(query.table());
    if (!query.condition().isEmpty()) {
      outputs.add("t." + TableId.quote(MATCHES));
      table =
          "(SELECT %s, (%s) IS TRUE AS %s FROM %s)"
              .formatted(
                  Stream.concat(by.stream(), selected.stream())
                      .distinct()
                      .map(TableId::quote)
                      .collect(Collectors.joining(", ")), // the role may have no right to others
                  SqlCondition.prepared(query.condition()),
                  TableId.quote(MATCHES),
                  table);
    }
    for (String column : selected) {
      type(columns, query.table(), column);
      outputs.add("t." + TableId.quote(column));
    }
    return "SELECT %s FROM ROWS FROM (%s) WITH ORDINALITY AS k (%s) JOIN %s t ON %s"
        .formatted(
            String.join(", ", outputs),
            String.join(", ", arrays.stream().map(array -> "unnest(" + array + ")").toList()),
            String.join(", ", names),
            table,
            String.join(" AND ", equal));
  }

  private String equal(int i, TableColumns columns, TableColumns of, String asked)
      throws SQLException {
    String column = by.get(i);
    type(columns, query.table(), column);
    String collation = of.collations().get(asked);
    String operator = columns.equality(column, of, asked);
    String key = "k.k" + i + (collation == null ? "" : " COLLATE " + collation);
    if (!query.prefix().isEmpty()) {
      key = "%s || k.k%d::text".formatted(literal(query.prefix()), i);
      operator = "=";
    }
    return "t.%s %s %s".formatted(TableId.quote(column), operator, key);
  }

  private static String type(TableColumns columns, TableId table, String column)
      throws SQLException {
    String type = columns.types().get(column);
    if (type == null) {
      throw new SQLException("table %s has no column %s".formatted(table, column));
    }
    return type;
  }

  private static String literal(String text) {
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }

  /** With one array of texts for each column of the key. */
  String sql() {
    return sql;
  }

  /** The columns that are read. */
  Set<String> selected() {
    return selected;
  }

  /** The columns that are left out, since the role may not read them. */
  Set<String> withheld() {
    return withheld;
  }

  /** How many columns the key has. */
  int width() {
    return by.size();
  }

  /** One column of the keys, as PostgreSQL reads it; null where such a value cannot be a key. */
  @Nullable String[] argument(List<RowKey> keys, int column) {
    @Nullable String[] texts = new @Nullable String[keys.size()];
    for (int i = 0; i < texts.length; i++) {
      JsonNode value = keys.get(i).values().get(column);
      texts[i] =
          fits(value, keyTypes.get(column)) ? keys.get(i).sql(column, keyBases.get(column)) : null;
    }
    return texts;
  }

  /** A text that names a row by a number names none if it is no number. */
  private static boolean fits(JsonNode value, String type) {
    if (!value.isTextual()) {
      return true;
    }
    BigInteger most = WHOLE_NUMBERS.get(type);
    String text = value.textValue();
    if (most != null) {
      return NUMBER.matcher(text).matches() && new BigInteger(text).abs().compareTo(most) <= 0;
    }
    return !"uuid".equals(type) || UUID.matcher(text).matches();
  }

  /**
   * Puts a row of the result with its key; one that the condition does not hold for is known to be
   * there, and no more.
   */
  void take(ObjectNode row, List<RowKey> keys, Map<RowKey, List<ObjectNode>> found) {
    RowKey key = keys.get(row.path(ORDINAL).intValue() - 1);
    List<ObjectNode> rows = found.computeIfAbsent(key, _ -> new ArrayList<>());
    boolean matches = query.condition().isEmpty() || row.path(MATCHES).booleanValue();
    if (matches) {
      row.remove(hidden);
      rows.add(row);
    }
  }
}
