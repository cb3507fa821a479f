package io.rowhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.story.Stage;
import io.rowhook.testing.NpmPackages;
import io.rowhook.testing.Ports;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SharedKafka;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page as people use it, in Chromium by Playwright, with axe as the judge of accessibility.
 * Needs Node, npm and Chromium: {@code mvn -Pnpm -Dtest=PageJourneysTest test}; {@code
 * -Dpage.pictures=docs} takes the screenshots anew, {@code -Dpage.journeys=overview,looks} only
 * these.
 */
@Tag("npm")
@Tag("feature-69")
class PageJourneysTest {

  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String READ = "read-read-read-read";
  private static final String OPERATE = "operate-operate-operate";

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;
  private HttpServer changes; // a POST changes an article

  @BeforeEach
  void set() throws IOException {
    stage = new Stage(source, directory).tables();
    source.execute(
        "CREATE TABLE sales.invoice (invoice_id bigint PRIMARY KEY, order_id bigint REFERENCES"
            + " sales.sales_order, invoice_no text NOT NULL, total numeric(12,2))",
        "INSERT INTO sales.invoice VALUES (7, NULL, 'R-7', 12.90)");
    stage.write(
        "connector-config/entities.yaml",
        """
        # What this house tells.
        Article: { table: public.article, index: [sku] }
        Customer: { table: crm.customer }
        Order: { table: sales.sales_order }
        """);
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.receiver("partner", TestReceiver.Settings.DEFAULT);
    stage.recipient(
        "shop",
        """
        url: ${env:SHOP_URL}
        authentication: { hmac: { secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw } }
        subscriptions:
          - { entity: Article, events: [Created, Updated, Deleted, Snapshot] }
          - { entity: Order }
        """);
    stage.recipient("down", "url: http://127.0.0.1:9/\npause: { failures: 1, within: 10m }");
    stage.write("jslt-templates/shop/Order.jslt", "{ \"order\": .entityId }");
    stage.write("jslt-templates/shop/Article.jslt", "{ \"number\": .entityId }");
    AtomicInteger stock = new AtomicInteger();
    changes = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    changes.createContext(
        "/",
        exchange -> {
          source.execute("UPDATE article SET stock = " + stock.incrementAndGet() + " WHERE id = 3");
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    changes.start();
  }

  @AfterEach
  void strike() {
    changes.stop(0);
    stage.close();
  }

  private RowhookProcess start(int port) {
    settings("");
    RowhookProcess rowhook = begin(port, stage.journalFile());
    rowhook.awaitLine(LIMIT, "Streaming from slot");
    rowhook.awaitLine(LIMIT, "started in");
    return rowhook;
  }

  private void settings(String more) {
    stage.write(
        "connector-config/rowhook.yaml",
        "admin: { address: '127.0.0.1:${env:PORT}', tokens: { read: %s, operate: %s } }\n"
                .formatted(READ, OPERATE)
            + more);
  }

  private RowhookProcess begin(int port, Path journal) {
    RowhookProcess.Setup setup =
        RowhookProcess.run(
            directory.resolve("connector-config"), directory.resolve("jslt-templates"), journal);
    stage.env().forEach((name, value) -> setup.env(name.replace('.', '_'), value));
    return setup.env("PORT", Integer.toString(port)).start();
  }

  private void visit(int port, String... journeys) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("http://127.0.0.1:" + port, OPERATE, System.getProperty("page.pictures", "")));
    String only = System.getProperty("page.journeys");
    arguments.addAll(only == null ? List.of(journeys) : List.of(only.split(",", -1)));
    ProcessBuilder program = NpmPackages.node("page.mjs", arguments.toArray(String[]::new));
    program.environment().put("READ_TOKEN", READ);
    program.environment().put("PARTNER_URL", stage.env().getOrDefault("PARTNER_URL", ""));
    program
        .environment()
        .put("CHANGE_URL", "http://127.0.0.1:" + changes.getAddress().getPort() + "/");
    NpmPackages.run(program, LIMIT);
  }

  @Test
  void sevenJourneysAndWhatMayGoWrongBesideThem() throws IOException {
    int port = Ports.free();
    try (RowhookProcess rowhook = start(port)) {
      source.execute(
          "INSERT INTO article SELECT n, 'A' || n, 'Chair', n, 0 FROM generate_series(1, 20) n",
          "INSERT INTO sales.sales_order SELECT n, 1, 'open', n, now() FROM generate_series(4700,"
              + " 4720) n");
      stage.await("shop", 41);
      visit(
          port,
          "overview",
          "create",
          "recipient",
          "delivery",
          "workbench",
          "whatIf",
          "mapping",
          "keyboard",
          "looks",
          "tokens",
          "trouble");
      assertThat(rowhook.output()).doesNotContain(" ERROR ");
    }
  }

  @Test
  void theSameAtTheOneOfTwoInstancesThatDoesNotCapture() throws IOException {
    settings(
        """
        journal:
          kafka:
            bootstrap.servers: '%s'
            topic-prefix: page
            advertised.api: 'http://127.0.0.1:${env:PORT}'
        """
            .formatted(SharedKafka.servers()));
    int asked = Ports.free();
    try (RowhookProcess capturing = begin(Ports.free(), stage.journalFile())) {
      capturing.awaitLine(LIMIT, "Streaming from slot");
      try (RowhookProcess other = begin(asked, directory.resolve("other.db"))) {
        other.awaitLine(LIMIT, "started in");
        source.execute(
            "INSERT INTO article SELECT n, 'A' || n, 'Chair', n, 0 FROM generate_series(1, 20) n",
            "INSERT INTO sales.sales_order SELECT n, 1, 'open', n, now() FROM generate_series(4700,"
                + " 4720) n");
        stage.await("shop", 41);
        visit(asked, "overview", "recipient", "delivery", "workbench", "whatIf");
        assertThat(other.output()).doesNotContain(" ERROR ");
      }
    }
  }

  @Test
  void tenThousandDeliveriesAndTwoHundredRecipients() throws IOException {
    for (int i = 0; i < 200; i++) {
      stage.recipient("crowd-" + i, "url: ${env:SHOP_URL}\nsubscriptions: [{ entity: Customer }]");
    }
    int port = Ports.free();
    try (RowhookProcess rowhook = start(port)) {
      source.execute(
          "INSERT INTO article SELECT n, 'A' || n, 'Chair', n, 0 FROM generate_series(1, 10100) n");
      stage.await("shop", 10_100);
      visit(port, "many");
      assertThat(rowhook.output()).doesNotContain(" ERROR ");
    }
  }
}
