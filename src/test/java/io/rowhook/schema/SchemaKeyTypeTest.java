package io.rowhook.schema;

import static io.rowhook.schema.Erp.assertJson;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys of types that nobody would choose: rows are found by them, or the start says why not. */
class SchemaKeyTypeTest {

  @TempDir Path directory;

  /**
   * Name, type, and a key as SQL writes it in the table that is named, and in the one that names.
   */
  private static final String[][] TYPES = {
    {"bc", "date", "'0044-03-15 BC'", "'0044-03-15 BC'"},
    {"far", "timestamp", "'12345-01-02 03:04:05.6'", "'12345-01-02 03:04:05.6'"},
    {"farz", "timestamptz", "'12345-01-02 03:04:05+01'", "'12345-01-02 03:04:05+01'"},
    {"bcz", "timestamptz", "'0044-03-15 01:02:03.4+00 BC'", "'0044-03-15 01:02:03.4+00 BC'"},
    {"one", "date", "'0001-01-01 BC'", "'0001-01-01 BC'"},
    {"inf", "timestamptz", "'-infinity'", "'-infinity'"},
    {"dom", "day", "'0044-03-15 BC'", "'0044-03-15 BC'"},
    {"span", "interval", "'1 mon'", "'30 days'"},
    {"back", "interval", "'-1 mons +2 days -00:00:01.5'", "'-1 mons +2 days -00:00:01.5'"},
    {"js", "jsonb", "'\"x\"'", "'\"x\"'"},
    {"jn", "jsonb", "'7.0'", "'7.00'"},
    {"jo", "jsonb", "'{\"a\":1.0}'", "'{\"a\":1.00}'"},
    {"fl", "float8", "'-0'", "'0'"},
    {"cash", "money", "12.34", "12.34"},
    {"tree", "ext.ltree", "'a.b'", "'a.b'"},
    {"cu", "ext.cube", "'(1,2.5)'", "'(1,2.5)'"},
    {"book", "ext.isbn", "'978-0-393-04002-9'", "'9780393040029'"},
    {"ci", "ext.citext", "'ABC'", "'abc'"},
    {"leaf", "twig", "'a.b'", "'a.b'"},
  };

  @Test
  void rowsAreFoundByKeysOfAnyType() {
    List<String> sql =
        new ArrayList<>(
            List.of(
                "CREATE SCHEMA ext",
                "CREATE EXTENSION ltree SCHEMA ext",
                "CREATE EXTENSION cube SCHEMA ext",
                "CREATE EXTENSION isn SCHEMA ext",
                "CREATE EXTENSION citext SCHEMA ext",
                "CREATE DOMAIN past AS date",
                "CREATE DOMAIN day AS past CHECK (VALUE < '2000-01-01')",
                "CREATE DOMAIN twig AS ext.ltree"));
    StringBuilder entities = new StringBuilder();
    for (String[] type : TYPES) {
      String name = type[0];
      sql.add("CREATE TABLE p_%s (id int, k %s, PRIMARY KEY (k, id))".formatted(name, type[1]));
      sql.add("CREATE TABLE l_%s (id int PRIMARY KEY, k %s, p int)".formatted(name, type[1]));
      sql.add("CREATE INDEX ON l_%s (k)".formatted(name));
      sql.add("ALTER TABLE p_%s REPLICA IDENTITY FULL".formatted(name));
      sql.add("ALTER TABLE l_%s REPLICA IDENTITY FULL".formatted(name));
      sql.add("INSERT INTO p_%s VALUES (1, %s)".formatted(name, type[2]));
      sql.add("INSERT INTO l_%s VALUES (1, %s, 1), (2, %s, 1)".formatted(name, type[3], type[3]));
      entities.append(
          """
          P%1$s: { table: p_%1$s, contains: { l: { table: l_%1$s, key: [k, p] } } }
          L%1$s: { table: l_%1$s, refers: { r: { table: p_%1$s, key: [k, p], attributes: [id] } } }
          """
              .formatted(name));
    }
    try (Erp erp = new Erp(directory, sql.toArray(String[]::new))) {
      erp.entities(entities.toString()).start();
      for (String[] type : TYPES) {
        erp.sql("UPDATE l_%s SET id = 3 WHERE id = 2".formatted(type[0]));
      }
      for (JsonNode event : erp.rest()) {
        String what = event.toString();
        assertThat(event.has("unavailable")).as(what).isFalse();
        if (event.path("entityType").asText().startsWith("P")) {
          assertThat(event.at("/data/l")).as(what).hasSize(2);
        } else {
          assertJson(event.at("/data/r"), "{'id':1}");
        }
      }
      for (String[] type : TYPES) {
        assertThat(erp.everything())
            .contains("\"entityType\":\"P" + type[0] + "\"", "\"entityType\":\"L" + type[0]);
      }
    }
  }

