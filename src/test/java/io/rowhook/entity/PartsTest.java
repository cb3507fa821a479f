package io.rowhook.entity;

import static io.rowhook.entity.RowChanges.quoted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.Position;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceException;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableMetadata.Column;
import io.rowhook.capture.TableMetadata.ReplicaIdentity;
import io.rowhook.capture.Transaction;
import io.rowhook.testing.SourceDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Parts and references when the log and the source disagree: rows are given as the log would give
 * them, while a real source is already further.
 */
class PartsTest {

  private static final TableId ORDER = TableId.parse("orders");
  private static final TableId LINE = TableId.parse("line");
  private static final TableId SERIAL = TableId.parse("serial");
  private static final TableId ITEM = TableId.parse("item");
  private static final TableId TAG = TableId.parse("tag");
  private static final TableId CUSTOMER = TableId.parse("customer");

  private static final RowChanges ROWS =
      new RowChanges(
          Map.of(ORDER, List.of("oid"), LINE, List.of("oid", "no"), SERIAL, List.of("serial")));

  private static SourceDatabase source;

  private final PublishedLog log = new PublishedLog();
  private JdbcRowLookup rows;
  private TransactionAggregator events;
  private long lsn = 0x1000;

  @BeforeAll
  static void startSource() {
    source = SourceDatabase.start();
    source.execute(
        "CREATE TABLE customer (id int PRIMARY KEY, name text, note text)",
        "CREATE TABLE orders (oid bigint PRIMARY KEY, number text UNIQUE NOT NULL, customer int,"
            + " total numeric, remark text)",
        "CREATE TABLE line (oid bigint, no int, quantity int, PRIMARY KEY (oid, no))",
        "CREATE TABLE serial (serial text PRIMARY KEY, oid bigint, no int)");
  }

  @AfterAll
  static void stopSource() {
    source.close();
  }

  @BeforeEach
  void start() throws Exception {
    source.execute("TRUNCATE customer, orders, line, serial");
    rows = new JdbcRowLookup(SourceConfig.of(source.connectorProperties(), "source.properties"));
    events = events(List.of(), TransactionAggregator.DEFAULT_MEMORY_LIMIT, ReplicaIdentity.FULL);
  }

  @AfterEach
  void close() {
    rows.close();
  }

  private TransactionAggregator events(List<String> id, int memoryLimit, ReplicaIdentity identity)
      throws Exception {
    ChildTable serials =
        new ChildTable(
            "serials", SERIAL, List.of("oid", "no"), List.of(), List.of(), List.of(), List.of());
    ChildTable lines =
        new ChildTable(
            "lines", LINE, List.of("oid"), List.of("no"), List.of(), List.of(serials), List.of());
    LookupReference customer =
        new LookupReference("buyer", CUSTOMER, List.of("customer"), List.of("name"));
    TransactionAggregator made =
        new TransactionAggregator(
            List.of(
                new EntityType("Order", ORDER, id, List.of(), List.of(lines), List.of(customer)),
                new EntityType("Customer", CUSTOMER, List.of(), List.of("note"))),
            log,
            log,
            rows,
            memoryLimit);
    made.restart(
        List.of(
            facts(ORDER, identity, List.of("oid"), "oid", "number", "customer", "total", "remark"),
            facts(LINE, identity, List.of("oid", "no"), "oid", "no", "quantity"),
            facts(SERIAL, ReplicaIdentity.FULL, List.of("serial"), "serial", "oid", "no"),
            facts(CUSTOMER, identity, List.of("id"), "id", "name", "note")));
    return made;
  }

  private static TableMetadata facts(
      TableId table, ReplicaIdentity identity, List<String> key, String... columns) {
    return new TableMetadata(
        table,
        table.hashCode(),
        Arrays.stream(columns).map(name -> new Column(name, 25, false, false)).toList(),
        key,
        identity,
        identity == ReplicaIdentity.FULL ? List.of(columns) : key,
        List.of(key));
  }

