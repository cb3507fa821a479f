package io.rowhook.entity;

import static io.rowhook.entity.PartsRig.CUSTOMER;
import static io.rowhook.entity.PartsRig.ITEM;
import static io.rowhook.entity.PartsRig.LINE;
import static io.rowhook.entity.PartsRig.ORDER;
import static io.rowhook.entity.PartsRig.ROWS;
import static io.rowhook.entity.PartsRig.SERIAL;
import static io.rowhook.entity.PartsRig.TAG;
import static io.rowhook.entity.RowChanges.quoted;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.capture.TableMetadata.ReplicaIdentity;
import io.rowhook.testing.SourceDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Which entity a part belongs to, and what a change of it says, when the log and the source
 * disagree.
 */
class PartsTest {

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
  @Tag("feature-21")
  void aChangedLineCarriesTheOrderAsItIsNow() throws Exception {
    source.execute(
        "INSERT INTO customer VALUES (3, 'Ada', 'secret')",
        "INSERT INTO orders VALUES (7, 'A-7', 3, 1.50, NULL)",
        "INSERT INTO line VALUES (7, 1, 5), (7, 2, 9)");
    rig.transaction(
        ROWS.update(LINE, "{'oid':7,'no':1,'quantity':4}", "{'oid':7,'no':1,'quantity':5}"));
    JsonNode json = rig.log.json(0);
    assertThat(json.get("type").asText()).isEqualTo("order.updated");
    assertThat(json.get("data"))
        .hasToString(
            quoted(
                "{'oid':7,'number':'A-7','customer':3,'total':1.50,'remark':null,"
                    + "'lines':[{'oid':7,'no':1,'quantity':5,'serials':[]},"
                    + "{'oid':7,'no':2,'quantity':9,'serials':[]}],'buyer':{'name':'Ada'}}"));
    assertThat(json.get("changed")).hasToString(quoted("['lines']"));
    assertThat(json.at("/previous/lines/0/quantity").asInt()).isEqualTo(4);
    assertThat(json.at("/previous/lines/1/quantity").asInt()).isEqualTo(9);
    assertThat(json.get("read"))
        .hasToString(quoted("['oid','number','customer','total','remark','lines','buyer']"));
    assertThat(Duration.between(Instant.parse(json.get("readAt").asText()), Instant.now()))
        .isLessThan(Duration.ofMinutes(1));
    assertThat(json.has("unavailable")).isFalse();
  }

  @Test
  void aPartsKeyMayTellTheOrderByItself() throws Exception {
    rig.transaction(ROWS.insert(SERIAL, "{'serial':'S','oid':7,'no':1}"));
    assertThat(rig.log.published).extracting(Event::topic).containsExactly("order.updated");
    assertThat(rig.log.json(0).get("data")).hasToString(quoted("{'oid':7,'lines':[]}"));
    assertThat(rig.rows.counts().statements()).as("no look-up of its line").isEqualTo(2);
  }

  @Test
  void aPartWhoseEntityNobodyCanTellIsReportedAndNothingElseStops() throws Exception {
    rig.boxes();
    rig.transaction(
        ROWS.insert(TAG, "{'id':1,'item':1}"),
        ROWS.insert(TAG, "{'id':2,'item':2}"),
        ROWS.insert(CUSTOMER, "{'id':1,'name':'x'}"));
    assertThat(rig.log.published)
        .extracting(Event::topic)
        .containsExactly("box.updated", "customer.created");
    assertThat(rig.log.rejected).hasSize(1);
    assertThat(rig.log.rejected.getFirst().table()).isEqualTo(TAG);
    assertThat(rig.log.rejected.getFirst().key()).isEqualTo("2");
    assertThat(rig.log.rejected.getFirst().reason())
        .startsWith("the row that it belongs to was deleted");
    assertThat(rig.events.counts().rejected()).isEqualTo(1);
  }

