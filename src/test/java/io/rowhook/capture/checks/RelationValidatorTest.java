package io.rowhook.capture.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceException;
import io.rowhook.capture.SourceValidator;
import io.rowhook.capture.SourceWarning;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableRequirement;
import io.rowhook.testing.SourceDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What entities.yaml asks of tables and their relations is looked at before capture starts. */
class RelationValidatorTest {

  private static final String PLACE = "entities.yaml: Order";
  private static final TableId ORDER = TableId.parse("orders");
  private static final TableId LINE = TableId.parse("line");
  private static final TableId CUSTOMER = TableId.parse("customer");

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @BeforeAll
  static void startDatabase() {
    database.execute(
        "CREATE TABLE customer (id int PRIMARY KEY, name text)",
        "CREATE TABLE orders (oid bigint PRIMARY KEY, number text NOT NULL, maybe text UNIQUE,"
            + " customer int, code text UNIQUE NOT NULL)",
        "CREATE TABLE line (line_id int PRIMARY KEY, oid bigint, no int)",
        "CREATE TABLE photo (id bytea PRIMARY KEY)",
        "ALTER TABLE orders ADD photo bytea",
        "CREATE ROLE narrow LOGIN REPLICATION",
        "GRANT SELECT ON orders TO narrow");
  }

  private static SourceValidator.Checked check(String user, CapturedTable... tables) {
    Map<String, String> properties = database.connectorProperties(user);
    return SourceValidator.run(SourceConfig.of(properties, "source.properties"), List.of(tables));
  }

  private static List<String> problems(String user, CapturedTable... tables) {
    try {
      check(user, tables);
    } catch (SourceException e) {
      return e.problems().stream().filter(p -> p.startsWith("entities.yaml")).toList();
    }
    return List.of();
  }

  private static List<String> problems(TableId table, TableRequirement... requirements) {
    return problems(
        database.user(),
        new CapturedTable(
            ORDER, List.of(), table.equals(ORDER) ? List.of(requirements) : List.of()),
        new CapturedTable(LINE, List.of(), table.equals(LINE) ? List.of(requirements) : List.of()));
  }

  @Test
  void anIdMustBeUniqueAndLogged() {
    assertThat(problems(ORDER, new TableRequirement.Id(PLACE + ".id", List.of("numbr"))))
        .containsExactly(
            "entities.yaml: Order.id: table public.orders has no column numbr; the nearest is number");
    String unique =
        "are not unique and NOT NULL, so an entity could not be told by them. Run ALTER TABLE"
            + " \"public\".\"orders\" ADD UNIQUE (%s); and set each NOT NULL, or leave id out to use"
            + " the primary key";
    assertThat(problems(ORDER, new TableRequirement.Id(PLACE + ".id", List.of("number"))))
        .containsExactly(
            "entities.yaml: Order.id: columns number of public.orders "
                + unique.formatted("\"number\""));
    assertThat(problems(ORDER, new TableRequirement.Id(PLACE + ".id", List.of("maybe"))))
        .containsExactly(
            "entities.yaml: Order.id: columns maybe of public.orders "
                + unique.formatted("\"maybe\""));
    assertThat(problems(ORDER, new TableRequirement.Id(PLACE + ".id", List.of("code"))))
        .containsExactly(
            "entities.yaml: Order.id: column code is not in the REPLICA IDENTITY of public.orders,"
                + " so it is not known of a deleted row. Run ALTER TABLE \"public\".\"orders\""
                + " REPLICA IDENTITY FULL;");
  }

  @Test
  void aPartMustNameWhatItBelongsTo() {
    String place = PLACE + ".contains.lines";
    assertThat(problems(LINE, part("lines", List.of("od"), List.of("nr"))))
        .containsExactly(
            place + ".key: table public.line has no column od; the nearest is oid",
            place + ".order-by: table public.line has no column nr; the nearest is no");
    assertThat(problems(LINE, part("number", List.of("oid", "no"), List.of())))
        .containsExactly(
            place
                + ".key: column oid, no is not in the REPLICA IDENTITY of public.line, so it is not"
                + " known of a deleted row. Run ALTER TABLE \"public\".\"line\" REPLICA IDENTITY"
                + " FULL;",
            place
                + ".key: oid, no: the key must name as many columns as the primary key of"
                + " public.orders has (oid), in that order. If it names other columns of it, name these with to",
            place + ": public.orders has a column number already. Give it another name here");
  }

  @Test
  void aReferenceMustBeThere() {
    String place = PLACE + ".refers.x";
    assertThat(
            problems(
                ORDER,
                reference(List.of("customer"), TableId.parse("crm.nowhere"), List.of()),
                reference(List.of("custmer"), CUSTOMER, List.of("nam")),
                reference(List.of("photo"), TableId.parse("photo"), List.of())))
        .containsExactly(
            place + ".table: table crm.nowhere does not exist in database 'erp'",
            place + ".attributes: table public.customer has no column nam; the nearest is name",
            place + ".key: table public.orders has no column custmer; the nearest is customer",
            place
                + ".key: column id of public.photo is a bytea, by which rows cannot be looked up");
  }

