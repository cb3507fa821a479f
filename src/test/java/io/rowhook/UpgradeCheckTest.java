package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code rowhook check --against}: what a new version of the ERP changes in its schema is named by
 * recipient and key where it harms, and is passed over in silence where it does not.
 */
@Tag("feature-60")
class UpgradeCheckTest {

  /** A change to the schema, and whom it costs which key. */
  private record Harm(int group, String sql, String recipient, String key, String what) {}

  private static final List<String> HARMLESS =
      List.of(
          "CREATE TABLE sales.fresh (id int PRIMARY KEY)",
          "ALTER TABLE sales.deal ADD COLUMN fresh text",
          "ALTER TABLE sales.deal ADD COLUMN needed int NOT NULL DEFAULT 0",
          "ALTER TABLE sales.item ADD COLUMN doubled int GENERATED ALWAYS AS (id * 2) STORED",
          "CREATE INDEX ON sales.deal (placed)",
          "CREATE UNIQUE INDEX ON sales.person (email)",
          "DROP INDEX sales.deal_state_idx",
          "ALTER TABLE sales.deal ALTER note TYPE varchar(400)",
          "ALTER TABLE sales.person ALTER email TYPE text",
          "ALTER TABLE sales.item ALTER quantity TYPE bigint",
          "ALTER TABLE sales.deal ALTER total TYPE numeric(14,2)",
          "ALTER TABLE sales.item ALTER price TYPE numeric(20,6)",
          "ALTER TABLE sales.deal ALTER state SET DEFAULT 'open'",
          "ALTER TABLE sales.deal ALTER note SET DEFAULT ''",
          "ALTER TABLE sales.deal ALTER at SET NOT NULL",
          "ALTER TYPE sales.state ADD VALUE 'returned' BEFORE 'paid'",
          "CREATE VIEW sales.open_deals AS SELECT id FROM sales.deal",
          "CREATE MATERIALIZED VIEW sales.sums AS SELECT sum(total) FROM sales.deal",
          "COMMENT ON TABLE sales.deal IS 'renamed in the user interface'",
          "COMMENT ON COLUMN sales.deal.state IS 'new words'",
          "CREATE FUNCTION sales.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
          "CREATE TRIGGER touch BEFORE UPDATE ON sales.deal FOR EACH ROW EXECUTE FUNCTION sales.touch()",
          "CREATE TABLE sales.call (id int PRIMARY KEY, deal_id int REFERENCES sales.deal (id))",
          "ALTER TABLE sales.deal ADD FOREIGN KEY (person_id) REFERENCES sales.person (id)",
          "ALTER TABLE sales.deal ADD CHECK (total >= 0)",
          "ALTER TABLE sales.person DROP COLUMN phone",
          "ALTER TABLE sales.unused ALTER text TYPE int USING 0",
          "DROP TABLE sales.forgotten",
          "ALTER TABLE sales.stock REPLICA IDENTITY FULL",
          "CREATE SEQUENCE sales.numbers",
          "ALTER TABLE sales.stock ALTER sku SET STORAGE external",
          "CREATE ROLE next_version_" + System.nanoTime(),
          "ALTER TABLE sales.deal SET (fillfactor = 70)");

