package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.api.ApiClient;
import io.rowhook.story.Stage;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which tables make which entity is looked at, tried and chosen over HTTP. */
class MappingTest {

  private static final String MAPPING = "/v1/mapping";

  private static final String ENTITIES =
      """
      # All that we tell of.

      # What we sell.
      Article:
        table: public.article # by the owner's wish
        index: [sku]

      # Whom we sell it to.
      Customer: { table: crm.customer }
      Order:
        table: sales.sales_order
        contains:
          lines: { table: sales.order_line, key: order_id }

      # sales.draft is nobody's business
      """;

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;
  private @Nullable ApiClient open;

  @BeforeEach
  void stage() {
    stage = new Stage(source, directory).tables();
    source.execute(
        "CREATE TABLE sales.invoice (invoice_id bigint PRIMARY KEY, order_id bigint REFERENCES"
            + " sales.sales_order, invoice_no text NOT NULL, total numeric(12,2), access_token"
            + " text)",
        "CREATE TABLE sales.invoice_line (invoice_id bigint REFERENCES sales.invoice ON DELETE"
            + " CASCADE, line_no int, amount numeric(12,2), PRIMARY KEY (invoice_id, line_no))",
        "ALTER TABLE crm.customer ADD COLUMN password_hash text",
        "INSERT INTO sales.invoice VALUES (7, NULL, 'R-7', 12345678.90, 'geheim-token')",
        "INSERT INTO sales.invoice_line VALUES (7, 1, 12345678.90)",
        "INSERT INTO crm.customer (customer_id, name, password_hash) VALUES (9, 'Nine',"
            + " 'geheim-hash')");
    stage.write("connector-config/entities.yaml", ENTITIES);
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.recipient("shop", "url: ${env:SHOP_URL}\n");
  }

  @AfterEach
  void stop() {
    client().close();
    stage.close();
  }

  private ApiClient client() {
    return Objects.requireNonNull(open);
  }

  private void start() throws IOException {
    stage.start();
    open = ApiClient.of(stage.journalFile());
  }

  @Test
  void entitiesInForceAndProposedOnesAreShownAndTried() throws Exception {
    start();
    JsonNode entities = client().get(MAPPING).json().path("entities");
    assertThat(entities.findValuesAsText("name"))
        .containsExactly("Article", "Customer", "Order", "Invoice");
    assertThat(entities.path(2))
        .hasToString(
            "{\"table\":\"sales.sales_order\",\"name\":\"Order\",\"was\":\"Order\",\"inForce\":true,\"key\":[\"order_id\"],\"parts\":[\"lines\"],\"references\":[],\"rows\":null,\"why\":null}");
    JsonNode invoice = entities.path(3);
    assertThat(invoice.path("inForce").asBoolean()).isFalse();
    assertThat(invoice.path("key")).hasToString("[\"invoice_id\"]");
    assertThat(invoice.path("parts")).hasToString("[\"lines\"]");
    assertThat(invoice.path("why").asText()).isNotEmpty();

    JsonNode event = sample("sales.invoice").json().path("event");
    assertThat(event.path("entityType").asText()).isEqualTo("Invoice");
    assertThat(event.path("entityId")).hasToString("7");
    assertThat(event.path("data").path("total")).hasToString("12345678.90");
    assertThat(event.path("data").path("lines").path(0).path("amount")).hasToString("12345678.90");
    assertThat(event.toString()).doesNotContain("geheim");
    assertThat(sample("crm.customer").text()).contains("Nine").doesNotContain("geheim", "password");
    ApiClient.Reply none = sample("public.article");
    assertThat(none.status()).isEqualTo(409);
    assertThat(none.text()).contains("table public.article has no row to show");
    assertThat(sample("sales.nothing").status()).isEqualTo(404);
  }

  @Test
  void whatIsChosenIsWrittenAndInForce() throws Exception {
    start();
    ApiClient.Reply chosen =
        choose(
            """
            {"entities":[
              {"table":"public.article","name":"Item"},
              {"table":"sales.sales_order","name":"Order","was":"Order"},
              {"table":"sales.invoice","name":"Bill","was":null}]}
            """);
    assertThat(chosen.status()).as(chosen.text()).isEqualTo(200);
    assertThat(chosen.json().path("inForce").asBoolean()).as(chosen.text()).isTrue();
    assertThat(chosen.json().path("changes"))
        .extracting(JsonNode::asText)
        .contains(
            "entity Bill added",
            "entity Item added",
            "entity Article removed",
            "entity Customer removed");
    String text = Files.readString(directory.resolve("connector-config/entities.yaml"));
    assertThat(text)
        .startsWith(
            """
            # All that we tell of.

            # What we sell.
            Item:
              table: public.article # by the owner's wish
              index: [sku]

            Order:
              table: sales.sales_order
              contains:
                lines: { table: sales.order_line, key: order_id }

            #\
            """)
        .contains("\nBill:\n  table: sales.invoice\n")
        .endsWith("\n\n# sales.draft is nobody's business\n")
        .doesNotContain("Customer", "Whom we sell");
    source.execute("INSERT INTO sales.invoice VALUES (8, NULL, 'R-8', 1.00, 'geheim-token')");
    assertThat(stage.await("shop", 1).getFirst().header("Rowhook-Topic")).isEqualTo("bill.created");
    assertThat(client().get("/v1/audit-log?action=entities.replaced").json().path("entries"))
        .singleElement()
        .satisfies(entry -> assertThat(entry.path("detail").asText()).contains("Bill added"));
    assertThat(client().get("/v1/audit-log?action=settings.changed").json().path("entries"))
        .isEmpty();
    assertThat(client().get(MAPPING).json().path("entities").findValuesAsText("name"))
        .containsExactly("Item", "Order", "Bill", "Customer");
  }