  /** Null names nothing; what is not there is not known, and no reason to say nothing. */
  @Test
  void aPartWithoutItsKeyIsRejectedAndOneWithNullBelongsToNothing() throws Exception {
    rig.transaction(
        ROWS.insert(SERIAL, "{'serial':'A','oid':null,'no':null}"),
        ROWS.insert(SERIAL, "{'serial':'B','oid':7}"),
        ROWS.update(SERIAL, "{'serial':'C'}", "{'serial':'C','oid':7,'no':1}"));
    assertThat(rig.log.rejected).hasSize(2);
    assertThat(rig.log.rejected.getFirst().reason())
        .startsWith("column no, which says what a row of Order/lines/serials belongs to");
    assertThat(rig.log.rejected.getLast().reason()).startsWith("column oid, which says");
  }

  @Test
  @Tag("feature-21")
  void aPartThatMovesUpdatesBoth() throws Exception {
    rig.boxes();
    source.execute(
        "INSERT INTO orders VALUES (8, 'A-8', NULL, 1, NULL)", "UPDATE item SET oid = 8");
    rig.transaction(ROWS.update(ITEM, "{'id':1,'oid':7}", "{'id':1,'oid':8}"));
    assertThat(rig.log.published)
        .extracting(event -> event.topic() + " " + event.entityId())
        .containsExactly("box.updated 7", "box.updated 8");
    assertThat(rig.log.json(0).at("/data/items")).isEmpty();
    assertThat(rig.log.json(0).at("/previous/items/0/oid").asInt()).isEqualTo(7);
    assertThat(rig.log.json(1).at("/data/items/0/oid").asInt()).isEqualTo(8);
    assertThat(rig.log.json(1).at("/previous/items")).isEmpty();
  }

  @Test
  void aPartThatDoesNotChangeIsNoEvent() throws Exception {
    source.execute("INSERT INTO orders VALUES (7, 'A-7', NULL, 1, NULL)");
    rig.transaction(
        ROWS.update(LINE, "{'oid':7,'no':1,'quantity':4}", "{'oid':7,'no':1,'quantity':4}"),
        ROWS.insert(LINE, "{'oid':7,'no':2,'quantity':1}"),
        ROWS.delete(LINE, "{'oid':7,'no':2,'quantity':1}"));
    assertThat(rig.log.published).isEmpty();
    assertThat(rig.rows.counts().statements()).isZero();
  }

  @Test
  void anOrderWhoseIdNobodyCanTellIsReported() throws Exception {
    rig.orders(List.of("number"), 1 << 20, ReplicaIdentity.FULL);
    rig.transaction(
        ROWS.update(LINE, "{'oid':7,'no':1,'quantity':1}", "{'oid':7,'no':1,'quantity':2}"));
    assertThat(rig.log.published).isEmpty();
    assertThat(rig.log.rejected.getFirst().reason()).startsWith("its row was deleted before");
    assertThat(rig.events.counts().rejected()).isEqualTo(1);
  }

  @Test
  void anIdThatIsNotThePrimaryKey() throws Exception {
    rig.orders(List.of("number"), 1 << 20, ReplicaIdentity.FULL);
    source.execute(
        "INSERT INTO orders VALUES (7, 'A-7', NULL, 1, NULL)", "INSERT INTO line VALUES (7, 1, 5)");
    rig.transaction(
        ROWS.insert(LINE, "{'oid':7,'no':1,'quantity':5}"),
        ROWS.insert(SERIAL, "{'serial':'S','oid':7,'no':1}"));
    assertThat(rig.log.published).extracting(Event::entityId).containsExactly("A-7");
    rig.transaction(
        ROWS.update(
            ORDER,
            "{'oid':7,'number':'A-6','customer':null,'total':1,'remark':null}",
            "{'oid':7,'number':'A-7','customer':null,'total':1,'remark':null}"));
    assertThat(rig.log.published)
        .extracting(event -> event.type() + " " + event.entityId())
        .containsExactly("Updated A-7", "Deleted A-6", "Created A-7");
    assertThat(rig.log.json(1).at("/data/lines/0/quantity").asInt()).isEqualTo(5);
  }
}
