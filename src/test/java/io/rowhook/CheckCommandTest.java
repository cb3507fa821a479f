package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.testing.Certificates;
import io.rowhook.testing.Receiver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rowhook check}: each planted fault is named with what mends it, and the mends do. */
@Tag("feature-60")
@Tag("slow")
class CheckCommandTest {

  @TempDir Path directory;
  private @Nullable CheckedInstallation made;

  @AfterEach
  void end() {
    if (made != null) {
      made.close();
    }
  }

  private CheckedInstallation installation() {
    CheckedInstallation all = new CheckedInstallation(directory);
    made = all;
    return all;
  }

  @Test
  void nothingIsWorseThanAdviceWhereAllIsWell() {
    CheckedInstallation in = installation();
    assertThat(in.check("--strict")).as(in.out.toString()).isZero();
    assertThat(in.out.toString())
        .contains("0 errors, 0 warnings", "PostgreSQL ", "table public.article logs only id")
        .contains("max_slot_wal_keep_size of the server is unlimited");
    assertThat(in.receiver.count()).isZero();
    assertThat(directory.resolve("data")).doesNotExist();
    assertThat(in.check("--quiet")).isZero();
    assertThat(in.out.toString()).isEmpty();
    assertThat(in.source.query("SELECT count(*) FROM pg_replication_slots")).isEqualTo("0");
  }