  @Test
  @Tag("feature-21")
  void aChangedLineCarriesTheOrderAsItIsNow() throws Exception {
    source.execute(
        "INSERT INTO customer VALUES (3, 'Ada', 'secret')",
        "INSERT INTO orders VALUES (7, 'A-7', 3, 1.50, NULL)",
        "INSERT INTO line VALUES (7, 1, 5), (7, 2, 9)");
    transaction(
        ROWS.update(LINE, "{'oid':7,'no':1,'quantity':4}", "{'oid':7,'no':1,'quantity':5}"));
    JsonNode json = log.json(0);
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
  void theRootsOwnValuesComeFromTheLogHoweverNewTheSourceIs() throws Exception {
    source.execute(
        "INSERT INTO orders VALUES (7, 'A-7', NULL, 99, 'later')",
        "INSERT INTO line VALUES (7, 1, 5)");
    transaction(
        ROWS.update(
            ORDER,
            "{'oid':7,'number':'A-7','customer':null,'total':1,'remark':null}",
            "{'oid':7,'number':'A-7','customer':null,'total':2,'remark':null}"));
    JsonNode json = log.json(0);
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
    transaction(
        ROWS.insert(ORDER, "{'oid':7,'number':'A-7','customer':3,'total':2,'remark':null}"),
        ROWS.insert(LINE, "{'oid':7,'no':2,'quantity':1}"),
        ROWS.insert(LINE, "{'oid':7,'no':1,'quantity':1}"),
        ROWS.insert(SERIAL, "{'serial':'S','oid':7,'no':2}"));
    JsonNode created = log.json(0);
    assertThat(created.get("type").asText()).isEqualTo("order.created");
    assertThat(created.at("/data/lines"))
        .hasToString(
            quoted(
                "[{'oid':7,'no':1,'quantity':1,'serials':[]},"
                    + "{'oid':7,'no':2,'quantity':1,'serials':[{'serial':'S','oid':7,'no':2}]}]"));
    assertThat(created.get("unavailable")).hasToString(quoted("['buyer']"));

    transaction(
        ROWS.update(LINE, "{'oid':7,'no':1,'quantity':1}", "{'oid':7,'no':1,'quantity':2}"));
    JsonNode updated = log.json(1);
    assertThat(updated.get("type").asText()).isEqualTo("order.updated");
    assertThat(updated.get("entityId").asInt()).isEqualTo(7);
    assertThat(updated.get("data"))
        .hasToString(quoted("{'oid':7,'lines':[{'oid':7,'no':1,'quantity':2,'serials':[]}]}"));
    assertThat(updated.get("unavailable"))
        .hasToString(quoted("['number','customer','total','remark','lines','buyer']"));
  }

  @Test
  void aPartsKeyMayTellTheOrderByItself() throws Exception {
    transaction(ROWS.insert(SERIAL, "{'serial':'S','oid':7,'no':1}"));
    assertThat(log.published).extracting(Event::topic).containsExactly("order.updated");
    assertThat(log.json(0).get("data")).hasToString(quoted("{'oid':7,'lines':[]}"));
    assertThat(rows.counts().statements()).as("no look-up of its line").isEqualTo(2);
  }

  @Test
  void aPartWhoseEntityNobodyCanTellIsReportedAndNothingElseStops() throws Exception {
    boxes();
    transaction(
        ROWS.insert(TAG, "{'id':1,'item':1}"),
        ROWS.insert(TAG, "{'id':2,'item':2}"),
        ROWS.insert(CUSTOMER, "{'id':1,'name':'x'}"));
    assertThat(log.published)
        .extracting(Event::topic)
        .containsExactly("box.updated", "customer.created");
    assertThat(log.rejected).hasSize(1);
    assertThat(log.rejected.getFirst().table()).isEqualTo(TAG);
    assertThat(log.rejected.getFirst().key()).isEqualTo("2");
    assertThat(log.rejected.getFirst().reason())
        .startsWith("the row that it belongs to was deleted");
    assertThat(events.counts().rejected()).isEqualTo(1);
  }

  /** Null names nothing; what is not there is not known, and no reason to say nothing. */
  @Test
  void aPartWithoutItsKeyIsRejectedAndOneWithNullBelongsToNothing() throws Exception {
    transaction(
        ROWS.insert(SERIAL, "{'serial':'A','oid':null,'no':null}"),
        ROWS.insert(SERIAL, "{'serial':'B','oid':7}"),
        ROWS.update(SERIAL, "{'serial':'C'}", "{'serial':'C','oid':7,'no':1}"));
    assertThat(log.rejected).hasSize(2);
    assertThat(log.rejected.getFirst().reason())
        .startsWith("column no, which says what a row of Order/lines/serials belongs to");
    assertThat(log.rejected.getLast().reason()).startsWith("column oid, which says");
  }

  @Test
  @Tag("feature-21")
  void aPartThatMovesUpdatesBoth() throws Exception {
    boxes();
    source.execute(
        "INSERT INTO orders VALUES (8, 'A-8', NULL, 1, NULL)", "UPDATE item SET oid = 8");
    transaction(ROWS.update(ITEM, "{'id':1,'oid':7}", "{'id':1,'oid':8}"));
    assertThat(log.published)
        .extracting(event -> event.topic() + " " + event.entityId())
        .containsExactly("box.updated 7", "box.updated 8");
    assertThat(log.json(0).at("/data/items")).isEmpty();
    assertThat(log.json(0).at("/previous/items/0/oid").asInt()).isEqualTo(7);
    assertThat(log.json(1).at("/data/items/0/oid").asInt()).isEqualTo(8);
    assertThat(log.json(1).at("/previous/items")).isEmpty();
  }

  @Test
  void aPartThatDoesNotChangeIsNoEvent() throws Exception {
    source.execute("INSERT INTO orders VALUES (7, 'A-7', NULL, 1, NULL)");
    transaction(
        ROWS.update(LINE, "{'oid':7,'no':1,'quantity':4}", "{'oid':7,'no':1,'quantity':4}"),
        ROWS.insert(LINE, "{'oid':7,'no':2,'quantity':1}"),
        ROWS.delete(LINE, "{'oid':7,'no':2,'quantity':1}"));
    assertThat(log.published).isEmpty();
    assertThat(rows.counts().statements()).isZero();
  }

  /** Boxes with items with tags; none of whose keys names more than the row above. */
  private void boxes() throws Exception {
    source.execute(
        "CREATE TABLE IF NOT EXISTS item (id int PRIMARY KEY, oid bigint)",
        "TRUNCATE item",
        "INSERT INTO orders VALUES (7, 'A-7', NULL, 1, NULL)",
        "INSERT INTO item VALUES (1, 7)");
    ChildTable tags =
        new ChildTable("tags", TAG, List.of("item"), List.of(), List.of(), List.of(), List.of());
    ChildTable items =
        new ChildTable(
            "items", ITEM, List.of("oid"), List.of(), List.of(), List.of(tags), List.of());
    source.execute("CREATE TABLE IF NOT EXISTS tag (id int PRIMARY KEY, item int)");
    events =
        new TransactionAggregator(
            List.of(
                new EntityType("Box", ORDER, List.of(), List.of(), List.of(items), List.of()),
                new EntityType("Customer", CUSTOMER, List.of(), List.of("note"))),
            log,
            log,
            rows,
            1 << 20);
    events.restart(
        List.of(
            facts(ORDER, ReplicaIdentity.FULL, List.of("oid"), "oid"),
            facts(ITEM, ReplicaIdentity.FULL, List.of("id"), "id", "oid"),
            facts(TAG, ReplicaIdentity.FULL, List.of("id"), "id", "item"),
            facts(CUSTOMER, ReplicaIdentity.FULL, List.of("id"), "id", "name", "note")));
  }

  @Test
  void anOrderWhoseIdNobodyCanTellIsReported() throws Exception {
    events = events(List.of("number"), 1 << 20, ReplicaIdentity.FULL);
    transaction(
        ROWS.update(LINE, "{'oid':7,'no':1,'quantity':1}", "{'oid':7,'no':1,'quantity':2}"));
    assertThat(log.published).isEmpty();
    assertThat(log.rejected.getFirst().reason()).startsWith("its row was deleted before");
    assertThat(events.counts().rejected()).isEqualTo(1);
  }

  @Test
  void anIdThatIsNotThePrimaryKey() throws Exception {
    events = events(List.of("number"), 1 << 20, ReplicaIdentity.FULL);
    source.execute(
        "INSERT INTO orders VALUES (7, 'A-7', NULL, 1, NULL)", "INSERT INTO line VALUES (7, 1, 5)");
    transaction(
        ROWS.insert(LINE, "{'oid':7,'no':1,'quantity':5}"),
        ROWS.insert(SERIAL, "{'serial':'S','oid':7,'no':1}"));
    assertThat(log.published).extracting(Event::entityId).containsExactly("A-7");
    transaction(
        ROWS.update(
            ORDER,
            "{'oid':7,'number':'A-6','customer':null,'total':1,'remark':null}",
            "{'oid':7,'number':'A-7','customer':null,'total':1,'remark':null}"));
    assertThat(log.published)
        .extracting(event -> event.type() + " " + event.entityId())
        .containsExactly("Updated A-7", "Deleted A-6", "Created A-7");
    assertThat(log.json(1).at("/data/lines/0/quantity").asInt()).isEqualTo(5);
  }

  @Test
  void withoutTheOldRowsThePreviousLinesAreNull() throws Exception {
    events = events(List.of(), 1 << 20, ReplicaIdentity.DEFAULT);
    source.execute(
        "INSERT INTO orders VALUES (7, 'A-7', NULL, 1, NULL)", "INSERT INTO line VALUES (7, 1, 5)");
    transaction(ROWS.update(LINE, null, "{'oid':7,'no':1,'quantity':5}"));
    assertThat(log.json(0).get("changed")).hasToString(quoted("['lines']"));
    assertThat(log.json(0).get("previous")).hasToString(quoted("{'lines':null}"));
    transaction(ROWS.delete(LINE, "{'oid':7,'no':1}"), ROWS.delete(ORDER, "{'oid':7}"));
    assertThat(log.json(1).get("data"))
        .hasToString(quoted("{'oid':7,'lines':[{'oid':7,'no':1,'serials':[]}],'buyer':null}"));
  }

  @Test
  @Tag("feature-20")
  void aLargeValueThatIsNotInTheLogIsReadBack() throws Exception {
    source.execute("INSERT INTO customer VALUES (1, 'long', 'x')");
    events = events(List.of(), 1 << 20, ReplicaIdentity.DEFAULT);
    RowChange change = ROWS.update(CUSTOMER, null, "{'id':1}", List.of("name"));
    transaction(change);
    assertThat(log.json(0).get("data")).hasToString(quoted("{'id':1,'name':'long'}"));
    assertThat(log.json(0).get("read")).hasToString(quoted("['name']"));
    assertThat(log.json(0).has("readAt")).isTrue();
    source.execute("DELETE FROM customer");
    transaction(change);
    assertThat(log.json(1).get("data")).hasToString(quoted("{'id':1}"));
    assertThat(log.json(1).get("unavailable")).hasToString(quoted("['name']"));
  }

  @Test
  void manyOrdersAreReadWithOneStatementForEachRelation() throws Exception {
    source.execute(
        "INSERT INTO customer SELECT n, 'c' || n FROM generate_series(0, 4) n",
        "INSERT INTO orders SELECT n, 'A-' || n, n % 5, 1, NULL FROM generate_series(1, 500) n",
        "INSERT INTO line SELECT n, l, 1 FROM generate_series(1, 500) n, generate_series(1, 3) l");
    events.begin("5");
    for (int i = 1; i <= 500; i++) {
      lsn += 0x100;
      events.row(ROWS.insert(LINE, "{'oid':" + i + ",'no':1,'quantity':1}"));
      events.end(new Transaction(Position.of(lsn), Long.toString(i), Instant.EPOCH));
    }
    events.commit(Position.START, true);
    assertThat(log.published).hasSize(500);
    assertThat(log.json(499).at("/data/lines")).hasSize(3);
    assertThat(rows.counts().statements()).as("order, lines, serials, customers").isEqualTo(4);
    assertThat(rows.counts().rows()).isEqualTo(500 + 1500 + 5);
    assertThat(rows.counts().time()).isPositive();
  }

  @Test
  void aTransactionLargerThanMemoryIsOneEventForEachOrderToo() throws Exception {
    events = events(List.of(), 2_000, ReplicaIdentity.FULL);
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
    transaction(changes.toArray(RowChange[]::new));
    assertThat(log.largestStage).isPositive().isLessThan(100);
    assertThat(log.published).hasSize(501);
    assertThat(log.published.stream().map(Event::entityId).limit(500))
        .containsExactlyElementsOf(
            java.util.stream.IntStream.rangeClosed(1, 500).mapToObj(String::valueOf).toList());
    assertThat(log.json(499).at("/data/lines/1/serials/0/serial").asText()).isEqualTo("500-2");
    assertThat(log.json(499).at("/previous/lines/1/serials")).isEmpty();
    assertThat(log.json(498).at("/previous/lines/1/serials")).hasSize(1);
  }

  @Test
  void ordersTooLargeToBeReadAtOnceAreReadInPieces() throws Exception {
    String large = "x".repeat(1 << 20);
    source.execute(
        "INSERT INTO orders SELECT n, 'A-' || n, NULL, 1, repeat('x', 1 << 20) FROM generate_series(1, 40) n");
    events.begin("5");
    for (int i = 1; i <= 40; i++) {
      events.row(ROWS.insert(LINE, "{'oid':" + i + ",'no':1,'quantity':1}"));
    }
    events.end(new Transaction(Position.of(lsn += 0x100), "5", Instant.EPOCH));
    events.commit(Position.START, true);
    assertThat(log.published).hasSize(40);
    assertThat(log.json(39).at("/data/remark").asText()).isEqualTo(large);
    assertThat(rows.counts().statements()).isGreaterThan(8);
  }

  @Test
  void readingSurvivesALostConnectionAndSaysWhatIsWrong() throws Exception {
    source.execute("INSERT INTO orders VALUES (7, 'A-7', NULL, 1, NULL)");
    transaction(ROWS.insert(LINE, "{'oid':7,'no':1,'quantity':1}"));
    source.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'Rowhook'");
    transaction(ROWS.insert(LINE, "{'oid':7,'no':2,'quantity':1}"));
    source.restart();
    transaction(ROWS.insert(LINE, "{'oid':7,'no':3,'quantity':1}"));
    assertThat(log.published).hasSize(3);

    source.stop();
    try {
      assertThatThrownBy(() -> transaction(ROWS.insert(LINE, "{'oid':7,'no':3,'quantity':1}")))
          .isInstanceOf(SourceException.class)
          .hasMessageContaining("reading rows back from the source");
    } finally {
      source.restart();
    }
  }

  private void transaction(RowChange... changes) throws Exception {
    events.begin("5");
    for (RowChange change : changes) {
      events.row(change);
    }
    lsn += 0x100;
    events.end(new Transaction(Position.of(lsn), "5", Instant.EPOCH));
    events.commit(Position.START, true);
  }
}