  private static final List<Harm> HARMFUL =
      List.of(
          new Harm(1, "ALTER TABLE sales.deal DROP COLUMN number", "shop", "no", "sales.deal.number is gone"),
          new Harm(1, "ALTER TABLE sales.deal RENAME state TO status", "shop", "state", "probably status now"),
          new Harm(1, "ALTER TABLE sales.person RENAME name TO full_name", "shop", "customer", "probably full_name now"),
          new Harm(1, "ALTER TABLE sales.country DROP COLUMN name", "shop", "country", "sales.country.name is gone"),
          new Harm(1, "ALTER TABLE sales.item RENAME sku TO article", "shop", "positions[].article", "probably article now"),
          new Harm(1, "ALTER TABLE sales.stock DROP COLUMN name", "web", "data.name", "sales.stock.name is gone"),
          new Harm(1, "ALTER TABLE sales.deal DROP COLUMN paid", "books", "subscriptions[0].when", "sales.deal.paid is gone"),
          new Harm(1, "ALTER TABLE sales.stock RENAME amount TO on_hand", "depot", "subscriptions[0].changed", "probably on_hand now"),
          new Harm(1, "ALTER TABLE sales.stock RENAME sku TO code", "web", "path", "sales.stock.sku is gone"),
          new Harm(2, "ALTER TABLE sales.deal ALTER total TYPE text", "shop", "sum", "a decimal number becomes a text"),
          new Harm(2, "ALTER TABLE sales.item ALTER quantity TYPE numeric(10,3)", "shop", "positions[].count", "a whole number becomes a decimal number"),
          new Harm(2, "ALTER TABLE sales.deal ALTER placed TYPE timestamp", "books", "data.placed", "a date becomes a time without a zone"),
          new Harm(2, "ALTER TABLE sales.deal ALTER at TYPE timestamp", "books", "data.at", "a time becomes a time without a zone"),
          new Harm(2, "ALTER TABLE sales.deal ALTER weight TYPE double precision", "books", "data.weight", "other digits"),
          new Harm(2, "ALTER TABLE sales.deal ALTER tags TYPE text USING ''", "books", "data.tags", "a list of which each is a text becomes a text"),
          new Harm(2, "ALTER TABLE sales.deal ALTER extra TYPE text", "books", "data.extra", "JSON becomes a text"),
          new Harm(2, "ALTER TABLE sales.deal ALTER note TYPE varchar(10)", "books", "data.note", "more than 10 characters"),
          new Harm(2, "ALTER TABLE sales.stock ALTER price TYPE numeric(10,0)", "web", "data.price", "digits after the full stop are cut off"),
          new Harm(2, "ALTER TABLE sales.stock ALTER unit TYPE char(8)", "web", "data.unit", "filled up with blanks"),
          new Harm(2, "ALTER TABLE sales.person ALTER name DROP NOT NULL", "shop", "customer", "can be null"),
          new Harm(2, "ALTER TABLE sales.deal ALTER number DROP NOT NULL", "shop", "no", "can be null"),
          new Harm(2, "ALTER TYPE sales.state RENAME VALUE 'shipped' TO 'sent'", "mail", "subscriptions[0].becomes", "cannot be shipped any more"),
          new Harm(2, "ALTER TABLE sales.stock DROP COLUMN height, ADD COLUMN height int GENERATED ALWAYS AS (1) STORED", "web", "data.height", "computed by PostgreSQL"),
          new Harm(3, "ALTER TABLE sales.stock DROP CONSTRAINT stock_pkey, ADD PRIMARY KEY (sku)", "depot", "EntityId", "has the primary key (sku) instead of (id)"),
          new Harm(3, "DROP TABLE sales.item", "shop", "positions", "table sales.item does not exist"),
          new Harm(3, "ALTER TABLE sales.country RENAME TO nation", "shop", "country", "probably sales.nation now"),
          new Harm(3, "ALTER TABLE sales.bill RENAME TO invoice", "books", "data", "probably sales.invoice now"),
          new Harm(3, "ALTER TABLE sales.deal REPLICA IDENTITY DEFAULT", "shop", "was", "logs only id"),
          new Harm(3, "ALTER PUBLICATION rowhook DROP TABLE sales.stock", "web", "data", "is not in publication rowhook"),
          new Harm(4, "ALTER TABLE sales.item ALTER deal_id TYPE text", "shop", "positions", "PostgreSQL does not compare the two"),
          new Harm(4, "ALTER TABLE sales.deal DROP COLUMN person_id", "shop", "customer", "has no column person_id"),
          new Harm(4, "ALTER TABLE sales.bill DROP COLUMN company", "books", "data", "entities.yaml: Bill.where"),
          new Harm(4, "ALTER TABLE sales.country ENABLE ROW LEVEL SECURITY", "shop", "country", "row-level security"),
          new Harm(4, "ALTER PUBLICATION rowhook DROP TABLE sales.stock; ALTER TABLE sales.stock SET UNLOGGED", "web", "data", "is an unlogged table"),
          new Harm(5, "ALTER TABLE sales.deal RENAME secret TO hidden", "mail", "EntityId", "column secret is excluded, but does not exist"),
          new Harm(5, "REVOKE SELECT ON sales.item FROM connector", "shop", "positions", "may not be read by connector"),
          new Harm(5, "ALTER TABLE sales.bill DROP CONSTRAINT bill_pkey", "books", "data", "has no primary key"),
          new Harm(5, "ALTER TABLE sales.stock RENAME TO stock_table", "web", "data", "probably sales.stock_table now"),
          new Harm(5, "ALTER TABLE sales.country DROP CONSTRAINT country_pkey, ADD PRIMARY KEY (name)", "shop", "country", "has the primary key (name) instead of (code)"),
          new Harm(6, "ALTER TABLE sales.stock RENAME TO stock_table; CREATE VIEW sales.stock AS SELECT * FROM sales.stock_table", "web", "data", "is a view"),
          new Harm(6, "ALTER PUBLICATION rowhook SET (publish = 'insert, update')", "books", "data", "lacks inserts, updates, deletes"));

