package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.story.Stage;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rowhook preview}: what would be sent, before anything is. */
@Tag("feature-12")
class PreviewTest {

  private static final String ORDER =
      """
      {"id":"evt_1","type":"order.updated","timestamp":"2026-05-24T15:20:44.123456Z",
       "entityType":"Order","entityId":7,"event":"Updated",
       "data":{"order_id":7,"status":"packed","total":10.50,"customer":{"name":"Meier","email":null}},
       "previous":{"status":"open"},"changed":["status"]}
      """;

  private static final String SHOP =
      """
      url: https://shop.example.com/hooks/erp?tenant=1&secret=xyz-123
      authentication:
        hmac: { secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw }
        basic: { username: erp, password: pass-word }
      subscriptions:
        - { entity: Article }
        - entity: Order
          when: '.data.status == "shipped"'
          attributes: status
          topic: order.shipped
      """;

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void settings() {
    write(
        "connector-config/source.properties",
        """
        database.hostname=nowhere.invalid
        database.user=x
        database.password=x
        database.dbname=x
        """);
    write(
        "connector-config/entities.yaml",
        """
        Article: { table: article }
        Order: { table: sales.sales_order }
        Customer: { table: crm.customer }
        """);
    write("connector-config/recipients/shop.yaml", SHOP);
    write(
        "jslt-templates/shop/status.jslt",
        "{ \"id\": .entityId, \"type\": .type, \"status\": .data.statu, \"was\": .previous.total,\n"
            + "  \"mail\": .data.customer.emial }");
    write("order.json", ORDER);
  }

  @Test
  void showsTheRequestAndWhyItIsNotWantedAndWhatTheTemplateMisses() {
    assertThat(run("shop", "--file", path("order.json"))).isZero();
    assertThat(out.toString())
        .contains(
            """
            event      evt_1, Order 7 Updated
            NOT WANTED subscriptions[0]: it is for Article Created, Deleted, Updated
                       subscriptions[1]: its condition does not hold: .data.status == "shipped" (.data.status = "packed")
            set        shop/status.jslt
            MISSING    .data.statu: Order.data has no statu. Did you mean status?
            MISSING    .data.customer.emial: Order.data.customer has no emial. Did you mean email?

            POST https://shop.example.com/hooks/erp?tenant=1&secret=***
            Content-Type: application/json
            """)
        .contains(
            "Webhook-Id: evt_1\n",
            "Rowhook-Topic: order.shipped\n",
            "Rowhook-Committed-At: 2026-05-24T15:20:44.123456Z\n",
            "Webhook-Signature: ***\nAuthorization: ***\n",
            "{\"id\":7,\"type\":\"order.shipped\",\"status\":null,\"was\":null,\"mail\":null}\n",
            "Nothing was sent, nor will be: no subscription wants it.")
        .doesNotContain("xyz-123", "pass-word", "MfKQ9r8G", ".previous.total");

    write("order.json", ORDER.replace("packed", "shipped"));
    assertThat(run("shop", "--file", path("order.json"))).isZero();
    assertThat(out.toString())
        .contains("wanted     subscriptions[1] wants it")
        .doesNotContain("subscriptions[0]");
  }

  @Test
  @Tag("feature-63")
  void methodPathAndBodyAreThoseOfADelivery() {
    write(
        "connector-config/recipients/shop.yaml",
        """
        url: https://shop.example.com/v1/?tenant=1
        method: { Updated: PUT }
        path: /orders/{data.order_id}/{data.status}
        max-body: { bytes: 1KB, then: notify }
        integers: text
        """);
    write("order.json", ORDER.replace("\"order_id\":7", "\"order_id\":9007199254740993"));
    assertThat(run("shop", "--file", path("order.json"))).isZero();
    assertThat(out.toString())
        .contains(
            "PUT https://shop.example.com/v1/orders/9007199254740993/packed?tenant=1\n",
            "\"order_id\":\"9007199254740993\"");
    write("order.json", ORDER.replace("Meier", "M".repeat(2_000)));
    assertThat(run("shop", "--file", path("order.json"))).isZero();
    assertThat(out.toString())
        .contains(
            "set        notify\n",
            "{\"EntityType\":\"Order\",\"EntityId\":7,\"EntityEvent\":\"Updated\"}\n");
    write("order.json", ORDER.replace("packed", "../admin"));
    assertThat(run("shop", "--file", path("order.json"))).isEqualTo(1);
    assertThat(out.toString()).contains("FAILS      path /orders/").doesNotContain("PUT ");
  }