  @Test
  void whatWouldNotBeGoodIsRefused() throws Exception {
    stage.recipient(
        "shop", "url: ${env:SHOP_URL}\nsubscriptions: [{ entity: Article }, { entity: Order }]\n");
    start();
    String renamed =
        "{\"entities\":[{\"table\":\"public.article\",\"name\":\"Item\"},{\"table\":\"sales.sales_order\",\"name\":\"Order\"}]}";
    ApiClient.Reply refused = choose(renamed);
    assertThat(refused.status()).as(refused.text()).isEqualTo(422);
    assertThat(refused.text()).contains("shop.yaml:3:", "Article");
    assertThat(client().ask("PUT", MAPPING, renamed).status()).isEqualTo(428);
    assertThat(client().with("If-Match", "\"0\"").ask("PUT", MAPPING, renamed).status())
        .isEqualTo(412);
    assertThat(choose("{\"entities\":[{\"table\":\"public.article\",\"name\":\"a: b\"}]}").text())
        .contains("#/entities/0/name");
    assertThat(
            choose("{\"entities\":[{\"table\":\"public.uncaptured\",\"name\":\"Thing\"}]}").text())
        .contains("#/entities/0/table", "none that is proposed");
    assertThat(
            choose(
                    "{\"entities\":[{\"table\":\"public.article\",\"name\":\"A\"},{\"table\":\"public.article\",\"name\":\"B\"}]}")
                .text())
        .contains("#/entities/1/table", "named twice");
    assertThat(choose("{\"entities\":[]}").status()).isBetween(400, 499);
    assertThat(directory.resolve("connector-config/entities.yaml")).content().isEqualTo(ENTITIES);
  }

  @Test
  void whatTheSourceIsNotReadyForIsRefusedWithWhatItsOwnerHasToRun() throws Exception {
    source.execute(
        "DROP ROLE IF EXISTS narrow",
        "CREATE ROLE narrow LOGIN REPLICATION",
        "CREATE PUBLICATION rowhook FOR TABLE public.article, crm.customer, sales.sales_order,"
            + " sales.order_line",
        "GRANT USAGE ON SCHEMA crm, sales TO narrow",
        "GRANT SELECT ON public.article, crm.customer, sales.sales_order, sales.order_line TO"
            + " narrow");
    stage.user("narrow");
    start();
    try {
      ApiClient.Reply unreadable = sample("sales.invoice");
      assertThat(unreadable.status()).isEqualTo(409);
      assertThat(unreadable.json().path("detail").asText())
          .contains("GRANT SELECT", "\"sales\".\"invoice\"", "TO \"narrow\";");
      String all =
          """
          {"entities":[
            {"table":"public.article","name":"Article"},{"table":"crm.customer","name":"Customer"},
            {"table":"sales.sales_order","name":"Order"},{"table":"sales.invoice","name":"Invoice"}]}
          """;
      ApiClient.Reply refused = choose(all);
      assertThat(refused.status()).as(refused.text()).isEqualTo(409);
      assertThat(refused.text()).contains("the source is not ready");
      String statements =
          refused
              .json()
              .path("errors")
              .findValuesAsText("detail")
              .getLast()
              .replaceFirst(".*?: ", "");
      assertThat(directory.resolve("connector-config/entities.yaml")).content().isEqualTo(ENTITIES);
      List<String> run = new ArrayList<>(List.of(statements.split("(?<=;) ")));
      assertThat(run).hasSizeGreaterThan(3);
      source.execute(run.toArray(String[]::new));
      assertThat(sample("sales.invoice").status()).isEqualTo(200);
      ApiClient.Reply chosen = choose(all);
      assertThat(chosen.json().path("inForce").asBoolean()).as(chosen.text()).isTrue();
    } finally {
      client().close();
      stage.stop();
      stage.empty();
      source.execute("DROP OWNED BY narrow", "DROP ROLE narrow");
    }
  }

  private ApiClient.Reply sample(String table) {
    return client().get(MAPPING + "/" + table + "/sample");
  }

  private ApiClient.Reply choose(String body) {
    String etag = client().get(MAPPING).json().path("etag").asText();
    return client().with("If-Match", etag).ask("PUT", MAPPING, body);
  }
}
