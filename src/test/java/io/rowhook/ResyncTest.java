package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.journal.Resync;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is there already is sent to one recipient, while changes go on. */
@Tag("feature-23")
@Tag("slow")
class ResyncTest {

  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int ORDERS = 2_000;
  private static final String WITH_SNAPSHOTS =
      """
      url: ${env:SHOP_URL}
      processing: sequential
      subscriptions:
        - { entity: Order, events: [Created, Updated, Deleted, Snapshot] }
        - { entity: Article, events: [Snapshot] }
      """;

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).tables();
    stage
        .receiver("shop", TestReceiver.Settings.DEFAULT)
        .receiver("budget", TestReceiver.Settings.DEFAULT);
    stage.write(
        "connector-config/entities.yaml",
        """
        Article: { table: public.article }
        Order:
          table: sales.sales_order
          contains:
            lines: { table: sales.order_line, key: order_id, order-by: line_no }
        """);
    stage.recipient("shop", WITH_SNAPSHOTS).recipient("budget", "url: ${env:BUDGET_URL}");
  }

  @AfterEach
  void strike() {
    stage.close();
  }

  @Test
  void eachEntityArrivesOnceOrNewerAndNobodyElseIsTold() throws Exception {
    source.execute(
        "INSERT INTO sales.sales_order SELECT n, 1, 'open', 1, now() FROM generate_series(1, "
            + ORDERS
            + ") n",
        "INSERT INTO sales.order_line SELECT n, l, l, 1 FROM generate_series(1, "
            + ORDERS
            + ") n, generate_series(1, 2) l");
    stage.start();
    OperatedService service = new OperatedService(stage, source);
    AtomicBoolean enough = new AtomicBoolean();
    Thread writer = Thread.ofPlatform().start(() -> write(enough));
    Eventually.within(LIMIT, "changes flow", () -> stage.inbox("budget").size() > 20);

    assertThat(service.shown("resync", "shop", "Order", "--rate", "1000/s"))
        .contains("Order to shop: 0 of about");
    Eventually.within(LIMIT, "it is done", () -> resync().state() == Resync.State.done);
    enough.set(true);
    writer.join();
    stage.awaitIdle();

    int there = holdsAgainstTheSource(stage.inbox("shop"));
    assertThat(resync().read()).isBetween((long) there, 2L * ORDERS);
    assertThat(stage.inbox("budget"))
        .isNotEmpty()
        .noneMatch(one -> "Snapshot".equals(one.header("Rowhook-Entity-Event")));
    assertThat(service.shown("resync", "--list")).contains("Order to shop", "; done");
  }

  /** Each transaction raises an order's total, and writes it into its first line too. */
  private static void write(AtomicBoolean enough) {
    Random random = new Random(7);
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      while (!enough.get()) {
        int order = 1 + random.nextInt(ORDERS);
        if (random.nextInt(20) == 0) {
          statement.execute("DELETE FROM sales.sales_order WHERE order_id = " + order);
        } else {
          statement.execute(
              "UPDATE sales.sales_order SET total = total + 1 WHERE order_id = " + order);
          statement.execute(
              "UPDATE sales.order_line SET quantity = quantity + 1 WHERE line_no = 1 AND order_id ="
                  + " "
                  + order);
        }
        connection.commit();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns how many orders are left of those that the writer deletes now and then. */
  private static int holdsAgainstTheSource(List<ReceivedRequest> received) throws Exception {
    Map<String, Integer> newest = new HashMap<>();
    Set<String> snapshots = new HashSet<>();
    for (ReceivedRequest request : received) {
      JsonNode event = Stage.json(request);
      String id = event.path("entityId").asText();
      if (event.path("event").asText().equals("Deleted")) {
        newest.put(id, Integer.MAX_VALUE);
        continue;
      }
      int total = event.path("data").path("total").intValue();
      assertThat(total)
          .as("order %s after %s", id, newest.get(id))
          .isGreaterThanOrEqualTo(newest.getOrDefault(id, 0));
      assertThat(event.path("data").path("lines").path(0).path("quantity").intValue())
          .as("lines of order %s", id)
          .isEqualTo(total);
      newest.put(id, total);
      if (event.path("event").asText().equals("Snapshot")) {
        assertThat(snapshots.add(id)).as("a second Snapshot of order %s", id).isTrue();
        assertThat(event.path("type").asText()).isEqualTo("order.snapshot");
        assertThat(event.path("previous")).isEmpty();
        assertThat(event.path("changed")).isEmpty();
        assertThat(event.path("data").path("lines")).hasSize(2);
      }
    }
    Map<String, Integer> there = new HashMap<>();
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT order_id, total FROM sales.sales_order")) {
      while (rows.next()) {
        there.put(rows.getString(1), rows.getInt(2));
      }
    }
    newest.values().removeIf(total -> total == Integer.MAX_VALUE);
    assertThat(newest).isEqualTo(there);
    assertThat(snapshots).containsAll(there.keySet());
    return there.size();
  }

  @Test
  void aKilledOneGoesOnBehindWhatIsDurable() throws Exception {
    articles(3_000);
    try (RowhookProcess killed = process()) {
      try (RowhookProcess command = command("resync", "shop", "Article")) {
        assertThat(command.exitCode(LIMIT)).isZero();
        assertThat(command.output()).contains("Article to shop", "It has begun");
      }
      stage.await("shop", 700);
      killed.kill();
    }
    int before = stage.inbox("shop").size();
    assertThat(before).isLessThan(3_000);
    try (RowhookProcess again = process()) {
      Eventually.within(
          LIMIT,
          "all have arrived",
          () ->
              stage.inbox("shop").stream()
                      .map(one -> one.header("Rowhook-Entity-Id"))
                      .distinct()
                      .count()
                  == 3_000);
      assertThat(again.stop()).isZero();
    }
    // in the journal each has one
    assertThat(stage.inbox("shop").stream().map(one -> one.header("Webhook-Id")).distinct().count())
        .isEqualTo(3_000);
    assertThat(stage.inbox("budget")).isEmpty();
  }

  @Test
  void aCancelledOneEndsAndAConditionChoosesRows() {
    articles(5_000);
    stage.start();
    OperatedService service = new OperatedService(stage, source);
    service.shown("resync", "shop", "Article", "--rate", "100/s");
    stage.await("shop", 100);
    assertThat(service.run("resync", "shop", "Article")).isEqualTo(1);
    assertThat(service.err()).contains("runs already", "rowhook resync --cancel");
    assertThat(service.shown("status")).contains("resync       1 Article to shop");
    assertThat(service.shown("resync", "--cancel", "1")).contains("; cancelled");
    stage.awaitIdle();
    long events = resync().sent();
    assertThat(events).isLessThan(5_000);
    assertThat(stage.inbox("shop")).hasSize((int) events);

    service.shown(
        "resync", "shop", "Article", "--where", "stock = 7", "--since", "id", "4001", "--wait");
    stage.awaitIdle();
    assertThat(resync().state()).isEqualTo(Resync.State.done);
    assertThat(resync().sent()).isEqualTo(100);
    assertThat(stage.inbox("shop")).hasSize((int) events + 100);
  }

  @Test
  void whatCannotBeSentIsRefusedInWords() {
    stage.start();
    OperatedService service = new OperatedService(stage, source);
    refused(service, "there is no recipient 'shopp'", "shopp", "Order");
    refused(service, "there is no entity 'Orders' in entities.yaml", "shop", "Orders");
    refused(
        service,
        "recipient budget has no subscription that wants Snapshots of Order",
        "budget",
        "Order");
    refused(
        service, "column \"colour\" does not exist", "shop", "Order", "--where", "colour = 'red'");
    refused(
        service, "--where must be one SQL condition", "shop", "Order", "--where", "true; DROP x");
    refused(
        service, "invalid input syntax", "shop", "Order", "--since", "ordered_at", "yesterdayy");
    assertThat(service.run("resync", "shop")).isEqualTo(2);
    assertThat(service.run("resync", "shop", "Order", "--rate", "fast")).isEqualTo(2);
    assertThat(service.shown("resync", "--list")).contains("There are none.");
  }

  private static void refused(OperatedService service, String words, String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "resync";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    assertThat(service.run(all)).as(words).isEqualTo(1);
    assertThat(service.err()).contains(words);
  }

  private static void articles(int count) {
    source.execute(
        "INSERT INTO article SELECT n, 'A' || n, 'One', 1, n %% 10 FROM generate_series(1, %d) n"
            .formatted(count));
  }

  private Resync resync() {
    return stage.flow().journal().resyncs().newest(1).getFirst();
  }

  private RowhookProcess process() {
    RowhookProcess.Setup setup =
        RowhookProcess.run(
            stage.options().config(), stage.options().templates(), stage.journalFile());
    stage.env().forEach((name, value) -> setup.env(name.replace('.', '_'), value));
    RowhookProcess process = setup.start();
    process.awaitLine(LIMIT, "Streaming from slot");
    process.awaitLine(LIMIT, "started in");
    return process;
  }

  private RowhookProcess command(String name, String... arguments) {
    return RowhookProcess.command(name)
        .with(arguments)
        .with("--journal", stage.journalFile().toString())
        .start();
  }
}
