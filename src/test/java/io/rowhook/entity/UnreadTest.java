package io.rowhook.entity;

import static io.rowhook.entity.OrdersRig.LINE;
import static io.rowhook.entity.OrdersRig.LONG_AGO;
import static io.rowhook.entity.OrdersRig.ORDER;
import static io.rowhook.entity.OrdersRig.ROWS;
import static io.rowhook.entity.RowChanges.quoted;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.capture.Position;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata.ReplicaIdentity;
import io.rowhook.capture.Transaction;
import io.rowhook.capture.UnreadTable;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What cannot be read back is named in the events that need it, and holds up nothing else. */
@Tag("feature-55")
class UnreadTest {

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  private OrdersRig rig;

  @BeforeAll
  static void startSource() {
    source.execute("CREATE ROLE reader LOGIN");
  }

  @BeforeEach
  void start() throws Exception {
    source.execute("DROP TABLE IF EXISTS customer, orders, line, line_away, serial CASCADE");
    OrdersRig.tables(source);
    source.execute(
        "GRANT SELECT ON customer, orders, line, serial TO reader",
        "INSERT INTO customer VALUES (3, 'Ada')",
        "INSERT INTO orders SELECT n, 3, n FROM generate_series(1, 9) n",
        "INSERT INTO line SELECT n, l, n FROM generate_series(1, 9) n, generate_series(1, 2) l");
    rig = new OrdersRig(source, "reader", ReplicaIdentity.FULL, Duration.ofSeconds(30));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private static RowChange total(int oid) {
    return ROWS.update(
        ORDER,
        "{'oid':%d,'customer':3,'total':0}".formatted(oid),
        "{'oid':%d,'customer':3,'total':%d}".formatted(oid, oid));
  }

  private JsonNode updated(int oid) throws Exception {
    rig.transaction(LONG_AGO, total(oid));
    return rig.log.json(rig.log.published.size() - 1);
  }

  @Test
  void aTableThatMayNotBeReadIsNamedAndReadAgainWhenItMay() throws Exception {
    source.execute("REVOKE SELECT ON line FROM reader");
    JsonNode json = updated(1);
    assertThat(json.get("unavailable")).hasToString(quoted("['lines']"));
    assertThat(json.get("data").has("lines")).as("they are not none").isFalse();
    assertThat(json.at("/data/buyer/name").asText()).isEqualTo("Ada");
    assertThat(json.get("read")).hasToString(quoted("['buyer']"));
    assertThat(json.get("changed")).hasToString(quoted("['total']"));
    assertThat(rig.rows.counts().unread()).isEqualTo(1);
    assertThat(rig.rows.counts().tables())
        .extracting(UnreadTable::text)
        .containsExactly(
            "public.line: the source says: permission denied for table line; run GRANT SELECT ON"
                + " \"public\".\"line\" TO \"reader\";");
    source.execute("GRANT SELECT ON line TO reader");
    Eventually.within(
        Duration.ofSeconds(20), "it is read again", () -> !isUnavailable(updatedSilently(2)));
    assertThat(rig.rows.counts().tables()).isEmpty();
  }

  /** Of an order that is new the log has what it has; of another only what was touched. */
  @Test
  void aListThatMayNotBeReadIsLeftOutWhereTheLogHasOnlySomeOfIt() throws Exception {
    source.execute("REVOKE SELECT ON line FROM reader", "INSERT INTO orders VALUES (20, 3, 1)");
    rig.transaction(
        LONG_AGO,
        total(1),
        ROWS.update(
            LINE,
            "{'oid':1,'no':1,'quantity':0,'note':null}",
            "{'oid':1,'no':1,'quantity':1,'note':null}"),
        ROWS.insert(ORDER, "{'oid':20,'customer':3,'total':1}"),
        ROWS.insert(LINE, "{'oid':20,'no':1,'quantity':1,'note':null}"));
    JsonNode updated = rig.log.json(0);
    assertThat(updated.get("data").has("lines")).isFalse();
    assertThat(updated.get("changed")).hasToString(quoted("['total','lines']"));
    assertThat(updated.get("unavailable")).hasToString(quoted("['lines']"));
    JsonNode created = rig.log.json(1);
    assertThat(created.at("/data/lines")).hasSize(1);
    assertThat(created.get("unavailable")).hasToString(quoted("['lines']"));
  }

  private JsonNode updatedSilently(int oid) {
    try {
      return updated(oid);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isUnavailable(JsonNode json) {
    return json.has("unavailable");
  }

  @Test
  void theRootsRowMayBeWhatCannotBeRead() throws Exception {
    source.execute("REVOKE SELECT ON orders FROM reader");
    rig.transaction(
        LONG_AGO,
        ROWS.update(
            LINE,
            "{'oid':1,'no':1,'quantity':0,'note':null}",
            "{'oid':1,'no':1,'quantity':1,'note':null}"));
    JsonNode json = rig.log.json(0);
    assertThat(json.get("unavailable")).hasToString(quoted("['customer','total','buyer']"));
    assertThat(json.at("/data/oid").asInt()).isEqualTo(1);
    assertThat(json.at("/data/lines")).hasSize(2);
  }

  @Test
  void aColumnThatNothingNamesMayGoAtAnyTime() throws Exception {
    assertThat(isUnavailable(updated(1))).isFalse();
    source.execute("ALTER TABLE line DROP note");
    assertThat(isUnavailable(updated(2))).isFalse();
    assertThat(rig.rows.counts().tables()).isEmpty();
  }

  @Test
  void aColumnThatIsGoneAndATableThatIsGone() throws Exception {
    source.execute("ALTER TABLE customer RENAME name TO full_name", "DROP TABLE serial");
    JsonNode json = updated(1);
    assertThat(json.get("unavailable")).hasToString(quoted("['lines.serials','buyer']"));
    assertThat(json.at("/data/lines")).hasSize(2);
    assertThat(json.at("/data/lines/0").has("serials")).isFalse();
    assertThat(rig.rows.counts().tables()).hasSize(2);
  }

  @Test
  void aLockHoldsUpOthersOnlyForAMoment() throws Exception {
    try (Connection other = source.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE line");
      long begin = System.nanoTime();
      JsonNode json = updated(1);
      assertThat(json.get("unavailable")).hasToString(quoted("['lines']"));
      for (int i = 2; i <= 9; i++) {
        updated(i);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(6));
      other.rollback();
    }
    Eventually.within(
        Duration.ofSeconds(30), "it is read again", () -> !isUnavailable(updatedSilently(2)));
  }

  /** One row among many that the server cannot give: a byte that its encoding has no letter for. */
  @Test
  void theRowAtFaultIsFound() throws Exception {
    source.execute(
        "DROP DATABASE IF EXISTS odd",
        "CREATE DATABASE odd TEMPLATE template0 ENCODING 'WIN1252' LC_COLLATE 'C' LC_CTYPE 'C'");
    Map<String, String> odd = new HashMap<>(source.connectorProperties());
    odd.put("database.dbname", "odd");
    try (Connection connection =
            DriverManager.getConnection(
                source.jdbcUrl().replace(source.database(), "odd"), source.user(), "");
        Statement statement = connection.createStatement()) {
      for (String table : OrdersRig.TABLES) {
        statement.execute(table);
      }
      statement.execute("INSERT INTO orders SELECT n, 3, n FROM generate_series(1, 9) n");
      statement.execute(
          "INSERT INTO line SELECT n, l, n, CASE WHEN n = 5 AND l = 2 THEN E'\\x81' END"
              + " FROM generate_series(1, 9) n, generate_series(1, 2) l");
    }
    rig.close();
    rig =
        new OrdersRig(
            SourceConfig.of(odd, "source.properties"),
            ReplicaIdentity.FULL,
            Duration.ofSeconds(30));
    rig.transaction(
        LONG_AGO,
        IntStream.rangeClosed(1, 9).mapToObj(UnreadTest::total).toArray(RowChange[]::new));
    assertThat(rig.log.published).hasSize(9);
    for (int i = 0; i < 9; i++) {
      JsonNode json = rig.log.json(i);
      assertThat(json.path("unavailable").toString())
          .as("order " + (i + 1))
          .isEqualTo(quoted(i == 4 ? "['lines','buyer']" : "['buyer']"));
      assertThat(json.get("data").has("lines")).isEqualTo(i != 4);
      assertThat(json.at("/data/lines")).hasSize(i == 4 ? 0 : 2);
    }
    assertThat(rig.rows.counts().unread()).isEqualTo(1);
    assertThat(rig.rows.counts().tables()).isEmpty();
  }

  @Test
  void aSessionThatIsEndedIsReplaced() throws Exception {
    updated(1);
    source.query(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'reader'");
    assertThat(updated(2).has("unavailable")).isFalse();
  }

  /** Which box a tag belongs to is told by its item. */
  @Test
  void whatTellsTheEntityMayBeWhatCannotBeRead() throws Exception {
    source.execute(
        "DROP TABLE IF EXISTS item, tag",
        "CREATE TABLE item (id int PRIMARY KEY, oid bigint)",
        "CREATE TABLE tag (id int PRIMARY KEY, item int)",
        "INSERT INTO item VALUES (1, 1)");
    TableId item = TableId.parse("item");
    TableId tag = TableId.parse("tag");
    ChildTable tags =
        new ChildTable("tags", tag, List.of("item"), List.of(), List.of(), List.of(), List.of());
    ChildTable items =
        new ChildTable(
            "items", item, List.of("oid"), List.of(), List.of(), List.of(tags), List.of());
    TransactionAggregator boxes =
        new TransactionAggregator(
            List.of(new EntityType("Box", ORDER, List.of(), List.of(), List.of(items), List.of())),
            rig.log,
            rig.log,
            rig.rows,
            1 << 20);
    boxes.restart(
        List.of(
            OrdersRig.facts(ORDER, ReplicaIdentity.FULL, List.of("oid"), "oid"),
            OrdersRig.facts(item, ReplicaIdentity.FULL, List.of("id"), "id", "oid"),
            OrdersRig.facts(tag, ReplicaIdentity.FULL, List.of("id"), "id", "item")));
    boxes.begin(Long.toString(LONG_AGO));
    boxes.row(ROWS.insert(tag, "{'id':1,'item':1}"));
    boxes.row(ROWS.update(ORDER, "{'oid':2,'total':1}", "{'oid':2,'total':2}"));
    boxes.end(new Transaction(Position.of(0x9000), Long.toString(LONG_AGO), Instant.EPOCH));
    boxes.commit(Position.START, true);
    assertThat(rig.log.published).extracting(Event::entityId).containsExactly("2");
    assertThat(rig.log.rejected).hasSize(1);
    assertThat(rig.log.rejected.getFirst().table()).isEqualTo(tag);
    assertThat(rig.log.rejected.getFirst().reason())
        .startsWith("the row that it belongs to could not be looked up")
        .endsWith(
            "permission denied for table item; run GRANT SELECT ON \"public\".\"item\" TO"
                + " \"reader\";");
  }
}
