package io.rowhook.entity;

import static io.rowhook.entity.OrdersRig.LINE;
import static io.rowhook.entity.OrdersRig.LONG_AGO;
import static io.rowhook.entity.OrdersRig.ORDER;
import static io.rowhook.entity.OrdersRig.ROWS;
import static io.rowhook.entity.OrdersRig.SERIAL;
import static io.rowhook.entity.OrdersRig.TICKET;
import static io.rowhook.entity.RowChanges.quoted;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.capture.Position;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.TableMetadata.ReplicaIdentity;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.HangingCommit;
import io.rowhook.testing.SourceDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An event shows its own moment: not an older one, and not a newer one where the log tells. */
class MomentsTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  private OrdersRig rig;

  @BeforeAll
  static void startSource() {
    OrdersRig.tables(source);
  }

  @BeforeEach
  void start() throws Exception {
    source.execute("TRUNCATE customer, orders, line, serial");
    rig = rig(ReplicaIdentity.FULL, Duration.ofSeconds(30));
  }

  private static OrdersRig rig(ReplicaIdentity identity, Duration visibleWithin) throws Exception {
    return new OrdersRig(source, source.user(), identity, visibleWithin);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  /** It makes no event, but what it did is known: an earlier event does not show it. */
  @Test
  @Tag("feature-62")
  void anEventDoesNotShowWhatAMutedTransactionAfterItDid() throws Exception {
    source.execute(
        "INSERT INTO orders VALUES (7, NULL, 3)", "INSERT INTO line VALUES (7, 1, 6), (7, 2, 9)");
    rig.ended(LONG_AGO, order(1, 2))
        .ended(LONG_AGO + 1, "{'mute':true}", line(5, 6))
        .ended(LONG_AGO + 2, "{'who':'anna'}", order(2, 3))
        .events
        .commit(Position.START, true);
    assertThat(rig.log.published).hasSize(2);
    assertThat(rig.log.json(0).at("/data/lines/0/quantity").asInt()).isEqualTo(5);
    assertThat(rig.log.json(0).has("context")).isFalse();
    assertThat(rig.log.json(1).at("/data/lines/0/quantity").asInt()).isEqualTo(6);
    assertThat(rig.log.json(1).path("changed").toString()).isEqualTo(quoted("['total']"));
    assertThat(rig.log.json(1).path("context").toString()).isEqualTo(quoted("{'who':'anna'}"));
  }

  private static RowChange order(int from, int to) {
    return ROWS.update(
        ORDER,
        "{'oid':7,'customer':null,'total':" + from + "}",
        "{'oid':7,'customer':null,'total':" + to + "}");
  }

  private static RowChange line(int from, int to) {
    return ROWS.update(
        LINE,
        "{'oid':7,'no':1,'quantity':" + from + ",'note':null}",
        "{'oid':7,'no':1,'quantity':" + to + ",'note':null}");
  }

  @Test
  void anEventWaitsUntilItsTransactionIsVisible() throws Exception {
    source.execute(
        "INSERT INTO orders VALUES (7, NULL, 1)", "INSERT INTO line VALUES (7, 1, 5), (7, 2, 9)");
    try (HangingCommit hanging =
        new HangingCommit(
            source,
            "UPDATE orders SET total = 2",
            "INSERT INTO line VALUES (7, 3, 1)",
            "UPDATE line SET quantity = 6 WHERE no = 1")) {
      CompletableFuture<Void> published =
          CompletableFuture.runAsync(
              () -> {
                try {
                  rig.transaction(
                      hanging.id(),
                      ROWS.update(
                          LINE,
                          "{'oid':7,'no':1,'quantity':5,'note':null}",
                          "{'oid':7,'no':1,'quantity':6,'note':null}"));
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              },
              Thread::startVirtualThread);
      Eventually.within(SOON, "it looks again and again", () -> rig.rows.counts().snapshots() > 5);
      assertThat(published).isNotDone();
      hanging.letGo();
      published.get();
    }
    JsonNode json = rig.log.json(0);
    assertThat(json.at("/data/total").asInt()).isEqualTo(2);
    assertThat(json.at("/data/lines")).hasSize(3);
    assertThat(json.has("unavailable")).isFalse();
  }

  @Test
  void oneThatStaysInvisibleIsMadeOfTheLogAndHoldsUpTheOthersOnlyOnce() throws Exception {
    source.execute(
        "INSERT INTO orders VALUES (7, NULL, 1), (8, NULL, 1)",
        "INSERT INTO line VALUES (7, 1, 5), (7, 2, 9)");
    rig.close();
    rig = rig(ReplicaIdentity.FULL, Duration.ofMillis(500));
    try (HangingCommit hanging =
        new HangingCommit(
            source, "UPDATE orders SET total = 2", "UPDATE line SET quantity = 6 WHERE no = 1")) {
      rig.ended(
          hanging.id(),
          ROWS.update(
              ORDER, "{'oid':7,'customer':null,'total':1}", "{'oid':7,'customer':null,'total':2}"),
          ROWS.update(
              LINE,
              "{'oid':7,'no':1,'quantity':5,'note':null}",
              "{'oid':7,'no':1,'quantity':6,'note':null}"));
      rig.transaction(
          LONG_AGO,
          ROWS.update(
              ORDER, "{'oid':8,'customer':null,'total':0}", "{'oid':8,'customer':null,'total':1}"));
      JsonNode json = rig.log.json(0);
      assertThat(json.at("/data/total").asInt()).isEqualTo(2);
      assertThat(json.get("data").has("lines")).as("the log has one of two").isFalse();
      assertThat(json.get("unavailable")).hasToString(quoted("['lines']"));
      assertThat(json.at("/previous/lines").isNull()).isTrue();
      assertThat(rig.log.json(1).has("unavailable")).isFalse();
      assertThat(rig.log.json(1).at("/data/lines")).isEmpty();
      long begin = System.nanoTime();
      rig.transaction(
          hanging.id(),
          ROWS.update(
              LINE,
              "{'oid':7,'no':2,'quantity':5,'note':null}",
              "{'oid':7,'no':2,'quantity':6,'note':null}"));
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(400));
      assertThat(rig.log.json(2).get("data")).hasToString(quoted("{'oid':7}"));
      assertThat(rig.log.json(2).get("unavailable"))
          .hasToString(quoted("['customer','total','lines','buyer']"));
    }
  }

  @Test
  void theLogIsLaidOverWhatIsRead() throws Exception {
    source.execute(
        "INSERT INTO orders VALUES (7, NULL, 1)",
        "INSERT INTO line VALUES (7, 1, 99, 'later'), (7, 3, 1, NULL), (7, 4, 4, NULL)");
    rig.transaction(
        LONG_AGO,
        ROWS.update(
            LINE,
            "{'oid':7,'no':1,'quantity':4,'note':null}",
            "{'oid':7,'no':1,'quantity':5,'note':null}"),
        ROWS.insert(LINE, "{'oid':7,'no':2,'quantity':2,'note':null}"),
        ROWS.delete(LINE, "{'oid':7,'no':3,'quantity':3,'note':null}"));
    JsonNode json = rig.log.json(0);
    assertThat(quantities(json.at("/data/lines"))).containsExactly("1:5", "2:2", "4:4");
    assertThat(quantities(json.at("/previous/lines"))).containsExactly("1:4", "3:3", "4:4");
    assertThat(json.at("/data/lines/0/note").isNull()).isTrue();
  }

  @Test
  void eachOfABatchShowsItsOwnMoment() throws Exception {
    source.execute(
        "INSERT INTO orders VALUES (7, NULL, 3)",
        "INSERT INTO line VALUES (7, 1, 99, NULL), (7, 4, 4, NULL)");
    rig.ended(
            LONG_AGO,
            ROWS.update(
                LINE,
                "{'oid':7,'no':1,'quantity':1,'note':null}",
                "{'oid':7,'no':1,'quantity':2,'note':null}"))
        .ended(
            LONG_AGO,
            ROWS.update(
                ORDER,
                "{'oid':7,'customer':null,'total':1}",
                "{'oid':7,'customer':null,'total':2}"),
            ROWS.insert(LINE, "{'oid':7,'no':2,'quantity':2,'note':null}"))
        .ended(
            LONG_AGO,
            ROWS.update(
                LINE,
                "{'oid':7,'no':1,'quantity':2,'note':null}",
                "{'oid':7,'no':1,'quantity':3,'note':null}"),
            ROWS.delete(LINE, "{'oid':7,'no':2,'quantity':2,'note':null}"))
        .transaction(
            LONG_AGO,
            ROWS.update(
                ORDER,
                "{'oid':7,'customer':null,'total':2}",
                "{'oid':7,'customer':null,'total':3}"));
    assertThat(quantities(rig.log.json(0).at("/data/lines"))).containsExactly("1:2", "4:4");
    assertThat(quantities(rig.log.json(0).at("/previous/lines"))).containsExactly("1:1", "4:4");
    assertThat(rig.log.json(0).at("/data/total").asInt()).isEqualTo(1);
    assertThat(rig.log.json(0).get("read").toString()).isEqualTo(quoted("['lines','buyer']"));
    assertThat(quantities(rig.log.json(1).at("/data/lines"))).containsExactly("1:2", "2:2", "4:4");
    assertThat(quantities(rig.log.json(1).at("/previous/lines"))).containsExactly("1:2", "4:4");
    assertThat(quantities(rig.log.json(2).at("/data/lines"))).containsExactly("1:3", "4:4");
    assertThat(quantities(rig.log.json(2).at("/previous/lines")))
        .containsExactly("1:2", "2:2", "4:4");
    assertThat(rig.log.json(2).at("/data/total").asInt()).isEqualTo(2);
    assertThat(quantities(rig.log.json(3).at("/data/lines"))).containsExactly("1:3", "4:4");
  }

  /** Written, changed and deleted before Rowhook gets to it: nothing is left to read. */
  @Test
  void whatIsGoneInTheSameBatchIsShownAsItWas() throws Exception {
    rig.ended(
            LONG_AGO,
            ROWS.insert(ORDER, "{'oid':7,'customer':null,'total':1}"),
            ROWS.insert(LINE, "{'oid':7,'no':1,'quantity':1,'note':null}"),
            ROWS.insert(LINE, "{'oid':7,'no':2,'quantity':2,'note':null}"),
            ROWS.insert(SERIAL, "{'serial':'S','oid':7,'no':2}"))
        .ended(LONG_AGO, ROWS.delete(LINE, "{'oid':7,'no':1,'quantity':1,'note':null}"))
        .transaction(
            LONG_AGO,
            ROWS.delete(SERIAL, "{'serial':'S','oid':7,'no':2}"),
            ROWS.delete(LINE, "{'oid':7,'no':2,'quantity':2,'note':null}"),
            ROWS.delete(ORDER, "{'oid':7,'customer':null,'total':1}"));
    assertThat(rig.log.published)
        .extracting(event -> event.type().name())
        .containsExactly("Created", "Updated", "Deleted");
    assertThat(quantities(rig.log.json(0).at("/data/lines"))).containsExactly("1:1", "2:2");
    assertThat(rig.log.json(0).at("/data/lines/1/serials")).hasSize(1);
    assertThat(rig.log.json(1).get("data"))
        .hasToString(
            quoted(
                "{'oid':7,'customer':null,'total':1,'lines':[{'oid':7,'no':2,'quantity':2,"
                    + "'note':null,'serials':[{'serial':'S','oid':7,'no':2}]}],'buyer':null}"));
    assertThat(quantities(rig.log.json(1).at("/previous/lines"))).containsExactly("1:1", "2:2");
    assertThat(rig.log.json(1).has("unavailable")).isFalse();
    assertThat(quantities(rig.log.json(2).at("/data/lines"))).containsExactly("2:2");
  }

  @Test
  void aLargeValueOfAPartThatWasNotLoggedIsTakenFromTheRowThatWasRead() throws Exception {
    rig.close();
    rig = rig(ReplicaIdentity.DEFAULT, Duration.ofSeconds(30));
    source.execute(
        "INSERT INTO orders VALUES (7, NULL, 1)", "INSERT INTO line VALUES (7, 1, 9, 'long')");
    rig.transaction(
        LONG_AGO,
        ROWS.update(LINE, null, "{'oid':7,'no':1,'quantity':5}", List.of("note")),
        ROWS.update(LINE, null, "{'oid':7,'no':2,'quantity':5}", List.of("note")));
    JsonNode json = rig.log.json(0);
    assertThat(quantities(json.at("/data/lines"))).containsExactly("1:5", "2:5");
    assertThat(json.at("/data/lines/0/note").asText()).isEqualTo("long");
    assertThat(json.at("/data/lines/1").has("note")).isFalse();
    assertThat(json.get("unavailable")).hasToString(quoted("['lines']"));
  }

  /** Nothing is known of the rows before; what cannot be undone is as it is read. */
  @Test
  void withoutOldRowsWhatIsLaterIsAsRead() throws Exception {
    rig.close();
    rig = rig(ReplicaIdentity.DEFAULT, Duration.ofSeconds(30));
    source.execute(
        "INSERT INTO orders VALUES (7, NULL, 1)", "INSERT INTO line VALUES (7, 1, 3, NULL)");
    rig.ended(LONG_AGO, ROWS.insert(LINE, "{'oid':7,'no':2,'quantity':1,'note':null}"))
        .transaction(
            LONG_AGO,
            ROWS.update(LINE, null, "{'oid':7,'no':1,'quantity':2,'note':null}"),
            ROWS.delete(LINE, "{'oid':7,'no':2}"));
    assertThat(quantities(rig.log.json(0).at("/data/lines"))).containsExactly("1:3", "2:1");
    assertThat(quantities(rig.log.json(1).at("/data/lines"))).containsExactly("1:2");
  }

  @Test
  void whatNothingBelongsToWaitsForNothing() throws Exception {
    try (HangingCommit hanging =
        new HangingCommit(source, "INSERT INTO customer VALUES (1, 'x')")) {
      rig.transaction(hanging.id(), ROWS.insert(TICKET, "{'id':1,'text':'x'}"));
      assertThat(rig.log.published).hasSize(1);
    }
  }

  private static List<String> quantities(JsonNode lines) {
    return java.util.stream.StreamSupport.stream(lines.spliterator(), false)
        .map(line -> line.get("no").asText() + ":" + line.get("quantity").asText())
        .toList();
  }
}