  @Test
  void eachPlantedFaultIsNamedAndTheStatementsMendThem() {
    CheckedInstallation in = installation();
    in.source.execute(
        "ALTER SYSTEM SET wal_sender_timeout = '5s'",
        "SELECT pg_reload_conf()",
        "ALTER ROLE connector NOREPLICATION",
        "REVOKE SELECT ON sales.line FROM connector",
        "ALTER TABLE sales.customer ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE article REPLICA IDENTITY NOTHING",
        "ALTER TABLE invoice DROP CONSTRAINT invoice_pkey",
        "ALTER TABLE invoice ADD PRIMARY KEY (id) DEFERRABLE",
        "ALTER PUBLICATION rowhook DROP TABLE payment",
        "ALTER TABLE payment SET UNLOGGED",
        "DROP INDEX sales.line_order_id_idx",
        "ALTER TABLE sales.orders REPLICA IDENTITY DEFAULT",
        "ALTER PUBLICATION rowhook SET (publish = 'insert, update')",
        "ALTER PUBLICATION rowhook DROP TABLE sales.line",
        "SELECT pg_create_logical_replication_slot('rowhook', 'pgoutput')");
    in.write(
        "connector-config/entities.yaml",
        """
        Order:
          table: sales.orders
          id: code
          contains: { lines: { table: sales.line, key: order_id } }
          refers: { customer: { table: sales.customer, key: customer_id, attributes: [name, email] } }
        Article: { table: article }
        Invoice: { table: invoice }
        Payment: { table: payment }
        """);
    in.recipient(
        "shop",
        "url: %s\nsubscriptions:\n  - { entity: Order, changed: [status] }\n  - { entity: Article }\n  - { entity: Invoice }\n  - { entity: Payment }"
            .formatted(in.receiver.url("/hook")));

    List<String> named = new ArrayList<>();
    List<String> run = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      JsonNode report = in.json();
      int statements = 0;
      for (JsonNode finding : report.path("findings")) {
        named.add(finding.path("what").asText());
        assertThat(finding.path("severity").asText()).isIn("error", "warning", "advice");
        if (!finding.path("severity").asText().equals("advice")) {
          assertThat(finding.path("mend").asText()).as(finding.toString()).isNotEmpty();
          for (JsonNode statement : finding.path("statements")) {
            in.source.execute(statement.asText());
            run.add(statement.asText());
            statements++;
          }
        }
      }
      if (statements == 0) {
        break;
      }
      in.source.execute("ALTER TABLE sales.orders ALTER code SET NOT NULL");
    }
    assertThat(String.join("\n", named))
        .contains(
            "wal_sender_timeout of the server is 5000 ms",
            "database.user 'connector' may not replicate",
            "database.user 'connector' may not read sales.line",
            "row-level security of sales.customer would hide rows",
            "table public.article has REPLICA IDENTITY NOTHING",
            "has a deferrable primary key",
            "is an unlogged table",
            "sales.line has no index that begins with order_id",
            "subscriptions[0].changed asks what has changed of Order",
            "columns code of sales.orders are not unique and NOT NULL",
            "publication.name 'rowhook' is not as it must be",
            "the journal is new, but replication slot 'rowhook' exists");
    assertThat(run).hasSizeGreaterThan(11);
    assertThat(in.check("--strict")).as(in.out.toString()).isZero();
  }

  @Test
  void whatIsWrongInFilesIsNamedByFileAndStopsNothingElse() throws IOException {
    CheckedInstallation in = installation();
    in.write(
        "connector-config/entities.yaml",
        """
        Order:
          table: sales.order
        Article: { table: article, attributes: { include: [id, skuu] } }
        """);
    in.write("connector-config/sorce.properties", "");
    in.write("jslt-templates/Order.jslt", "{ \"id\": .data.id, }}");
    in.recipient("shop", "url: " + in.receiver.url("/hook") + "\ntimeuot: 5s");
    in.recipient(
        "stock",
        "url: "
            + in.receiver.url("/s")
            + "\nsubscriptions: [{ entity: Article, changed: [stok] }]");
    in.recipient("closed", "url: http://127.0.0.1:" + CheckedInstallation.closedPort());
    in.recipient("inside", "url: https://10.1.2.3/hook", "");
    in.recipient("nowhere", "url: https://rowhook.invalid/hook", "");
    in.write(
        "connector-config/rowhook.yaml", "journal: " + directory.resolve("no/such/journal.db"));
    assertThat(in.check()).isEqualTo(1);
    assertThat(in.out.toString())
        .contains("sorce.properties: nothing reads a file of this name")
        .contains("-> Did you mean source.properties?")
        .contains("shop.yaml:3", "timeuot", "timeout")
        .contains("Order.jslt:1:")
        .contains("table sales.order does not exist in database 'erp'; the nearest is sales.orders")
        .contains("table public.article has no column skuu; the nearest is sku")
        .contains("connection refused by 127.0.0.1")
        .contains("10.1.2.3, an address that is private", "allow: {networks: [10.1.2.3/32]}")
        .contains("the host name in rowhook.invalid is unknown")
        .contains("there is no directory " + directory.resolve("no/such"));
  }

  @Test
  void certificatesAreLookedAtBeforeAMessageFailsByThem() throws Exception {
    CheckedInstallation in = installation();
    Certificates all = Certificates.get();
    in.write("connector-config/tls/ca.pem", all.ca.certificatePem());
    try (Receiver good =
            new Receiver(_ -> Receiver.Answer.of(200), all.server.serving(all.ca.certificate()));
        Receiver past =
            new Receiver(_ -> Receiver.Answer.of(200), all.expired.serving(all.ca.certificate()));
        Receiver strange =
            new Receiver(
                _ -> Receiver.Answer.of(200), all.stranger.serving(all.ca.certificate()))) {
      String tls = "\ntls: { ca: tls/ca.pem }";
      in.recipient("good", "url: " + good.url("/") + tls);
      in.recipient("past", "url: " + past.url("/") + tls);
      in.recipient("strange", "url: " + strange.url("/") + tls);
      in.recipient("plain", "url: " + in.receiver.url("/").toString().replace("http:", "https:"));
      assertThat(in.check()).isEqualTo(1);
      assertThat(in.out.toString())
          .contains("recipients/past.yaml: TLS with localhost:", "the certificate has expired")
          .contains("recipients/strange.yaml: TLS with", "the certificate is not trusted")
          .contains("recipients/plain.yaml: TLS with", "is it plain HTTP?")
          .doesNotContain("recipients/good.yaml: TLS");
      assertThat(good.count() + past.count() + strange.count()).isZero();
    }
  }

  @Test
  void aTestIsSentOnlyWhenAskedFor() {
    CheckedInstallation in = installation();
    assertThat(in.check("--test")).as(in.out.toString()).isZero();
    assertThat(in.receiver.requests()).hasSize(1);
    assertThat(in.receiver.requests().getFirst().header("Rowhook-Test")).isEqualTo("1");
    in.receiver.behave(_ -> Receiver.Answer.of(503));
    assertThat(in.check("--test")).isEqualTo(1);
    assertThat(in.out.toString()).contains("the test delivery was not acknowledged");
  }

  @Test
  void aSourceThatDoesNotAnswerStopsNothingElse() throws IOException {
    CheckedInstallation in = installation();
    in.recipient("closed", "url: http://127.0.0.1:" + CheckedInstallation.closedPort());
    in.source.stop();
    JsonNode report = in.json();
    assertThat(report.path("errors").asInt()).isEqualTo(2);
    assertThat(report.toString())
        .contains(
            "cannot reach the server at database.hostname=", "connection refused by 127.0.0.1");
    assertThat(report.path("versions").has("postgresql")).isFalse();
  }

  @Test
  void whatTemplatesAndConditionsReadIsHeldAgainstWhatIsThere() {
    CheckedInstallation in = installation();
    in.source.execute(
        "CREATE TYPE sales.state AS ENUM ('open', 'shipped')",
        "ALTER TABLE sales.orders ADD state sales.state");
    in.write(
        "jslt-templates/Order.jslt",
        """
        { "id": .data.id, "state": .data.statsu, "mail": .data.customer.emial,
          "lines": [for (.data.lines) { "sku": .sku, "n": .quanttiy }], "was": .previous.status,
          "context": .context.who, "deep": .data.total.net }
        """);
    in.write("jslt-templates/Article.jslt", "{ \"was\": .previous.stock }");
    in.recipient(
        "shop",
        "url: %s\nsubscriptions:\n  - { entity: Order, when: '.data.customer.nmae == \"x\"', becomes: { state: [open, shiped] } }\n  - { entity: Article }\n  - { entity: Invoice }\n  - { entity: Payment }"
            .formatted(in.receiver.url("/hook")));
    assertThat(in.check("--strict")).isEqualTo(2);
    assertThat(in.out.toString())
        .contains(
            "Order.jslt reads .data.statsu, but Order.data has no statsu",
            "-> Did you mean status?")
        .contains("reads .data.customer.emial, but Order.data.customer has no emial", "mean email?")
        .contains("reads .data.lines[].quanttiy, but Order.data.lines[] has no quanttiy")
        .contains("reads .data.total.net", ".data.total is a single value")
        .contains("It is null in each webhook of Order to shop")
        .contains("subscriptions[0].when reads .data.customer.nmae")
        .contains("Article.jslt reads .previous, but table public.article does not log old rows")
        .contains("-> Run ALTER TABLE \"public\".\"article\" REPLICA IDENTITY FULL;")
        .contains(
            "subscriptions[0].becomes: state of sales.orders cannot be 'shiped', which its type does not have",
            "-> Did you mean shipped?")
        .contains("0 errors, 7 warnings")
        .doesNotContain("sales.orders does not log", "has no who");
  }

  @Test
  void warningsDecideTheStatusOnlyWhenAskedTo() {
    CheckedInstallation in = installation();
    in.source.execute("DROP INDEX sales.line_order_id_idx");
    assertThat(in.check()).isZero();
    assertThat(in.check("--strict", "--quiet")).isEqualTo(2);
    assertThat(in.out.toString())
        .startsWith(
            "tables\n  warning  entities.yaml: Order.contains.lines.key: sales.line has no index")
        .contains("-> Run CREATE INDEX CONCURRENTLY ON \"sales\".\"line\" (\"order_id\");")
        .doesNotContain("advice");
  }
}
