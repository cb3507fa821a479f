package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.rowhook.admin.ResyncOffers;
import io.rowhook.admin.RunCommand;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.journal.Resync;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What begins a resync beside the command, and what happens to the engine meanwhile. */
@Tag("feature-23")
@Tag("slow")
class ResyncLifeTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String SLOT = "SELECT active_pid FROM pg_replication_slots";
  private static final String SNAPSHOTS =
      """
      url: ${env:%s_URL}
      subscriptions:
        - { entity: Article, events: [Created, Updated, Deleted, Snapshot] }
        - { entity: Order }
      """;

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).tables();
    for (String name : List.of("shop", "late", "other")) {
      stage.receiver(name, TestReceiver.Settings.DEFAULT);
    }
    stage.write(
        "connector-config/entities.yaml",
        """
        Article: { table: public.article }
        Order: { table: sales.sales_order }
        """);
    source.execute(
        "INSERT INTO article SELECT n, 'A', 'One', 1, 0 FROM generate_series(1, 400) n",
        "INSERT INTO sales.sales_order VALUES (1, 1, 'open', 1, now())");
  }

  @AfterEach
  void strike() {
    stage.close();
  }

  @Test
  void aNewRecipientStartsWithWhatIsThereOnce() {
    stage
        .recipient("shop", SNAPSHOTS.formatted("SHOP") + "start: snapshot")
        .recipient("other", SNAPSHOTS.formatted("OTHER"))
        .start();
    source.execute("UPDATE article SET stock = 1 WHERE id <= 20");
    done(1);
    stage.awaitIdle();
    assertThat(snapshots("shop")).hasSize(400); // of its orders it wants none
    assertThat(stage.inbox("other")).hasSize(20);
    assertThat(resyncs().getFirst().estimate()).isGreaterThan(0);

    stage.recipient("other", SNAPSHOTS.formatted("OTHER") + "start: snapshot"); // known already
    stage.recipient("late", SNAPSHOTS.formatted("LATE") + "start: snapshot");
    Eventually.within(LIMIT, "late is new", () -> resyncs().size() == 2);
    done(2);
    stage.awaitIdle();
    assertThat(snapshots("late")).hasSize(400);

    stage.stop();
    stage.start();
    source.execute("UPDATE article SET stock = 2 WHERE id = 1");
    stage.awaitIdle();
    assertThat(resyncs()).hasSize(2);
    assertThat(snapshots("shop")).hasSize(400);
    assertThat(stage.inbox("other")).hasSize(21);
  }

  @Test
  void whereNothingWantsSnapshotsASnapshotIsRefused() {
    stage.recipient("shop", "url: ${env:SHOP_URL}\nstart: snapshot");
    assertThatThrownBy(stage::start)
        .hasStackTraceContaining(
            "recipients/shop.yaml:3:8: start: snapshot needs a subscription that wants Snapshots,"
                + " and there is none. Write to the subscription of each entity that is to be sent,"
                + " which must be without changed: events: [Created, Updated, Deleted, Snapshot]");
  }

  @Test
  void aGapIsFollowedByTheCommandsThatCloseIt() throws Exception {
    stage
        .recipient("shop", SNAPSHOTS.formatted("SHOP"))
        .recipient("other", "url: ${env:OTHER_URL}\nsubscriptions: [{ entity: Order }]")
        .start();
    OperatedService service = new OperatedService(stage, source);
    assertThat(service.shown("status")).doesNotContain("to resync");
    stage.stop();
    source.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
    RunCommand.Options plain = stage.options();
    RunCommand.Options accepting =
        new RunCommand.Options(
            plain.config(), plain.templates(), plain.journal(), true, false, plain.role());
    try (Flow flow = Wiring.flow(accepting, stage.env(), Observers.NONE)) {
      flow.start();
      flow.listen();
      assertThat(service.shown("status"))
          .contains(
              "to resync    rowhook resync shop Article; changes of Article before ",
              " may be missing\n",
              "to resync    rowhook resync shop Order; changes of Order before ",
              " may be missing. First write a subscription with the event Snapshot, { entity:"
                  + " Order, events: [Created, Updated, Deleted, Snapshot] }, in"
                  + " recipients/shop.yaml\n",
              "to resync    rowhook resync other Order; ")
          .doesNotContain("rowhook resync other Article");
      assertThat(service.json("status").path("toResync").path(0).path("command").asText())
          .isEqualTo("rowhook resync other Order");
      assertThat(service.run("status")).isEqualTo(3);
      assertThat(service.out())
          .contains(
              "health       degraded: missed since ", // after capture, where that is starting yet
              ": recipients may lack changes: run rowhook resync other Order; ",
              "; and 2 more, which rowhook status lists under 'to resync'\n");
      service.shown("resync", "shop", "Article", "--wait");
      assertThat(service.shown("status"))
          .doesNotContain("rowhook resync shop Article")
          .contains("rowhook resync shop Order");
    }
  }

  /** A table was out of the publication for a moment, and what is written then is not sent. */
  @Test
  void aGapThatIsFoundWhileItRunsIsSaidInTheLog() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(ResyncOffers.class);
    logger.addAppender(log);
    try {
      stage.recipient("shop", SNAPSHOTS.formatted("SHOP")).start();
      source.execute(
          "BEGIN; ALTER PUBLICATION rowhook DROP TABLE article; UPDATE article SET stock = 3 WHERE"
              + " id = 1; ALTER PUBLICATION rowhook ADD TABLE article; COMMIT");
      Eventually.within(
          LIMIT,
          "it is said",
          () ->
              List.copyOf(log.list).stream()
                  .anyMatch(one ->
                      one.getFormattedMessage().contains("\n  rowhook resync shop Article; ")));
      OperatedService service = new OperatedService(stage, source);
      assertThat(service.run("status")).isEqualTo(3);
      assertThat(service.out())
          .contains("\nmissed       public.article, what was committed after ")
          .doesNotContain("health       ok");
      service.shown("resync", "shop", "Article", "--wait");
      assertThat(service.run("status")).as(service.out()).isZero();
      assertThat(service.out()).contains("health       ok\n").doesNotContain("\nmissed ");
    } finally {
      logger.detachAppender(log);
    }
  }

  /** The condition is judged as the page is read: so between the marks. */
  @Test
  void anEngineThatIsCutOffBetweenTheMarksGivesTheChunkUp() {
    source.execute(
        "DROP TABLE IF EXISTS victim",
        "CREATE TABLE victim (pid int)",
        "CREATE OR REPLACE FUNCTION cuts(stock int) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN"
            + " PERFORM pg_terminate_backend(active_pid) FROM pg_replication_slots, victim"
            + " WHERE active_pid = pid; RETURN true; END $$");
    stage.recipient("shop", SNAPSHOTS.formatted("SHOP")).start();
    OperatedService service = new OperatedService(stage, source);
    source.execute("INSERT INTO victim " + SLOT);
    String victim = String.valueOf(source.query(SLOT));

    service.shown("resync", "shop", "Article", "--where", "cuts(stock)", "--rate", "100000/s");
    Eventually.within(LIMIT, "it is cut off", () -> !victim.equals(source.query(SLOT)));
    source.execute("UPDATE article SET stock = 9 WHERE id IN (1, 2, 300)");
    done(1);
    stage.awaitIdle();

    assertThat(snapshots("shop")).hasSize(400).doesNotHaveDuplicates();
    Map<String, Integer> stocks = new HashMap<>();
    for (ReceivedRequest request : stage.inbox("shop")) {
      int stock = Stage.json(request).path("data").path("stock").intValue();
      String id = String.valueOf(request.header("Rowhook-Entity-Id"));
      assertThat(stock).as("article " + id).isGreaterThanOrEqualTo(stocks.getOrDefault(id, 0));
      stocks.put(id, stock);
    }
    stocks.values().removeIf(stock -> stock == 0);
    assertThat(stocks).isEqualTo(Map.of("1", 9, "2", 9, "300", 9));
    assertThat(resyncs().getFirst().sent()).isEqualTo(400);
  }

  @Test
  void itWaitsForAFileThatIsAwayAndBehindALock() throws Exception {
    stage.recipient("shop", SNAPSHOTS.formatted("SHOP")).start();
    OperatedService service = new OperatedService(stage, source);
    Path file = stage.options().config().resolve("recipients/shop.yaml");
    Path away = directory.resolve("shop.yaml");
    stage.recipient("other", SNAPSHOTS.formatted("OTHER"));
    service.shown("resync", "shop", "Article", "--rate", "50/s");
    stage.await("shop", 20);
    Files.move(file, away);
    Eventually.within(
        LIMIT, "it waits", () -> service.shown("resync", "--list").contains("recipient's file"));
    Files.move(away, file);
    stage.await("shop", 150);
    try (Connection lock = source.connect();
        Statement statement = lock.createStatement()) {
      lock.setAutoCommit(false);
      statement.execute("LOCK TABLE article IN ACCESS EXCLUSIVE MODE");
      Eventually.within(
          LIMIT, "it waits", () -> service.shown("resync", "--list").contains("locked"));
    }
    done(1);
    stage.awaitIdle();
    assertThat(snapshots("shop")).hasSize(400).doesNotHaveDuplicates();
  }

  @Test
  void oneThatWaitsHoldsUpNoOther() throws Exception {
    stage.recipient("shop", SNAPSHOTS.formatted("SHOP"));
    stage.recipient("late", SNAPSHOTS.formatted("LATE")).start();
    OperatedService service = new OperatedService(stage, source);
    Path file = stage.options().config().resolve("recipients/shop.yaml");
    service.shown("resync", "shop", "Article", "--rate", "1/s");
    service.shown("resync", "late", "Article", "--rate", "100000/s");
    Eventually.within(LIMIT, "the quick one is done", () -> state("late") == Resync.State.done);
    assertThat(state("shop")).isEqualTo(Resync.State.running);
    Files.move(file, directory.resolve("shop.yaml"));
    Eventually.within(
        LIMIT, "it waits", () -> service.shown("resync", "--list").contains("recipient's file"));
    service.shown("resync", "late", "Article", "--rate", "100000/s");
    done(2);
    assertThat(state("shop")).isEqualTo(Resync.State.running);
  }

  /** Of the same recipient: all that it refused are tried again much later. */
  @Test
  void whatIsTriedAgainLaterHoldsUpNone() {
    stage.receiver(
        "shop",
        TestReceiver.Settings.DEFAULT.withAnswer(TestReceiver.Answer.OK.withFailFirst(199)));
    stage
        .recipient(
            "shop",
            """
            url: ${env:SHOP_URL}
            retry: { delays: [1h] }
            pause: { failures: 10000 }
            subscriptions:
              - { entity: Article, events: [Snapshot] }
              - { entity: Order }
            """)
        .start();
    source.execute(
        "INSERT INTO sales.sales_order SELECT n, 1, 'open', 1, now() FROM generate_series(2, 200)"
            + " n");
    OperatedService service = new OperatedService(stage, source);
    stage.await("shop", 199);
    service.shown("resync", "shop", "Article", "--rate", "100000/s");
    done(1);
    assertThat(snapshots("shop")).hasSize(400);
  }

  private Resync.State state(String recipient) {
    return resyncs().stream()
        .filter(one -> one.recipient().equals(recipient))
        .findFirst()
        .orElseThrow()
        .state();
  }

  private void done(int count) {
    Eventually.within(
        LIMIT,
        count + " are done",
        () -> resyncs().stream().filter(one -> one.state() == Resync.State.done).count() == count);
  }

  private List<Resync> resyncs() {
    return stage.flow().journal().resyncs().newest(10);
  }

  private List<String> snapshots(String name) {
    return stage.inbox(name).stream()
        .filter(one -> "Snapshot".equals(one.header("Rowhook-Entity-Event")))
        .map(one -> String.valueOf(one.header("Rowhook-Entity-Id")))
        .toList();
  }
}