  @Test
  void whatCannotBeRenderedIsRefusedWithItsPlace() {
    write("jslt-templates/shop/status.jslt", "{\n \"n\": number(.data.status) - 1 }");
    assertThat(run("shop", "--file", path("order.json"))).isEqualTo(1);
    assertThat(out.toString()).contains("FAILS      shop/status.jslt").doesNotContain("POST");
    write("jslt-templates/shop/status.jslt", "{\n \"broken\" .x }");
    assertThat(run("shop", "--file", path("order.json"))).isEqualTo(1);
    assertThat(err.toString()).contains("rowhook preview: shop/status.jslt:2:11: Parse error");
    assertThat(run("shp", "--file", path("order.json"))).isEqualTo(1);
    write("jslt-templates/shop/status.jslt", "{}");
    assertThat(run("shp", "--file", path("order.json"))).isEqualTo(1);
    assertThat(err.toString()).contains("there is no recipient 'shp'. Did you mean shop?");
    write("order.json", "{\"entityType\":");
    assertThat(run("shop", "--file", path("order.json"))).isEqualTo(1);
    assertThat(err.toString()).contains("order.json:1:").contains("not JSON");
    assertThat(run("shop")).isEqualTo(1);
    assertThat(err.toString())
        .contains("the service is not running", "without a service, give an event with --file");
  }

  @Test
  void goldenFilesAreWrittenAndHeldAgainst() {
    write("golden/shop/packed.event.json", ORDER);
    write("golden/shop/shipped.event.json", ORDER.replace("packed", "shipped"));
    assertThat(run("--check", path("golden"))).isEqualTo(1);
    assertThat(out.toString())
        .contains("0 of 2 as expected", "it is sent, and there is no shipped.body.json");
    assertThat(run("--check", path("golden"), "--update")).isZero();
    assertThat(directory.resolve("golden/shop/packed.skipped")).exists();
    assertThat(directory.resolve("golden/shop/shipped.body.json")).exists();
    assertThat(run("--check", path("golden"))).isZero();
    assertThat(out.toString()).contains("2 of 2 as expected");

    write(
        "jslt-templates/shop/status.jslt",
        "{ \"id\": 8, \"type\": .type, \"status\": .data.status, \"was\": null, \"mail\": null }");
    assertThat(run("--check", path("golden"))).isEqualTo(1);
    assertThat(out.toString())
        .contains(
            "body.id: expected 7, got 8",
            "body.status: expected null, got \"shipped\"",
            "1 of 2 as expected");

    write("connector-config/recipients/shop.yaml", SHOP.replace("shipped\"'", "packed\"'"));
    assertThat(run("--check", path("golden"))).isEqualTo(1);
    assertThat(out.toString()).contains("0 of 2 as expected");

    write("connector-config/recipients/shop.yaml", SHOP + "format: xml\n");
    assertThat(run("--check", path("golden"), "--update")).isZero();
    assertThat(directory.resolve("golden/shop/shipped.body.xml"))
        .content(StandardCharsets.UTF_8)
        .contains("<Order><id>8</id>");
    write("jslt-templates/shop/status.jslt", "{ \"id\": 9 }");
    assertThat(run("--check", path("golden"))).isEqualTo(1);
    assertThat(out.toString()).contains("line 2, column 12: expected <Order><id>8</id>");
  }