  /** A date and a timestamp are equal to PostgreSQL, and not as sent. */
  @Test
  void aLineThatNamesADateByATimestampIsOneOfItsOrder() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE p (k date PRIMARY KEY)",
            "CREATE TABLE l (id int PRIMARY KEY, k timestamp)",
            "CREATE INDEX ON l (k)",
            "ALTER TABLE p REPLICA IDENTITY FULL",
            "ALTER TABLE l REPLICA IDENTITY FULL")) {
      erp.entities("P: { table: p, contains: { l: { table: l, key: k } } }").start();
      erp.sql(
          "BEGIN; INSERT INTO p VALUES ('2024-01-01'); INSERT INTO l VALUES (1, '2024-01-01'); COMMIT");
      assertThat(erp.await("P Created 2024-01-01").at("/data/l")).hasSize(1);
      assertThat(erp.rest()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "timetz, '''12:00+05:30''', a time with time zone",
    "int[], '''{1}''', a integer[]",
    "pair, '(1,2)', a pair",
    "ext.hstore, '''a=>1''', a ext.hstore",
  })
  void aKeyThatRowsCannotBeLookedUpByIsRefused(String type, String value, String called) {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE SCHEMA ext",
            "CREATE EXTENSION hstore SCHEMA ext",
            "CREATE TYPE pair AS (a int, b int)",
            "CREATE TABLE p (id int PRIMARY KEY, k " + type + " NOT NULL UNIQUE)",
            "CREATE TABLE l (id int PRIMARY KEY, k " + type + ")",
            "CREATE INDEX ON l (k)",
            "ALTER TABLE p REPLICA IDENTITY FULL",
            "ALTER TABLE l REPLICA IDENTITY FULL",
            "INSERT INTO p VALUES (1, " + value.replace("'(1,2)'", "(1,2)") + ")")) {
      erp.entities("P: { table: p, contains: { l: { table: l, key: k, to: k } } }");
      assertThat(erp.refused())
          .contains("column k of public.p is " + called + ", by which rows cannot be looked up");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "int[], a integer[], '', k",
    "int[], a integer[], ', id: j', j",
    "int[], a integer[], ', id: id', ''",
    "timetz, a time with time zone, ', id: j', j",
  })
  void anIdThatIsTheSameAsSentForTwoRowsIsRefused(
      String type, String called, String id, String refused) {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE p (id int NOT NULL UNIQUE, k "
                + type
                + " PRIMARY KEY, j "
                + type
                + " NOT NULL UNIQUE)",
            "ALTER TABLE p REPLICA IDENTITY FULL")) {
      erp.entities("P: { table: p" + id + " }");
      if (refused.isEmpty()) {
        erp.start();
        return;
      }
      assertThat(erp.refused())
          .contains(
              "column %s of public.p is %s, of which two that differ can be the same as sent"
                  .formatted(refused, called));
    }
  }

  /** At most one event of an entity and transaction, its net change. */
  @ParameterizedTest
  @CsvSource({
    "numeric, '''1.0''', '''1.0000''', 1.0, 1.0000",
    "ext.citext, '''A''', '''a''', A, a",
    "text COLLATE ci, '''A''', '''a''', A, a",
    "interval, '''1 mon''', '''30 days''', P1M, P30D",
    "jsonb, '''1.0''', '''1.00''', 1.0, 1.00",
  })
  void aKeyThatIsRespelledTwiceInOneTransaction(
      String type, String one, String two, String first, String second) {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE SCHEMA ext",
            "CREATE EXTENSION citext SCHEMA ext",
            "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
            "CREATE TABLE k (id " + type + " PRIMARY KEY, v text)",
            "CREATE TABLE p (id " + type + " PRIMARY KEY, v text)",
            "CREATE TABLE l (id int PRIMARY KEY, p " + type + ")",
            "CREATE INDEX ON l (p)",
            "ALTER TABLE k REPLICA IDENTITY FULL",
            "ALTER TABLE p REPLICA IDENTITY FULL",
            "ALTER TABLE l REPLICA IDENTITY FULL",
            "INSERT INTO k VALUES (" + one + ", 'r')",
            "INSERT INTO p VALUES (" + one + ", 'r')",
            "INSERT INTO l VALUES (1, " + one + ")")) {
      erp.entities("K: { table: k }\nP: { table: p, contains: { l: { table: l, key: p } } }\n")
          .start();
      for (String table : List.of("k", "p")) {
        String update = "UPDATE " + table + " SET id = %s, v = '%s'; ";
        String name = table.toUpperCase(Locale.ROOT);
        erp.sql("BEGIN; " + update.formatted(two, "q1") + update.formatted(one, "r1") + "COMMIT");
        JsonNode updated = erp.await(name + " Updated " + first);
        assertJson(updated.path("previous"), "{'v':'r'}");
        assertJson(updated.path("changed"), "['v']");
        assertThat(erp.rest()).isEmpty();
        erp.sql(
            "BEGIN; "
                + update.formatted(two, "q2")
                + update.formatted(one, "r2")
                + update.formatted(two, "q3")
                + "COMMIT");
        List<JsonNode> events = erp.rest();
        assertThat(events.stream().map(Erp::name))
            .containsExactlyInAnyOrder(name + " Deleted " + first, name + " Created " + second);
        for (JsonNode event : events) {
          boolean deleted = event.path("event").asText().equals("Deleted");
          assertThat(event.at("/data/v").asText()).isEqualTo(deleted ? "r1" : "q3");
          assertThat(event.has("unavailable")).isFalse();
        }
      }
    }
  }

  /** They are one number as sent. */
  @Test
  void aKeyOfZeroHasNoSign() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE k (id float8 PRIMARY KEY, v text)",
            "ALTER TABLE k REPLICA IDENTITY FULL",
            "INSERT INTO k VALUES (0, 'r')")) {
      erp.entities("K: { table: k }").start();
      erp.sql(
          "BEGIN; UPDATE k SET id = '-0', v = 's'; UPDATE k SET v = 't'; COMMIT", "DELETE FROM k");
      assertJson(erp.await("K Updated 0.0").path("previous"), "{'id':0.0,'v':'r'}");
      assertJson(erp.await("K Deleted 0.0").at("/data/v"), "'t'");
      assertThat(erp.rest()).isEmpty();
    }
  }

  /** What PostgreSQL takes for a value, and JSON for none. */
  @Test
  void aJsonNullIsSaidToBeNoId() {
    try (Erp erp = new Erp(directory, "CREATE TABLE p (id jsonb PRIMARY KEY)")) {
      erp.entities("P: { table: p }").start();
      erp.sql("INSERT INTO p VALUES ('null'), ('\"x\"')");
      erp.await("P Created x");
      erp.said("the id's column id is null, or null as JSON has it");
    }
  }
}
