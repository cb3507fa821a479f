package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.health.Part.Kind;
import io.rowhook.admin.health.Part.State;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.ScrapedMetrics;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A right that is taken away is said for as long as recipients lack something by it. */
@Tag("slow")
@Tag("feature-50")
class LostRightTest {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String RESYNC = "rowhook resync shop Order";

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;
  private WatchedService service;

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).tables();
    stage.write(
        "connector-config/entities.yaml",
        """
        Article: { table: public.article }
        Order:
          table: sales.sales_order
          contains: { lines: { table: sales.order_line, key: order_id } }
          refers: { customer: { table: crm.customer, key: customer_id } }
        """);
    source.execute(
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader') THEN CREATE ROLE"
            + " reader LOGIN REPLICATION; END IF; END $$",
        "CREATE PUBLICATION rowhook FOR TABLE article, sales.sales_order, sales.order_line",
        "GRANT USAGE ON SCHEMA sales, crm TO reader",
        "GRANT SELECT ON article, sales.sales_order, sales.order_line, crm.customer TO reader",
        "INSERT INTO crm.customer VALUES (3, 'Ada')",
        "INSERT INTO sales.sales_order VALUES (1, 3, 'new', 0)",
        "INSERT INTO sales.order_line VALUES (1, 1, 7, 2)");
    stage.user("reader");
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.receiver("ops", TestReceiver.Settings.DEFAULT);
    stage.recipient(
        "shop",
        """
        url: ${env:SHOP_URL}
        subscriptions:
          - { entity: Order, events: [Created, Updated, Deleted, Snapshot] }
          - { entity: Article }
        """);
    stage.recipient("ops", "url: ${env:OPS_URL}\nsubscriptions: [{ entity: Rowhook }]\n");
    service = new WatchedService(stage, source);
  }

  @AfterEach
  void strike() {
    service.close();
    stage.close();
  }

  private void change() {
    source.execute("UPDATE sales.sales_order SET total = total + 1");
  }

  private double gauge(String name) {
    return new ScrapedMetrics(service.flow().metrics().scrape(null).text()).value(name);
  }

  private List<JsonNode> told() {
    return stage.inbox("ops").stream()
        .map(Stage::json)
        .filter(json -> json.path("entityId").asText().equals("reading"))
        .toList();
  }

  private void lose(String table) {
    service.start(Observers.NONE);
    service.awaitAll(State.ok);
    assertThat(gauge("rowhook_unread_tables")).isZero();
    source.execute("REVOKE SELECT ON " + table + " FROM reader");
    change();
    service.await(Kind.reading, State.degraded, "permission denied for table ");
  }

  @Test
  void ofAPartItIsSaidUntilRecipientsHaveWhatTheyLack() {
    lose("sales.order_line");
    service.await(
        Kind.reading,
        State.degraded,
        "run GRANT SELECT ON \"sales\".\"order_line\" TO \"reader\";");
    service.await(Kind.missed, State.degraded, "run " + RESYNC);
    assertThat(service.status()).isEqualTo(3);
    assertThat(service.out())
        .contains("\nto resync    " + RESYNC)
        .contains("\nmissed       sales.order_line, what was committed after ");
    assertThat(gauge("rowhook_unread_tables")).isEqualTo(1);
    assertThat(gauge("rowhook_resyncs_due")).isEqualTo(1);
    Eventually.within(SOON, "it is told", () -> told().size() == 1);
    JsonNode event = told().getFirst();
    assertThat(event.path("event").asText()).isEqualTo("SchemaChanged");
    assertThat(event.at("/data/state").asText()).isEqualTo("degraded");
    assertThat(event.at("/data/reason").asText()).contains("run GRANT SELECT ON", "rowhook resync");

    source.execute("GRANT SELECT ON sales.order_line TO reader");
    Eventually.within(
        SOON,
        "it is read again",
        () -> {
          change();
          return gauge("rowhook_unread_tables") == 0;
        });
    Eventually.within(SOON, "that is told too", () -> told().size() == 2);
    assertThat(told().getLast().at("/data/state").asText()).isEqualTo("ok");
    assertThat(service.status()).as("events went without the lines").isEqualTo(3);
    assertThat(service.out()).contains("to resync    " + RESYNC);

    assertThat(service.run("resync", "shop", "Order", "--wait")).isZero();
    assertThat(service.status()).isZero();
    assertThat(service.out()).doesNotContain("to resync", "missed ");
    service.awaitAll(State.ok);
    assertThat(gauge("rowhook_resyncs_due")).isZero();
  }

  /** The right is given back while the service is away, which so cannot see it. */
  @Test
  void ofAReferenceItIsSaidAfterARestartToo() {
    lose("crm.customer");
    service.await(Kind.missed, State.degraded, "run " + RESYNC);
    service.close();
    source.execute("GRANT SELECT ON crm.customer TO reader");
    service.start(Observers.NONE);
    service.await(Kind.missed, State.degraded, "run " + RESYNC);
    service.await(Kind.reading, State.ok, "can be read");
    Eventually.within(
        SOON, "the range has ended", () -> service.flow().journal().missed(9).size() == 1);
    assertThat(service.run("resync", "shop", "Order", "--wait")).isZero();
    assertThat(service.status()).isZero();
  }

  /** One that comes after the last event that went without needs no other one later. */
  @Test
  void aResyncBeforeTheNextEventIsEnough() {
    lose("sales.order_line");
    service.await(Kind.missed, State.degraded, "run " + RESYNC);
    source.execute("GRANT SELECT ON sales.order_line TO reader");
    assertThat(service.run("resync", "shop", "Order", "--wait")).isZero();
    service.await(Kind.missed, State.ok, "");
    Eventually.within(
        SOON,
        "it is read again",
        () -> {
          change();
          return service.status() == 0;
        });
  }
}