  @TempDir static Path directory;
  private static @Nullable CheckedInstallation made;
  private static @Nullable SourceDatabase next;

  @BeforeAll
  static void install() {
    CheckedInstallation in = new CheckedInstallation(directory);
    made = in;
    in.source.execute(
        "CREATE TYPE sales.state AS ENUM ('open', 'paid', 'shipped')",
        "CREATE TABLE sales.country (code char(2) PRIMARY KEY, name text NOT NULL)",
        "CREATE TABLE sales.person (id int PRIMARY KEY, name text NOT NULL, email varchar(80), phone text,"
            + " country char(2) NOT NULL)",
        "CREATE TABLE sales.deal (id int PRIMARY KEY, state sales.state NOT NULL, number text NOT NULL,"
            + " person_id int NOT NULL, total numeric(12,2) NOT NULL, placed date NOT NULL, at timestamptz,"
            + " note varchar(40), weight real, paid boolean NOT NULL, tags text[], extra jsonb, secret text)",
        "CREATE INDEX ON sales.deal (state)",
        "CREATE TABLE sales.item (id int PRIMARY KEY, deal_id int NOT NULL, sku text NOT NULL,"
            + " quantity int NOT NULL, price numeric(12,4))",
        "CREATE INDEX ON sales.item (deal_id)",
        "CREATE TABLE sales.stock (id int PRIMARY KEY, sku text NOT NULL, name text, amount int NOT NULL,"
            + " height int, price numeric(10,2), unit text)",
        "ALTER TABLE sales.stock REPLICA IDENTITY FULL",
        "CREATE TABLE sales.bill (id int PRIMARY KEY, company int NOT NULL, total numeric)",
        "ALTER TABLE sales.bill REPLICA IDENTITY FULL",
        "CREATE TABLE sales.unused (id int PRIMARY KEY, text text)",
        "CREATE TABLE sales.forgotten (id int PRIMARY KEY)",
        "ALTER TABLE sales.deal REPLICA IDENTITY FULL",
        "ALTER TABLE sales.item REPLICA IDENTITY FULL",
        "GRANT SELECT ON ALL TABLES IN SCHEMA sales TO connector",
        "ALTER PUBLICATION rowhook SET TABLE sales.deal, sales.item, sales.stock, sales.bill");
    in.write(
        "connector-config/entities.yaml",
        """
        Deal:
          table: sales.deal
          attributes: { exclude: [secret] }
          contains: { items: { table: sales.item, key: deal_id } }
          refers:
            person:
              table: sales.person
              key: person_id
              attributes: [name, email]
              refers: { country: { table: sales.country, key: country, attributes: [code, name] } }
        Stock: { table: sales.stock }
        Bill: { table: sales.bill, where: "company = 1" }
        """);
    in.write(
        "jslt-templates/shop/Deal.jslt",
        """
        let person = .data.person
        def euro(amount) round($amount * 100)
        { "no": .data.number, "state": .data.state, "customer": $person.name, "country": $person.country.name,
          "positions": [for (.data.items) { "article": .sku, "count": .quantity }],
          "sum": euro(.data.total), "was": .previous.state }
        """);
    String url = "url: " + in.receiver.url("/hook");
    in.recipient("shop", url + "\nsubscriptions: [{ entity: Deal }]");
    in.recipient(
        "books",
        url + "\nsubscriptions: [{ entity: Deal, when: .data.paid, attributes: full }, { entity: Bill }]");
    in.recipient(
        "depot", url + "\nsubscriptions: [{ entity: Stock, changed: [amount], attributes: notify }]");
    in.recipient(
        "mail",
        url + "\nsubscriptions: [{ entity: Deal, becomes: { state: shipped }, attributes: notify }]");
    in.recipient(
        "web",
        "url: %s\npath: '/stock/{data.sku}'\nsubscriptions: [{ entity: Stock }]"
            .formatted(in.receiver.url("/")));
  }

