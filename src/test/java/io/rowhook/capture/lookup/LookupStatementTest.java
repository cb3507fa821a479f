package io.rowhook.capture.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup.Asked;
import io.rowhook.capture.RowLookup.Query;
import io.rowhook.capture.RowLookup.Rows;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.TableId;
import io.rowhook.testing.SourceDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which rows belong to a key is for PostgreSQL to say. */
class LookupStatementTest {

  private static SourceDatabase database;
  private static JdbcRowLookup rows;

  @BeforeAll
  static void start() throws Exception {
    database = SourceDatabase.start();
    database.execute(
        "CREATE EXTENSION citext",
        "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
        "CREATE DOMAIN number AS numeric(9,2)",
        "CREATE TABLE parent (c citext PRIMARY KEY, ch char(5), v varchar(9), ci text COLLATE ci,"
            + " i int, n numeric, d number, g text GENERATED ALWAYS AS (v || '!') STORED)",
        "INSERT INTO parent (c, ch, v, ci, i, n, d) VALUES ('ABC', 'ab', 'ab', 'Ab', 1, 1.00, 1)",
        "CREATE TABLE child (id int PRIMARY KEY, c citext, ch char(7), v varchar(9), ci text, i int,"
            + " n numeric, d number, origin text)",
        "INSERT INTO child VALUES (1, 'abc', 'ab', 'ab', 'aB', 1, 1.0, 1, 'parent,1')");
    rows = new JdbcRowLookup(SourceConfig.of(database.connectorProperties(), "source.properties"));
  }

  @AfterAll
  static void stop() {
    rows.close();
    database.close();
  }

  private static Map<RowKey, List<ObjectNode>> read(Query query, String... keys) {
    List<RowKey> asked = new ArrayList<>();
    for (String key : keys) {
      asked.add(RowKey.parse(key));
    }
    return rows.read(Set.of(), true, snapshot -> snapshot.rows(query, asked)).found();
  }

  private static Query query(String table, String column, String from, String of, String only) {
    return new Query(
        TableId.parse(table),
        List.of(column),
        ColumnFilter.only(List.of(only)),
        List.of(),
        new Asked(TableId.parse(from), List.of(of)),
        "",
        "");
  }

  @Test
  void onlyWhatIsSentIsReadAlsoForACondition() throws Exception {
    database.execute(
        "CREATE ROLE narrow LOGIN PASSWORD 'narrow'", "GRANT SELECT (id, v, i) ON child TO narrow");
    Map<String, String> login = database.connectorProperties("narrow");
    Query query =
        new Query(
            TableId.parse("public.child"),
            List.of("id"),
            ColumnFilter.only(List.of("v")),
            List.of(),
            null,
            "",
            "i = 1");
    try (JdbcRowLookup narrow = new JdbcRowLookup(SourceConfig.of(login, "source.properties"))) {
      Rows read =
          narrow.read(
              Set.of(), true, snapshot -> snapshot.rows(query, List.of(RowKey.parse("[1]"))));
      assertThat(read.unread()).isEmpty();
      assertThat(read.found().values()).hasToString("[[{\"v\":\"ab\"}]]");
    }
  }

  /** For what has to be complete, as a resync, a column that may not be read is not left out. */
  @Test
  void aColumnThatMayNotBeReadIsLeftOutButWhereAllIsWanted() throws Exception {
    database.execute(
        "CREATE ROLE slim LOGIN PASSWORD 'slim'", "GRANT SELECT (id, v) ON child TO slim");
    SourceConfig login = SourceConfig.of(database.connectorProperties("slim"), "source.properties");
    Query query =
        new Query(
            TableId.parse("public.child"),
            List.of("id"),
            ColumnFilter.ALL,
            List.of("id", "v", "i"),
            null,
            "",
            "");
    RowKey one = RowKey.parse("[1]");
    try (JdbcRowLookup some = new JdbcRowLookup(login);
        JdbcRowLookup whole = JdbcRowLookup.whole(login)) {
      Rows read = some.read(Set.of(), true, snapshot -> snapshot.rows(query, List.of(one)));
      assertThat(read.found().values()).hasToString("[[{\"id\":1,\"v\":\"ab\"}]]");
      assertThat(read.withheld()).containsExactly("i");
      Rows unread = whole.read(Set.of(), true, snapshot -> snapshot.rows(query, List.of(one)));
      assertThat(unread.found()).isEmpty();
      assertThat(unread.unread().values())
          .singleElement()
          .asString()
          .endsWith("run GRANT SELECT (\"i\") ON \"public\".\"child\" TO \"slim\";");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "c, abc, c, ABC",
    "ch, 'ab     ', v, ab",
    "v, ab, ch, 'ab   '",
    "ch, 'ab     ', ch, 'ab   '",
    "ci, aB, ci, Ab",
    "i, 1, n, 1.00",
    "n, 1.0, d, 1.00",
    "d, 1.00, i, 1",
  })
  @Tag("regression-key-equality")
  void theKeysOfTwoTablesAreEqualWherePostgresqlSaysSo(
      String child, String childKey, String parent, String parentKey) {
    String quote = "1".equals(childKey.substring(0, 1)) ? "" : "\"";
    String down = "[" + quote + parentKey + quote + "]";
    String up = "[" + quote + childKey + quote + "]";

    assertThat(read(query("child", child, "parent", parent, "id"), down))
        .containsOnlyKeys(RowKey.parse(down));
    assertThat(read(query("parent", parent, "child", child, "v"), up))
        .containsOnlyKeys(RowKey.parse(up));
  }

  @Test
  void twoSpellingsOfOneKeyBothFindTheRow() {
    Query query = query("parent", "c", "child", "c", "c");

    assertThat(read(query, "[\"abc\"]", "[\"aBc\"]", "[\"x\"]").toString())
        .isEqualTo("{RowKey=[{\"c\":\"ABC\"}], RowKey=[{\"c\":\"ABC\"}]}");
  }

  @Test
  void whatPostgresqlComputesIsNotRead() {
    Query all =
        new Query(TableId.parse("parent"), List.of(), ColumnFilter.without(List.of("c", "ci")));

    assertThat(read(all, "[\"abc\"]").values().iterator().next().getFirst().fieldNames())
        .toIterable()
        .containsExactly("ch", "v", "i", "n", "d");
  }

  @Test
  void aKeyMayHaveAPrefixOnEitherSide() {
    TableId child = TableId.parse("child");
    Asked parent = new Asked(TableId.parse("parent"), List.of("i"));
    Query parts =
        new Query(
            child,
            List.of("origin"),
            ColumnFilter.only(List.of("id")),
            List.of(),
            parent,
            "parent,",
            "");
    assertThat(read(parts, "[1]", "[2]").toString()).isEqualTo("{RowKey=[{\"id\":1}]}");

    Query named = new Query(TableId.parse("parent"), List.of("i"), ColumnFilter.only(List.of("v")));
    assertThat(read(named, "[\"1\"]", "[\"x\"]", "[\"99999999999\"]").toString())
        .isEqualTo("{RowKey=[{\"v\":\"ab\"}]}");
  }

  @Test
  void aRowThatDoesNotMeetTheConditionIsKnownToBeThere() {
    Query query =
        new Query(
            TableId.parse("parent"),
            List.of(),
            ColumnFilter.ALL,
            List.of("v"),
            null,
            "",
            "i = 2 OR NULL");

    Map<RowKey, List<ObjectNode>> found = read(query, "[\"abc\"]", "[\"x\"]");

    assertThat(found.toString()).isEqualTo("{RowKey=[]}");
  }
}