  @Test
  void aJournaledEventIsShownAsItWouldBeSentWhileTheServiceRuns() {
    try (SourceDatabase source = SourceDatabase.start();
        Stage stage = new Stage(source, directory).tables()) {
      stage.receiver("live", TestReceiver.Settings.DEFAULT);
      Objects.requireNonNull(stage.env().get("LIVE_URL"));
      Path file = directory.resolve("connector-config/recipients/shop.yaml");
      assertThat(file.toFile().delete()).isTrue();
      stage.recipient("live", "url: " + stage.env().get("LIVE_URL") + "\n");
      stage.write("jslt-templates/live/Article.jslt", "{ \"before\": .data.name }").start();
      source.execute(
          "INSERT INTO article VALUES (7, 'A', 'Seven', 1.00, 0), (8, 'A', 'Eight', 1.00, 0)",
          "INSERT INTO crm.customer (customer_id, name) VALUES (9, 'Nine')");
      ReceivedRequest seven =
          stage.await("live", 3).stream()
              .filter(one -> "7".equals(one.header("Rowhook-Entity-Id")))
              .findFirst()
              .orElseThrow();
      stage.awaitIdle();
      // On disk only, and bad for what runs: it is seen before it is in force.
      stage.write("jslt-templates/live/Article.jslt", "{ \"after\": .data.name }");
      assertThat(run("live", "--entity", "Article:7")).isZero();
      assertThat(out.toString())
          .contains("Webhook-Id: " + seven.id(), "{\"after\":\"Seven\"}")
          .contains("Rowhook-Sequence: " + seven.header("Rowhook-Sequence"));
      assertThat(run("live", "--event", String.valueOf(seven.id()))).isZero();
      assertThat(out.toString()).contains("Article 7 Created");
      assertThat(run("live", "--row", "Article:8")).isZero();
      assertThat(out.toString()).contains("Article 8 Created", "{\"after\":\"Eight\"}");
      assertThat(run("live", "--row", "Article:99")).isEqualTo(1);
      assertThat(err.toString()).contains("table public.article has no row of Article 99");
      assertThat(run("live")).isZero();
      assertThat(out.toString()).contains("Customer 9 Created");
      // Parts that are on disk only, of an order that is older than the journal.
      source.execute("INSERT INTO sales.sales_order VALUES (3, 9, 'open', 1.00, NULL)");
      source.execute("INSERT INTO sales.order_line VALUES (3, 2, 8, 5), (3, 1, 7, 4)");
      stage.write(
          "connector-config/entities.yaml",
          """
          Article: { table: public.article }
          Order:
            table: sales.sales_order
            contains: { lines: { table: sales.order_line, key: order_id, order-by: line_no } }
            refers: { buyer: { table: crm.customer, key: customer_id, attributes: name } }
          """);
      assertThat(run("live", "--row", "Order:3")).isZero();
      assertThat(out.toString())
          .contains("Order 3 Created")
          .contains("\"lines\":[{\"order_id\":3,\"line_no\":1,\"article_id\":7,\"quantity\":4},")
          .contains("\"buyer\":{\"name\":\"Nine\"}");
      assertThat(run("live", "--entity", "Order:77")).isEqualTo(1);
      assertThat(err.toString()).contains("the journal has no event of Order");
      stage.awaitIdle();
      assertThat(stage.inbox("live"))
          .as("what happened, and nothing that was previewed")
          .hasSize(4);
    }
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private void write(String name, String text) {
    try {
      Path file = directory.resolve(name);
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of("preview"));
    all.addAll(List.of(arguments));
    all.addAll(
        List.of(
            "--config",
            path("connector-config"),
            "--templates",
            path("jslt-templates"),
            "--journal",
            path("journal.db")));
    return Main.commandLine(_ -> {})
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }
}
