package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.journal.AuditEntry;
import io.rowhook.journal.AuditLog;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person has asked to be erased; the ERP has done it, and Rowhook does. */
class ForgetEntityTest {

  private static final String NAME = "Ann-Marker-4711";

  private static final AuditLog.Query ERASURES =
      new AuditLog.Query(AuditEntry.Action.ENTITY_ERASED, null, null, null, null, 10);

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;
  private OperatedService service;

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).tables();
    service = new OperatedService(stage, source);
    stage.write(
        "connector-config/entities.yaml",
        """
        Customer: { table: crm.customer }
        Order:
          table: sales.sales_order
          contains: { lines: { table: sales.order_line, key: order_id } }
          refers:
            customer: { table: crm.customer, key: customer_id, attributes: [name, email] }
        Line: { table: sales.order_line }
        """);
  }

  @AfterEach
  void strike() {
    stage.close();
  }

  private List<String> grep(String text) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> read(file).contains(text))
          .map(file -> String.valueOf(file.getFileName()))
          .sorted()
          .toList();
    }
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void nothingOfACustomerIsLeftAndWhatWaitsOfOthersGoesOut() throws Exception {
    stage.receiver("mirror", TestReceiver.Settings.DEFAULT);
    stage.recipient("mirror", "url: ${env:MIRROR_URL}");
    service.shop(0, "\nprocessing: sequential");
    source.execute(
        "INSERT INTO crm.customer VALUES (7, '" + NAME + "', 'ann@x', NULL, true)",
        "INSERT INTO crm.customer VALUES (8, 'Bo', 'bo@x', NULL, true)",
        "INSERT INTO sales.sales_order VALUES (1, 7, 'new', 1.00, now())");
    stage.awaitIdle();
    service.shown("pause", "shop");
    source.execute(
        "UPDATE crm.customer SET name = name || ' Smith' WHERE customer_id = 7",
        "UPDATE sales.sales_order SET status = 'paid'",
        "INSERT INTO sales.sales_order VALUES (2, 8, 'new', 2.00, now())");
    stage.awaitJournaled(); // or the order's customer might be read when it is gone
    source.execute("DELETE FROM crm.customer WHERE customer_id = 7");
    stage.awaitJournaled();
    stage.await("mirror", 7);
    Eventually.within(
        Duration.ofSeconds(30),
        "what the mirror has answered is settled",
        () -> {
          for (JsonNode one : service.json("status").path("recipients")) {
            if (one.path("recipient").asText().equals("mirror")) {
              return one.path("ahead").asLong() + one.path("inFlight").asLong() == 0;
            }
          }
          return false;
        });
    assertThat(grep(NAME)).isNotEmpty();

    assertThat(service.run("forget", "Customer:7")).isEqualTo(1);
    assertThat(service.out())
        .contains(
            "Customer:7 has in the journal 3 events",
            "still to be delivered, and would end, erased: shop 2",
            "1 delivery of these is a Deleted: who is to get it would not be told that the entity"
                + " is gone",
            "events of other entities that embed it, where it would become null: Order 2",
            "Nothing was done: --yes does it, and rewrites the journal's file (1 MB)");
    assertThat(grep(NAME)).isNotEmpty();

    assertThat(service.shown("forget", "Customer:7", "--yes"))
        .contains("Customer:7 is erased: 3 events", "nothing of it is left there");
    assertThat(grep(NAME)).isEmpty();

    service.shown("resume", "shop");
    stage.awaitIdle();
    List<JsonNode> late = stage.inbox("shop").stream().skip(3).map(Stage::json).toList();
    assertThat(late)
        .extracting(json -> json.path("type").asText() + " " + json.path("entityId").asText())
        .containsExactly("order.updated 1", "order.created 2");
    assertThat(late.getFirst().path("data").path("customer").isNull()).isTrue();
    assertThat(late.getLast().path("data").path("customer").path("name").asText()).isEqualTo("Bo");
    assertThat(service.states("mirror")).hasSize(4).containsOnly("delivered");
    assertThat(grep(NAME)).isEmpty();

    assertThat(stage.flow().journal().audit().find(ERASURES))
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.action()).isEqualTo(AuditEntry.Action.ENTITY_ERASED);
          assertThat(entry.subject() + entry.detail()).contains("3 events").doesNotContain("7");
        });

    JsonNode again = service.json("forget", "Customer:7", "--yes");
    assertThat(again.path("events").asLong()).isZero();
    assertThat(again.path("left").isNull()).isTrue();
    assertThat(service.shown("forget", "Order:1", "--yes"))
        .contains("Order:1 is erased: 2 events", "by their own ids: Line");
    assertThat(service.run("forget", "Custmer:7", "--yes")).isEqualTo(1);
    assertThat(service.err()).contains("there is no entity 'Custmer'. Did you mean Customer?");
    assertThat(service.run("forget", "Line:{a", "--yes")).isEqualTo(1);
    assertThat(service.err()).contains("the id is no JSON object");
    for (String id : List.of("1", "{\"order_id\":1}", "{\"order_id\":1,\"line_no\":\"x\"}")) {
      assertThat(service.run("forget", "Line:" + id)).isEqualTo(1);
      assertThat(service.err())
          .contains("'" + id + "' is no id of Line: that is {\"order_id\":1,\"line_no\":1}");
    }
    source.execute("INSERT INTO sales.order_line VALUES (2, 1, 5, 1), (2, 2, 5, 1)");
    stage.awaitJournaled();
    assertThat(service.shown("forget", "Line:{\"line_no\":1,\"order_id\":2}", "--yes"))
        .contains("is erased: 1 event");
    assertThat(service.run("forget", "Customer:Ann")).isEqualTo(1);
    assertThat(service.err())
        .contains("'Ann' is no id of Customer: that is a whole number, the value of customer_id");
    stage.stop();
    stage.write("connector-config/entities.yaml", "Order: { table: sales.sales_order }");
    stage.start();
    service.run("forget", "Line:whatever");
    assertThat(service.out()).contains("Line:whatever has in the journal 0 events");
  }
}