  @AfterAll
  static void end() {
    if (made != null) {
      made.close();
    }
  }

  @Test
  void whatHarmsNobodyIsPassedOver() {
    JsonNode report = against(HARMLESS);
    assertThat(report.path("findings")).as(report.toPrettyString()).isEmpty();
    assertThat(report.path("compared").path("tables").asInt()).isEqualTo(6);
    assertThat(report.path("compared").path("attributes").asInt()).isEqualTo(35);
    assertThat(in().check("--against", uri())).isZero();
    assertThat(in().out.toString())
        .matches("Compared 6 tables and 35 attributes with postgresql://\\S+\\.\\R");
    assertThat(HARMLESS).hasSizeGreaterThanOrEqualTo(30);
  }

  @Test
  void whatHarmsIsNamedByRecipientAndKey() {
    assertThat(HARMFUL).hasSizeGreaterThanOrEqualTo(30);
    SoftAssertions all = new SoftAssertions();
    for (int group = 1; HARMFUL.getLast().group() >= group; group++) {
      int which = group;
      List<Harm> its = HARMFUL.stream().filter(harm -> harm.group() == which).toList();
      JsonNode report = against(its.stream().map(Harm::sql).toList());
      for (Harm harm : its) {
        all.assertThat(isNamed(report, harm))
            .as("%s, in %s", harm, report.toPrettyString())
            .isTrue();
      }
      for (JsonNode finding : report.path("findings")) {
        all.assertThat(finding.path("mend").asText()).as(finding.toString()).isNotEmpty();
        all.assertThat(its).as(finding.toString()).anyMatch(harm -> finding.path("what").asText().contains(harm.what())
            || harm.sql().contains(finding.path("table").asText()));
      }
      all.assertThat(report.path("errors").asInt()).isPositive();
    }
    all.assertAll();
  }

  private static boolean isNamed(JsonNode report, Harm harm) {
    for (JsonNode finding : report.path("findings")) {
      List<String> keys = List.of(finding.path("keys").asText().split(", ", -1));
      if (finding.path("recipient").asText().equals(harm.recipient())
          && keys.contains(harm.key())
          && finding.path("what").asText().contains(harm.what())
          && finding.path("means").asText().contains(harm.recipient())) {
        return true;
      }
    }
    return false;
  }

  /** What is said of a copy of the database after these statements. */
  private static JsonNode against(List<String> statements) {
    if (next != null) {
      next.drop();
    }
    next = in().source.copy("next");
    next.execute(statements.toArray(String[]::new));
    in().check("--json", "--against", uri());
    try {
      return Json.MAPPER.readTree(in().out.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String uri() {
    return "postgresql://postgres@%s:%d/next".formatted(in().source.host(), in().source.port());
  }

  private static CheckedInstallation in() {
    return Objects.requireNonNull(made);
  }
}
