package io.rowhook.capture.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceValidator;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableProblem;
import io.rowhook.capture.TableRequirement;
import io.rowhook.testing.SourceDatabase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rows that are looked up must be seen, and keys must be such as PostgreSQL compares. */
@Tag("slow")
final class ReadAccessValidatorTest {

  private static final TableId ORDER = TableId.parse("orders");
  private static final String PLACE = "entities.yaml: Order.refers.x";

  @SuppressWarnings("NullAway.Init")
  private SourceDatabase database;

  @BeforeEach
  void startDatabase() {
    database = SourceDatabase.start();
    database.execute(
        "CREATE ROLE narrow LOGIN REPLICATION",
        "CREATE SCHEMA crm",
        "CREATE TABLE crm.customer (id int PRIMARY KEY, name text, secret text)",
        "CREATE TABLE orders (id int PRIMARY KEY, customer int)",
        "GRANT SELECT ON orders TO narrow",
        "CREATE PUBLICATION rowhook FOR TABLE orders");
  }

  @AfterEach
  void stopDatabase() {
    database.close();
  }

  private List<String> problems(TableRequirement... requirements) {
    SourceValidator.Checked checked =
        SourceValidator.look(
            SourceConfig.of(
                new HashMap<>(database.connectorProperties("narrow")), "source.properties"),
            List.of(new CapturedTable(ORDER, List.of(), List.of(requirements))));
    assertThat(checked.problems()).isEmpty();
    assertThat(checked.suspended()).isEmpty(); // what is in the log can be told
    return checked.tableProblems().stream().map(TableProblem::text).toList();
  }

  private static TableRequirement customer(String... attributes) {
    return reference("customer", "crm.customer", attributes);
  }

  private static TableRequirement reference(String key, String to, String... attributes) {
    return new TableRequirement.Reference(
        PLACE, "x", List.of(key), TableId.parse(to), List.of(attributes));
  }

  @Test
  void rightsOnSchemaTableAndColumns() {
    assertThat(problems(customer())).as("all that is missing at once").hasSize(2);
    database.execute("GRANT SELECT ON crm.customer TO narrow");
    assertThat(problems(customer()))
        .containsExactly(
            PLACE
                + ": database.user 'narrow' may not use schema crm, in which rows of crm.customer are looked up. Run GRANT USAGE ON SCHEMA \"crm\" TO \"narrow\";");
    database.execute(
        "GRANT USAGE ON SCHEMA crm TO narrow",
        "REVOKE SELECT ON crm.customer FROM narrow",
        "GRANT SELECT (id, name) ON crm.customer TO narrow");
    assertThat(problems(customer("name"))).isEmpty();
    assertThat(problems(customer()))
        .containsExactly(
            PLACE
                + ": database.user 'narrow' may not read crm.customer, whose rows are looked up (columns secret). Run GRANT SELECT ON \"crm\".\"customer\" TO \"narrow\";");
    database.execute("ALTER TABLE crm.customer ADD loyalty text");
    assertThat(
            problems(
                new TableRequirement.Reference(
                    PLACE,
                    "x",
                    List.of("customer"),
                    List.of(),
                    "",
                    TableId.parse("crm.customer"),
                    ColumnFilter.without(List.of("secret")),
                    "",
                    List.of())))
        .as("others stay closed")
        .containsExactly(
            PLACE
                + ": database.user 'narrow' may not read crm.customer, whose rows are looked up (columns loyalty). Run GRANT SELECT (\"loyalty\") ON \"crm\".\"customer\" TO \"narrow\";");
  }

  @Test
  void rowSecurityThatHidesRowsIsRefused() {
    database.execute(
        "GRANT USAGE ON SCHEMA crm TO narrow",
        "GRANT SELECT ON crm.customer TO narrow",
        "ALTER TABLE crm.customer ENABLE ROW LEVEL SECURITY");
    String refused =
        PLACE
            + ": row-level security of crm.customer would hide rows from database.user 'narrow' when they are looked up. Run ALTER ROLE \"narrow\" BYPASSRLS; or CREATE POLICY rowhook ON \"crm\".\"customer\" FOR SELECT TO \"narrow\" USING (true);";
    assertThat(problems(customer())).containsExactly(refused);
    database.execute("CREATE POLICY few ON crm.customer USING (id < 5)");
    assertThat(problems(customer())).containsExactly(refused);
    database.execute("CREATE POLICY others ON crm.customer TO postgres USING (true)");
    assertThat(problems(customer())).containsExactly(refused);
    database.execute("CREATE POLICY rowhook ON crm.customer FOR SELECT TO narrow USING (true)");
    assertThat(problems(customer())).isEmpty();
    database.execute("CREATE POLICY fewer ON crm.customer AS RESTRICTIVE USING (id < 5)");
    assertThat(problems(customer())).containsExactly(refused);
    database.execute("ALTER ROLE narrow BYPASSRLS");
    assertThat(problems(customer())).isEmpty();
    database.execute(
        "ALTER ROLE narrow NOBYPASSRLS",
        "ALTER TABLE crm.customer OWNER TO narrow",
        "GRANT USAGE ON SCHEMA crm TO narrow");
    assertThat(problems(customer())).isEmpty();
    database.execute("ALTER TABLE crm.customer FORCE ROW LEVEL SECURITY");
    assertThat(problems(customer()))
        .containsExactly(
            refused
                + " or, as the table is its own, ALTER TABLE \"crm\".\"customer\" NO FORCE ROW LEVEL SECURITY;");
  }

