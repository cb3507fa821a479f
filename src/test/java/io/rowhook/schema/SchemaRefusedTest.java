package io.rowhook.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot work is refused at the start: in a sentence, with the statement that mends it. */
class SchemaRefusedTest {

  private static final String ORDER =
      "Order: { table: ord, contains: { lines: { table: line, key: ord } } }";

  @TempDir Path directory;

  private void refuses(String entities, String[] sql, String... words) {
    try (Erp erp = new Erp(directory, sql)) {
      assertThat(erp.entities(entities).refused()).contains(words);
    }
  }

  private static String[] sql(String... statements) {
    return statements;
  }

  @Test
  void aPartsKeyOfAnotherType() {
    refuses(
        ORDER,
        sql(
            "CREATE TABLE ord (id int PRIMARY KEY)",
            "CREATE TABLE line (id int PRIMARY KEY, ord text)",
            "ALTER TABLE line REPLICA IDENTITY FULL"),
        "line",
        "ord",
        "text",
        "integer");
  }

  @Test
  void aReferencesKeyOfAnotherType() {
    refuses(
        "Order: { table: ord, refers: { buyer: { table: customer, key: buyer } } }",
        sql(
            "CREATE TABLE ord (id int PRIMARY KEY, buyer text)",
            "CREATE TABLE customer (id uuid PRIMARY KEY)"),
        "buyer",
        "text",
        "uuid");
  }

  @Test
  void aPartsKeyThatIsGenerated() {
    refuses(
        ORDER,
        sql(
            "CREATE TABLE ord (id int PRIMARY KEY)",
            "CREATE TABLE line (id int PRIMARY KEY, ref text, ord int GENERATED ALWAYS AS"
                + " (length(ref)) STORED)"),
        "line",
        "ord",
        "generated");
  }

  @Test
  void anIdThatIsGenerated() {
    refuses(
        "Order: { table: ord, id: code }",
        sql(
            "CREATE TABLE ord (id int PRIMARY KEY, code int NOT NULL GENERATED ALWAYS AS (id + 1)"
                + " STORED UNIQUE)"),
        "code",
        "generated");
  }

  @Test
  void aConditionOnAGeneratedColumn() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE ord (id int PRIMARY KEY, net int, gross int GENERATED ALWAYS AS (net *"
                + " 2) STORED)",
            "ALTER TABLE ord REPLICA IDENTITY FULL")) {
      erp.entities("Order: { table: ord }");
      erp.stage()
          .recipient(
              "all", "url: ${env:ALL_URL}\nsubscriptions: [{ entity: Order, changed: [gross] }]\n");
      assertThat(erp.refused()).contains("gross", "generated");
    }
  }

  @Test
  void rowLevelSecurityThatHidesRows() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE ord (id int PRIMARY KEY)",
            "CREATE TABLE line (id int, ord int, PRIMARY KEY (ord, id))",
            "ALTER TABLE line ENABLE ROW LEVEL SECURITY",
            "CREATE PUBLICATION rowhook FOR TABLE ord, line")) {
      String role = erp.role();
      erp.sql("GRANT SELECT ON ord, line TO " + role);
      assertThat(erp.entities(ORDER).connect(role).refused())
          .contains("line", "row", "security", "BYPASSRLS");
    }
  }

  @Test
  void aSchemaWithoutUsage() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE SCHEMA sales",
            "CREATE TABLE sales.ord (id int PRIMARY KEY)",
            "CREATE TABLE sales.line (id int, ord int, PRIMARY KEY (ord, id))",
            "CREATE PUBLICATION rowhook FOR TABLE sales.ord, sales.line")) {
      String role = erp.role();
      erp.sql("GRANT SELECT ON sales.ord, sales.line TO " + role);
      assertThat(
              erp.entities(
                      "Order: { table: sales.ord, contains: { lines: { table: sales.line, key: ord"
                          + " } } }")
                  .connect(role)
                  .refused())
          .contains("GRANT USAGE ON SCHEMA")
          .contains("sales");
    }
  }

  @Test
  void aPartWhoseKeyIsNotLogged() {
    refuses(
        ORDER,
        sql(
            "CREATE TABLE ord (id int PRIMARY KEY)",
            "CREATE TABLE line (id int PRIMARY KEY, ord int)"),
        "line",
        "REPLICA IDENTITY FULL");
  }

  @Test
  void tablesThatHaveNoKeyAtAll() {
    refuses("Note: { table: note }", sql("CREATE TABLE note (text text)"), "note", "primary key");
  }

  @Test
  void viewsAndForeignTables() {
    refuses("Note: { table: note }", sql("CREATE VIEW note AS SELECT 1 AS id"), "note", "view");
  }

  @Test
  void unloggedTablesWhoseRowsAreInNoLog() {
    refuses(
        "Note: { table: note }",
        sql("CREATE UNLOGGED TABLE note (id int PRIMARY KEY)"),
        "note",
        "SET LOGGED");
  }

  @Test
  void aKeyThatIsDeferrable() {
    refuses(
        "Note: { table: note }",
        sql("CREATE TABLE note (id int PRIMARY KEY DEFERRABLE, text text)"),
        "note",
        "deferrable");
  }

  @Test
  void anExcludedColumnThatDoesNotExist() {
    refuses(
        "Person: { table: person, attributes: { exclude: [salary] } }",
        sql("CREATE TABLE person (id int PRIMARY KEY, wage int)"),
        "person",
        "salary");
  }

  @Test
  void aServerWithoutTls() {
    try (Erp erp = new Erp(directory, "CREATE TABLE note (id int PRIMARY KEY)")) {
      erp.entities("Note: { table: note }").connect("postgres", "database.sslmode=require");
      assertThat(erp.refused()).containsIgnoringCase("ssl");
    }
  }
}