  @Test
  void whatIsLookedUpMustBeReadable() {
    assertThat(
            problems(
                "narrow",
                new CapturedTable(
                    ORDER,
                    List.of(),
                    List.of(reference(List.of("customer"), CUSTOMER, List.of())))))
        .containsExactly(
            "entities.yaml: Order.refers.x: database.user 'narrow' may not read public.customer,"
                + " whose rows are looked up (columns id, name). Run GRANT SELECT ON \"public\".\"customer\" TO"
                + " \"narrow\";");
  }

  @Test
  void aKeyWithoutAnIndexIsAWarning() {
    database.execute("ALTER TABLE line REPLICA IDENTITY FULL");
    CapturedTable orders = new CapturedTable(ORDER, List.of());
    CapturedTable lines =
        new CapturedTable(LINE, List.of(), List.of(part("lines", List.of("oid"), List.of("no"))));
    String warning =
        PLACE
            + ".contains.lines.key: public.line has no index that begins with oid, so each look-up"
            + " reads the whole table. Run CREATE INDEX CONCURRENTLY ON \"public\".\"line\" (\"oid\");";
    assertThat(check(database.user(), orders, lines).warnings())
        .extracting(SourceWarning::text)
        .contains(warning);
    database.execute("CREATE INDEX line_oid ON line (oid, no)");
    assertThat(check(database.user(), orders, lines).warnings())
        .extracting(SourceWarning::text)
        .doesNotContain(warning);
    database.execute("DROP INDEX line_oid", "ALTER TABLE line REPLICA IDENTITY DEFAULT");
  }

  private static TableRequirement part(String name, List<String> key, List<String> orderBy) {
    return new TableRequirement.Part(PLACE + ".contains.lines", name, key, ORDER, orderBy);
  }

  @Test
  void aConditionLooksAtTheRowAlone() {
    assertThat(where("oid > 0 AND lower(number) LIKE 'a%' AND coalesce(code, '') <> 'x'"))
        .isEmpty();
    assertThat(where("nowhere = 1"))
        .containsExactly(
            PLACE
                + ".where: PostgreSQL does not take it for a condition: ERROR: column \"nowhere\""
                + " does not exist, got: nowhere = 1");
    assertThat(where("oid"))
        .containsExactly(
            PLACE
                + ".where: PostgreSQL does not take it for a condition: ERROR: argument of WHERE"
                + " must be type boolean, not type bigint, got: oid");
    assertThat(where("random() < oid"))
        .containsExactly(
            PLACE
                + ".where: function random does not always give the same for the same row. Leave it"
                + " out, got: random() < oid");
    assertThat(where("photo IS NULL"))
        .containsExactly(
            PLACE
                + ".where: column photo is a bytea, which a condition cannot look at. Name other"
                + " columns, got: photo IS NULL");
    assertThat(where("made < 'today'"))
        .containsExactly(
            PLACE
                + ".where: 'now', 'today' and the like mean another date each day. Write the date,"
                + " got: made < 'today'");
    assertThat(where("double > 1"))
        .containsExactly(
            PLACE
                + ".where: column double is generated, so it is not in the log. Write the"
                + " expression that it is made by, got: double > 1");
  }

  private static List<String> where(String condition) {
    database.execute(
        "DROP TABLE IF EXISTS judged",
        "CREATE TABLE judged (oid bigint PRIMARY KEY, number text, code text, photo bytea, made date,"
            + " double bigint GENERATED ALWAYS AS (oid * 2) STORED)",
        "ALTER TABLE judged REPLICA IDENTITY FULL");
    return problems(
        database.user(),
        new CapturedTable(
            TableId.parse("judged"),
            List.of(),
            List.of(new TableRequirement.Where(PLACE + ".where", condition))));
  }

  @Test
  void whatAConditionLooksAtMustBeLogged() {
    assertThat(problems(ORDER, new TableRequirement.Where(PLACE + ".deleted", "customer IS NULL")))
        .containsExactly(
            PLACE
                + ".deleted: column customer is not in the REPLICA IDENTITY of public.orders, so of"
                + " an old row nobody can tell whether the condition held. Run ALTER TABLE"
                + " \"public\".\"orders\" REPLICA IDENTITY FULL;");
    assertThat(problems(ORDER, new TableRequirement.Where(PLACE + ".where", "oid > 7"))).isEmpty();
  }

  @Test
  void columnsThatAreNamedMustBeThere() {
    assertThat(
            problems(
                ORDER,
                new TableRequirement.Columns(
                    PLACE + ".attributes.include", List.of("numbr"), false)))
        .containsExactly(
            PLACE
                + ".attributes.include: table public.orders has no column numbr; the nearest is"
                + " number");
  }

  private static TableRequirement reference(List<String> key, TableId to, List<String> attributes) {
    return new TableRequirement.Reference(PLACE + ".refers.x", "x", key, to, attributes);
  }
}
