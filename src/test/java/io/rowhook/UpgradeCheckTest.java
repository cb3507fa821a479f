package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
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
@Tag("slow")
class UpgradeCheckTest {

  /** A change to the schema, and whom it costs which key. */
  private record Harm(String sql, String recipient, String key, String what) {}

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
        "CREATE COLLATION sales.loose (provider = icu, locale = 'und-u-ks-level2',"
            + " deterministic = false)",
        "CREATE TYPE sales.shade AS ENUM ('red', 'dark', 'red, dark')",
        "CREATE TYPE sales.box AS (low int, high numeric(10,2))",
        "CREATE TYPE sales.big_box AS (low int, high numeric(12,4))",
        "CREATE TYPE sales.crate AS (height int, width int)",
        "CREATE DOMAIN sales.mark AS char(3)",
        "CREATE DOMAIN sales.wide_mark AS char(5)",
        "CREATE DOMAIN sales.label AS varchar(20)",
        "CREATE TYPE sales.span AS RANGE (subtype = int4)",
        "CREATE TYPE sales.wide_span AS RANGE (subtype = text)",
        "CREATE TABLE sales.kind (id int PRIMARY KEY, code char(5), flags bit(4), sizes"
            + " numeric(8,2)[], words text[], box sales.box, crate sales.crate, mark sales.mark,"
            + " label sales.label, span sales.span, high timestamptz(3), sum numeric(8,2), area"
            + " char(4), grade text, unit text NOT NULL UNIQUE, shade sales.shade)",
        "ALTER TABLE sales.kind REPLICA IDENTITY FULL",
        "CREATE TABLE sales.sub (id int PRIMARY KEY, kind_code text, rank text)",
        "CREATE INDEX ON sales.sub (kind_code)",
        "ALTER TABLE sales.sub REPLICA IDENTITY FULL",
        "ALTER TABLE sales.deal REPLICA IDENTITY FULL",
        "ALTER TABLE sales.item REPLICA IDENTITY FULL",
        "GRANT SELECT ON ALL TABLES IN SCHEMA sales TO connector",
        "REVOKE SELECT ON sales.item FROM connector",
        "GRANT SELECT (id, deal_id, sku, quantity, price) ON sales.item TO connector",
        "ALTER PUBLICATION rowhook SET TABLE sales.deal, sales.item, sales.stock, sales.bill,"
            + " sales.kind, sales.sub");
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
        Kind:
          table: sales.kind
          where: "grade < 'm' and area <> 'x'"
          attributes: { exclude: [grade, area] }
          contains:
            subs: { table: sales.sub, key: kind_code, to: unit, order-by: [rank], attributes: [id] }
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
        url
            + "\nsubscriptions: [{ entity: Deal, when: .data.paid, attributes: full }, { entity: Bill }]");
    in.recipient(
        "depot",
        url + "\nsubscriptions: [{ entity: Stock, changed: [amount], attributes: notify }]");
    in.recipient(
        "mail",
        url
            + "\nsubscriptions: [{ entity: Deal, becomes: { state: shipped }, attributes: notify }]");
    in.recipient(
        "lab",
        url
            + "\nsubscriptions: [{ entity: Kind, becomes: { shade: 'red, dark' }, attributes: full }]");
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
    List<String> statements = lines("harmless.sql");
    assertThat(statements).hasSizeGreaterThanOrEqualTo(30);
    JsonNode report = against(statements);
    assertThat(report.path("findings")).as(report.toPrettyString()).isEmpty();
    assertThat(report.path("compared").path("tables").asInt()).isEqualTo(8);
    assertThat(report.path("compared").path("attributes").asInt()).isEqualTo(54);
    assertThat(in().check("--against", uri())).isZero();
    assertThat(in().out.toString())
        .matches("Compared 8 tables and 54 attributes with postgresql://\\S+\\.\\R");
  }

  @Test
  void whatHarmsIsNamedByRecipientAndKey() {
    List<List<Harm>> upgrades = upgrades();
    assertThat(upgrades.stream().mapToInt(List::size).sum()).isGreaterThanOrEqualTo(30);
    SoftAssertions all = new SoftAssertions();
    for (List<Harm> its : upgrades) {
      JsonNode report = against(its.stream().map(Harm::sql).toList());
      for (Harm harm : its) {
        all.assertThat(isNamed(report, harm))
            .as("%s, in %s", harm, report.toPrettyString())
            .isTrue();
      }
      for (JsonNode finding : report.path("findings")) {
        all.assertThat(finding.path("mend").asText()).as(finding.toString()).isNotEmpty();
        all.assertThat(its)
            .as(finding.toString())
            .anyMatch(harm ->
                finding.path("what").asText().contains(harm.what())
                    || harm.sql().contains(finding.path("table").asText()));
      }
      all.assertThat(report.path("errors").asInt()).isPositive();
    }
    all.assertAll();
  }

  @Test
  void aDatabaseThatCannotBeReadIsAnErrorInTheSameForm() throws IOException {
    CheckedInstallation in = in();
    String nobody =
        "postgresql://postgres@127.0.0.1:%d/next".formatted(CheckedInstallation.closedPort());
    assertThat(in.check("--json", "--against", nobody)).isEqualTo(1);
    JsonNode report = Json.MAPPER.readTree(in.out.toString());
    assertThat(report.path("errors").asInt()).isEqualTo(1);
    assertThat(report.toString()).contains("cannot reach the server", "Nothing can be compared");
    assertThat(
            in.check(
                "--against",
                "postgresql://postgres@%s:%d/nowhere"
                    .formatted(in.source.host(), in.source.port())))
        .isEqualTo(1);
    assertThat(in.out.toString()).contains("has no such database").doesNotContain("Compared");
  }

  private static List<List<Harm>> upgrades() {
    List<List<Harm>> upgrades = new ArrayList<>();
    for (String paragraph : text("harmful.txt").split("\n\n", -1)) {
      List<Harm> its = new ArrayList<>();
      for (String line : paragraph.lines().filter(one -> !one.startsWith("#")).toList()) {
        String[] parts = line.split(" \\| ", -1);
        its.add(new Harm(parts[0], parts[1], parts[2], parts[3]));
      }
      if (!its.isEmpty()) {
        upgrades.add(its);
      }
    }
    return upgrades;
  }

  private static List<String> lines(String name) {
    return text(name).lines().filter(line -> !line.startsWith("--")).toList();
  }

  private static String text(String name) {
    try (InputStream in = UpgradeCheckTest.class.getResourceAsStream("/upgrades/" + name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
