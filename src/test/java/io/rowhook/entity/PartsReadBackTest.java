package io.rowhook.entity;

import static io.rowhook.entity.PartsRig.CUSTOMER;
import static io.rowhook.entity.PartsRig.LINE;
import static io.rowhook.entity.PartsRig.ORDER;
import static io.rowhook.entity.PartsRig.ROWS;
import static io.rowhook.entity.PartsRig.SERIAL;
import static io.rowhook.entity.RowChanges.quoted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.capture.Position;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.SourceException;
import io.rowhook.capture.TableMetadata.ReplicaIdentity;
import io.rowhook.capture.Transaction;
import io.rowhook.testing.SourceDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What of an event comes from the log and what is read back: from a source that is already further,
 * in few statements, and of any size.
 */
@Tag("slow")
class PartsReadBackTest {

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  private PartsRig rig;

  @BeforeAll
  static void startSource() {
    PartsRig.tables(source);
  }

  @BeforeEach
  void start() throws Exception {
    rig = new PartsRig(source);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void theRootsOwnValuesComeFromTheLogHoweverNewTheSourceIs() throws Exception {
    source.execute(
        "INSERT INTO orders VALUES (7, 'A-7', NULL, 99, 'later')",
        "INSERT INTO line VALUES (7, 1, 5)");
    rig.transaction(
        ROWS.update(
            ORDER,
            "{'oid':7,'number':'A-7','customer':null,'total':1,'remark':null}",
            "{'oid':7,'number':'A-7','customer':null,'total':2,'remark':null}"));
    JsonNode json = rig.log.json(0);
    assertThat(json.at("/data/total").asInt()).isEqualTo(2);
    assertThat(json.at("/data/remark").isNull()).isTrue();
    assertThat(json.at("/data/buyer").isNull()).isTrue();
    assertThat(json.at("/data/lines/0/quantity").asInt()).isEqualTo(5);
    assertThat(json.get("changed")).hasToString(quoted("['total']"));
    assertThat(json.get("previous")).hasToString(quoted("{'total':1}"));
    assertThat(json.get("read")).hasToString(quoted("['lines','buyer']"));
  }

  @Test
  void anOrderThatIsGoneMeanwhileIsSentAsItWasLogged() throws Exception {
    rig.transaction(
        ROWS.insert(ORDER, "{'oid':7,'number':'A-7','customer':3,'total':2,'remark':null}"),
        ROWS.insert(LINE, "{'oid':7,'no':2,'quantity':1}"),
        ROWS.insert(LINE, "{'oid':7,'no':1,'quantity':1}"),
        ROWS.insert(SERIAL, "{'serial':'S','oid':7,'no':2}"));
    JsonNode created = rig.log.json(0);
    assertThat(created.get("type").asText()).isEqualTo("order.created");
    assertThat(created.at("/data/lines"))
        .hasToString(
            quoted(
                "[{'oid':7,'no':1,'quantity':1,'serials':[]},"
                    + "{'oid':7,'no':2,'quantity':1,'serials':[{'serial':'S','oid':7,'no':2}]}]"));
    assertThat(created.get("unavailable")).hasToString(quoted("['buyer']"));

    rig.transaction(
        ROWS.update(LINE, "{'oid':7,'no':1,'quantity':1}", "{'oid':7,'no':1,'quantity':2}"));
    JsonNode updated = rig.log.json(1);
    assertThat(updated.get("type").asText()).isEqualTo("order.updated");
    assertThat(updated.get("entityId").asInt()).isEqualTo(7);
    assertThat(updated.get("data"))
        .hasToString(quoted("{'oid':7,'lines':[{'oid':7,'no':1,'quantity':2,'serials':[]}]}"));
    assertThat(updated.get("unavailable"))
        .hasToString(quoted("['number','customer','total','remark','lines','buyer']"));
  }

  @Test
  void withoutTheOldRowsThePreviousLinesAreNull() throws Exception {
    rig.orders(List.of(), 1 << 20, ReplicaIdentity.DEFAULT);
    source.execute(
        "INSERT INTO orders VALUES (7, 'A-7', NULL, 1, NULL)", "INSERT INTO line VALUES (7, 1, 5)");
    rig.transaction(ROWS.update(LINE, null, "{'oid':7,'no':1,'quantity':5}"));
    assertThat(rig.log.json(0).get("changed")).hasToString(quoted("['lines']"));
    assertThat(rig.log.json(0).get("previous")).hasToString(quoted("{'lines':null}"));
    rig.transaction(ROWS.delete(LINE, "{'oid':7,'no':1}"), ROWS.delete(ORDER, "{'oid':7}"));
    assertThat(rig.log.json(1).get("data"))
        .hasToString(quoted("{'oid':7,'lines':[{'oid':7,'no':1,'serials':[]}],'buyer':null}"));
  }

  @Test
  @Tag("feature-20")
  void aLargeValueThatIsNotInTheLogIsReadBack() throws Exception {
    source.execute("INSERT INTO customer VALUES (1, 'long', 'x')");
    rig.orders(List.of(), 1 << 20, ReplicaIdentity.DEFAULT);
    RowChange change = ROWS.update(CUSTOMER, null, "{'id':1}", List.of("name"));
    rig.transaction(change);
    assertThat(rig.log.json(0).get("data")).hasToString(quoted("{'id':1,'name':'long'}"));
    assertThat(rig.log.json(0).get("read")).hasToString(quoted("['name']"));
    assertThat(rig.log.json(0).has("readAt")).isTrue();
    source.execute("DELETE FROM customer");
    rig.transaction(change);
    assertThat(rig.log.json(1).get("data")).hasToString(quoted("{'id':1}"));
    assertThat(rig.log.json(1).get("unavailable")).hasToString(quoted("['name']"));
  }

  @Test
  void manyOrdersAreReadWithOneStatementForEachRelation() throws Exception {
    source.execute(
        "INSERT INTO customer SELECT n, 'c' || n FROM generate_series(0, 4) n",
        "INSERT INTO orders SELECT n, 'A-' || n, n % 5, 1, NULL FROM generate_series(1, 500) n",
        "INSERT INTO line SELECT n, l, 1 FROM generate_series(1, 500) n, generate_series(1, 3) l");
    rig.events.begin("5");
    for (int i = 1; i <= 500; i++) {
      rig.events.row(ROWS.insert(LINE, "{'oid':" + i + ",'no':1,'quantity':1}"));
      rig.events.end(new Transaction(rig.next(), Long.toString(i), Instant.EPOCH));
    }
    rig.events.commit(Position.START, true);
    assertThat(rig.log.published).hasSize(500);
    assertThat(rig.log.json(499).at("/data/lines")).hasSize(3);
    assertThat(rig.rows.counts().statements()).as("order, lines, serials, customers").isEqualTo(4);
    assertThat(rig.rows.counts().rows()).isEqualTo(500 + 1500 + 5);
    assertThat(rig.rows.counts().time()).isPositive();
  }

  @Test
  void aTransactionLargerThanMemoryIsOneEventForEachOrderToo() throws Exception {
    rig.orders(List.of(), 2_000, ReplicaIdentity.FULL);
    source.execute(
        "INSERT INTO orders SELECT n, 'A-' || n, NULL, 1, NULL FROM generate_series(1, 500) n",
        "INSERT INTO line SELECT n, l, 2 FROM generate_series(1, 500) n, generate_series(1, 2) l",
        "INSERT INTO serial SELECT n || '-' || l, n, l FROM generate_series(1, 500) n, generate_series(1, 2) l");
    List<RowChange> changes = new ArrayList<>();
    for (int no = 1; no <= 2; no++) {
      for (int i = 1; i <= 500; i++) {
        changes.add(
            ROWS.update(
                LINE,
                "{'oid':%d,'no':%d,'quantity':1}".formatted(i, no),
                "{'oid':%d,'no':%d,'quantity':2}".formatted(i, no)));
        if (i % 2 == 0) {
          changes.add(
              ROWS.insert(SERIAL, "{'serial':'%d-%d','oid':%d,'no':%d}".formatted(i, no, i, no)));
        }
      }
    }
    changes.add(ROWS.insert(CUSTOMER, "{'id':1,'name':'x'}"));
    rig.transaction(changes.toArray(RowChange[]::new));
    assertThat(rig.log.largestStage).isPositive().isLessThan(100);
    assertThat(rig.log.published).hasSize(501);
    assertThat(rig.log.published.stream().map(Event::entityId).limit(500))
        .containsExactlyElementsOf(
            java.util.stream.IntStream.rangeClosed(1, 500).mapToObj(String::valueOf).toList());
    assertThat(rig.log.json(499).at("/data/lines/1/serials/0/serial").asText()).isEqualTo("500-2");
    assertThat(rig.log.json(499).at("/previous/lines/1/serials")).isEmpty();
    assertThat(rig.log.json(498).at("/previous/lines/1/serials")).hasSize(1);
  }

  @Test
  void ordersTooLargeToBeReadAtOnceAreReadInPieces() throws Exception {
    String large = "x".repeat(1 << 20);
    source.execute(
        "INSERT INTO orders SELECT n, 'A-' || n, NULL, 1, repeat('x', 1 << 20) FROM generate_series(1, 40) n");
    rig.events.begin("5");
    for (int i = 1; i <= 40; i++) {
      rig.events.row(ROWS.insert(LINE, "{'oid':" + i + ",'no':1,'quantity':1}"));
    }
    rig.events.end(new Transaction(rig.next(), "5", Instant.EPOCH));
    rig.events.commit(Position.START, true);
    assertThat(rig.log.published).hasSize(40);
    assertThat(rig.log.json(39).at("/data/remark").asText()).isEqualTo(large);
    assertThat(rig.rows.counts().statements()).isGreaterThan(8);
  }

  @Test
  void readingSurvivesALostConnectionAndSaysWhatIsWrong() throws Exception {
    source.execute("INSERT INTO orders VALUES (7, 'A-7', NULL, 1, NULL)");
    rig.transaction(ROWS.insert(LINE, "{'oid':7,'no':1,'quantity':1}"));
    source.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'Rowhook'");
    rig.transaction(ROWS.insert(LINE, "{'oid':7,'no':2,'quantity':1}"));
    source.restart();
    rig.transaction(ROWS.insert(LINE, "{'oid':7,'no':3,'quantity':1}"));
    assertThat(rig.log.published).hasSize(3);

    source.stop();
    try {
      assertThatThrownBy(() -> rig.transaction(ROWS.insert(LINE, "{'oid':7,'no':3,'quantity':1}")))
          .isInstanceOf(SourceException.class)
          .hasMessageContaining("reading rows back from the source");
    } finally {
      source.restart();
    }
  }
}
