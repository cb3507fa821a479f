package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.base.Json;
import io.rowhook.story.Contract;
import io.rowhook.story.Stage;
import io.rowhook.testing.SourceDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the catalog says of the built-in sets, of batches and conditions, real requests bear out.
 */
class CatalogTest {

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).tables();
    source.execute(
        "CREATE TABLE public.odd (a int, b text, n numeric, f float8, t timestamptz, l int[],"
            + " j jsonb, d date, u uuid, y bytea, bool boolean NOT NULL, big bigint, m money,"
            + " i interval, r int4range, PRIMARY KEY (a, b))");
    stage.write(
        "connector-config/entities.yaml",
        """
        Odd: { table: public.odd }
        Customer: { table: crm.customer, attributes: { exclude: [phone] } }
        Order:
          table: sales.sales_order
          contains:
            lines:
              table: sales.order_line
              key: order_id
              refers: { article: { table: public.article, key: article_id, attributes: [sku, price] } }
          refers:
            customer_id: { table: crm.customer, key: customer_id, attributes: [name, email] }
        """);
    stage.receiver("all", TestReceiver.Settings.DEFAULT);
    stage.receiver("few", TestReceiver.Settings.DEFAULT);
    stage.recipient("all", "url: ${env:ALL_URL}?token=geheim");
    stage.recipient(
        "few",
        """
        url: ${env:FEW_URL}
        authentication: { bearer: streng-geheim-0123456789 }
        headers: { X-Tenant: geheimer-mandant }
        integers: text
        batch: { max: 5 }
        subscriptions:
          - { entity: Order, becomes: { status: shipped }, topic: order.shipped, attributes: status }
          - { entity: Order, events: [Deleted], attributes: notify }
          - { entity: Odd, attributes: notify }
        """);
    stage.write(
        "jslt-templates/status.jslt",
        """
        let short = { "n": size(.data.lines) }
        { "order": .data.order_id, "lines": [for (.data.lines) { "sku": .article.sku, * - order_id : . }],
          "of": if (.data.customer_id) .data.customer_id.name else null, "short": $short }
        """);
  }

  @AfterEach
  void strike() {
    stage.close();
    source.execute("DROP TABLE IF EXISTS public.odd");
  }

  @Test
  void realBodiesAreAsTheCatalogSays() throws Exception {
    stage.start();
    source.execute(
        "INSERT INTO article VALUES (1, 'CUP', 'Cup', 8.90, 4)",
        "INSERT INTO crm.customer VALUES (7, 'Ann', NULL, '+49', true)",
        "INSERT INTO sales.sales_order VALUES (1, 7, 'new', 8.90, now())",
        "INSERT INTO sales.order_line VALUES (1, 1, 1, 2), (1, 2, NULL, NULL)",
        "UPDATE sales.sales_order SET status = 'shipped', customer_id = NULL",
        "UPDATE sales.order_line SET quantity = 3 WHERE line_no = 1",
        "INSERT INTO sales.sales_order VALUES (2, 99, NULL, NULL, NULL)",
        "INSERT INTO public.odd VALUES (1, 'x', 'NaN', 'Infinity', 'infinity', '{1,NULL}',"
            + " '{\"a\":[1]}', '0044-03-15 BC', gen_random_uuid(), '\\x00', true,"
            + " 9007199254740993, 3, '1 day', '[1,3)')",
        "INSERT INTO public.odd VALUES (2, 'y', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
            + " false, NULL, NULL, NULL, NULL)",
        "UPDATE public.odd SET n = 1.5 WHERE a = 2",
        "DELETE FROM public.odd",
        "DELETE FROM sales.order_line",
        "DELETE FROM sales.sales_order",
        "DELETE FROM crm.customer");
    stage.awaitIdle();
    Contract contract = new Contract(stage, Optional.empty());
    List<ReceivedRequest> all = stage.inbox("all");
    assertThat(all).hasSizeGreaterThan(12);
    contract.holds("all", all);
    contract.holds("few", stage.inbox("few"));

    ObjectNode body =
        (ObjectNode)
            Json.MAPPER.readTree(new String(all.getFirst().body(), StandardCharsets.UTF_8));
    assertThat(contract.errors("all", body.toString())).isEmpty();
    ObjectNode more = body.deepCopy();
    ((ObjectNode) more.get("data")).put("phone", "+49"); // is excluded
    assertThat(contract.errors("all", more.toString())).isNotEmpty();
    ObjectNode other = body.deepCopy();
    ((ObjectNode) other.get("data")).put("newsletter", "yes");
    assertThat(contract.errors("all", other.toString())).isNotEmpty();
    body.remove("event");
    assertThat(contract.errors("all", body.toString())).isNotEmpty();
  }

  @Test
  void eventsOfRowhookItselfAreInIt() throws Exception {
    stage.receiver(
        "gone", TestReceiver.Settings.DEFAULT.withAnswer(TestReceiver.Answer.OK.withStatus(410)));
    stage.recipient("gone", "url: ${env:GONE_URL}");
    stage.receiver("watch", TestReceiver.Settings.DEFAULT);
    stage.receiver("terse", TestReceiver.Settings.DEFAULT);
    stage.recipient("watch", "url: ${env:WATCH_URL}\nsubscriptions: [{ entity: Rowhook }]");
    stage.recipient(
        "terse", "url: ${env:TERSE_URL}\nsubscriptions: [{ entity: Rowhook, attributes: notify }]");
    stage.start();
    source.execute("INSERT INTO crm.customer VALUES (7, 'Ann', NULL, '+49', true)");
    stage.await("watch", 1);
    stage.await("terse", 1);
    Contract contract = new Contract(stage, Optional.empty());
    contract.holds("watch", stage.inbox("watch"));
    contract.holds("terse", stage.inbox("terse"));
    ObjectNode body = (ObjectNode) Stage.json(stage.inbox("watch").getFirst());
    assertThat(body.path("event").asText()).isEqualTo("RecipientDisabled");
    ((ObjectNode) body.get("data")).remove("reason");
    assertThat(contract.errors("watch", body.toString())).isNotEmpty();
    JsonNode hooks = contract.json("watch.openapi.json").path("webhooks");
    assertThat(hooks.toString()).contains("rowhook.source-at-risk");
  }

  @Test
  void everyFormSaysWhatComesWhenAndNoSecret() throws Exception {
    Contract contract = new Contract(stage, Optional.empty());
    JsonNode openapi = contract.json("few.openapi.json");
    assertThat(openapi.path("openapi").asText()).isEqualTo("3.1.0");
    assertThat(openapi.path("webhooks").properties())
        .extracting(one -> one.getKey())
        .containsExactly("order.shipped", "order", "odd");
    JsonNode shipped = openapi.path("webhooks").path("order.shipped").path("post");
    assertThat(shipped.path("summary").asText())
        .isEqualTo("Order Created, Updated, Deleted, where status becomes shipped");
    assertThat(shipped.path("description").asText())
        .contains("Topics: order.shipped.", "Made by jslt-templates/status.jslt");
    JsonNode item = openapi.path("components").path("schemas").path("order.shipped");
    assertThat(item.path("required").toString())
        .isEqualTo("[\"order\",\"lines\",\"of\",\"short\"]");
    assertThat(item.path("properties").path("lines").path("items").path("properties").properties())
        .extracting(one -> one.getKey())
        .containsExactlyInAnyOrder("sku", "line_no", "article_id", "quantity", "article");
    assertThat(openapi.path("components").path("securitySchemes").has("bearer")).isTrue();
    JsonNode asyncapi = contract.json("few.asyncapi.json");
    assertThat(asyncapi.path("asyncapi").asText()).isEqualTo("3.0.0");
    assertThat(asyncapi.path("operations").path("odd").path("action").asText())
        .isEqualTo("receive");
    assertThat(contract.text("few.html"))
        .contains("<h1>Webhooks for few</h1>", "status becomes shipped", "X-Tenant");
    assertThat(contract.text("few.md"))
        .contains("# Webhooks for few", "| order.shipped | Order |", "lines\\[\\].sku");
    assertThat(contract.text("all.md")).contains("no authentication is set");
    for (String name : List.of("few", "all")) {
      for (String suffix :
          List.of(".openapi.json", ".asyncapi.json", ".schema.json", ".html", ".md")) {
        assertThat(contract.text(name + suffix)).as(name + suffix).doesNotContain("geheim");
      }
    }
    String config = directory.resolve("connector-config").toString();
    String templates = directory.resolve("jslt-templates").toString();
    assertThat(
            Contract.run(stage, "--config", config, "--templates", templates, "--recipient", "all"))
        .startsWith("# Webhooks for all");
  }
}