  /** It is switched on while rows are looked up: none is taken for missing. */
  @Test
  void rowSecurityThatComesLaterHidesNothing() {
    database.execute(
        "GRANT USAGE ON SCHEMA crm TO narrow",
        "GRANT SELECT ON crm.customer TO narrow",
        "INSERT INTO crm.customer VALUES (1, 'Ada', 'x')");
    RowKey ada = RowKey.parse("[1]");
    RowLookup.Query query =
        new RowLookup.Query(TableId.parse("crm.customer"), List.of(), ColumnFilter.ALL);
    try (JdbcRowLookup rows =
        new JdbcRowLookup(
            SourceConfig.of(database.connectorProperties("narrow"), "source.properties"))) {
      assertThat(read(rows, query, ada).found()).containsOnlyKeys(ada);
      database.execute("ALTER TABLE crm.customer ENABLE ROW LEVEL SECURITY");
      RowLookup.Rows hidden = read(rows, query, ada);
      assertThat(hidden.unread()).containsOnlyKeys(ada);
    }
    try (JdbcRowLookup rows =
        new JdbcRowLookup(
            SourceConfig.of(database.connectorProperties("narrow"), "source.properties"))) {
      database.execute("CREATE POLICY rowhook ON crm.customer FOR SELECT TO narrow USING (true)");
      assertThat(read(rows, query, ada).found()).containsOnlyKeys(ada);
    }
  }

  private static RowLookup.Rows read(JdbcRowLookup rows, RowLookup.Query query, RowKey key) {
    return rows.read(Set.of(), true, snapshot -> snapshot.rows(query, List.of(key)));
  }

  /** Each key as it is told by an int, a text, a uuid: PostgreSQL decides what it compares. */
  @Test
  void keysThatPostgresqlComparesAndOthers() {
    database.execute(
        "CREATE EXTENSION citext",
        "CREATE DOMAIN strict AS int NOT NULL",
        "CREATE TYPE mood AS ENUM ('good')",
        "CREATE TABLE numbered (id int PRIMARY KEY)",
        "CREATE TABLE wide (id bigint PRIMARY KEY)",
        "CREATE TABLE named (id text PRIMARY KEY)",
        "CREATE TABLE coded (id char(5) PRIMARY KEY)",
        "CREATE TABLE marked (id uuid PRIMARY KEY)",
        "CREATE TABLE listed (id int[] PRIMARY KEY)",
        "ALTER TABLE orders ADD i int, ADD n numeric, ADD t text, ADD v varchar(9), ADD c char(3),"
            + " ADD u uuid, ADD ci citext, ADD s strict DEFAULT 1, ADD m mood, ADD d date",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO narrow");
    Map<String, String> compared =
        Map.of(
            "numbered", "i n s",
            "wide", "i n s",
            "named", "t v c ci",
            "coded", "t v c ci",
            "marked", "u");
    compared.forEach((to, columns) -> {
      for (String column : List.of("i", "n", "t", "v", "c", "u", "ci", "s", "m", "d")) {
        boolean good = List.of(columns.split(" ")).contains(column);
        assertThat(problems(reference(column, to)))
            .as("%s to %s", column, to)
            .hasSize(good ? 0 : 1);
      }
    });
    assertThat(problems(reference("t", "numbered")))
        .containsExactly(
            PLACE
                + ".key: column t of public.orders is text, but id of public.numbered, which it names, is integer, and PostgreSQL does not compare the two. Name a column of that type, or run ALTER TABLE \"public\".\"orders\" ALTER COLUMN \"t\" TYPE integer USING \"t\"::integer;");
    assertThat(problems(reference("i", "listed")))
        .containsExactly(
            PLACE
                + ".key: column id of public.listed is a integer[], by which rows cannot be looked up");
  }

  @Test
  void aReferenceToWhatPostgresqlComputesIsRefused() {
    database.execute(
        "ALTER TABLE crm.customer ADD upper text GENERATED ALWAYS AS (upper(name)) STORED",
        "GRANT USAGE ON SCHEMA crm TO narrow",
        "GRANT SELECT ON crm.customer TO narrow");
    assertThat(problems(customer())).isEmpty();
    assertThat(problems(customer("upper")))
        .containsExactly(
            PLACE
                + ".attributes: column upper of crm.customer is computed by PostgreSQL (generated), so it is not in the log, and is neither captured nor read back. Name the columns that it is computed from, or another");
  }
}
