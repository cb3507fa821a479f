package io.rowhook.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.Position;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceValidator;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableMetadata.ForeignKey;
import io.rowhook.capture.Transaction;
import io.rowhook.testing.SourceDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Which entities an event names: by what the settings refer to and by PostgreSQL's own foreign
 * keys, of the root's row and of the parts', now and before.
 */
@Tag("feature-73")
class NamedEntitiesTest {

  private static final TableId ORDER = TableId.parse("orders");
  private static final TableId LINE = TableId.parse("line");
  private static final TableId PARTNER = TableId.parse("partner");
  private static final TableId ARTICLE = TableId.parse("article");
  private static final TableId SHELF = TableId.parse("shelf");
  private static final TableId AGENT = TableId.parse("agent");

  private static final RowChanges ROWS =
      new RowChanges(Map.of(LINE, List.of("oid", "no"), SHELF, List.of("hall", "no")));

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  private final PublishedLog log = new PublishedLog();
  private JdbcRowLookup rows;
  private TransactionAggregator events;
  private List<TableMetadata> facts;
  private long lsn = 0x1000;

  @BeforeAll
  static void tables() {
    source.execute(
        "CREATE TABLE partner (id int PRIMARY KEY, name text)",
        "CREATE TABLE shelf (hall int, no int, PRIMARY KEY (hall, no))",
        "CREATE TABLE agent (id int PRIMARY KEY, code text NOT NULL UNIQUE)",
        "CREATE TABLE article (id int PRIMARY KEY, shelf int, hall int, secret int REFERENCES partner,"
            + " FOREIGN KEY (shelf, hall) REFERENCES shelf (no, hall))",
        "CREATE TABLE orders (id int PRIMARY KEY, buyer int, payer int REFERENCES partner,"
            + " agent int REFERENCES agent, before int REFERENCES orders)",
        "CREATE TABLE line (oid int REFERENCES orders, no int, article int REFERENCES article,"
            + " PRIMARY KEY (oid, no))",
        "ALTER TABLE orders REPLICA IDENTITY FULL",
        "ALTER TABLE agent REPLICA IDENTITY FULL",
        "ALTER TABLE line REPLICA IDENTITY FULL",
        "INSERT INTO partner SELECT n, 'Ada' FROM generate_series(1, 9) n");
  }

  @BeforeEach
  void start() throws Exception {
    SourceConfig config = SourceConfig.of(source.connectorProperties(), "source.properties");
    rows = new JdbcRowLookup(config);
    ChildTable lines =
        new ChildTable(
            "lines", LINE, List.of("oid"), List.of("no"), List.of(), List.of(), List.of());
    LookupReference buyer = // in the place of its key, and without the id
        new LookupReference("buyer", PARTNER, List.of("buyer"), List.of("name"));
    List<EntityType> types =
        List.of(
            new EntityType("Order", ORDER, List.of(), List.of(), List.of(lines), List.of(buyer)),
            new EntityType("Customer", PARTNER, List.of(), List.of()),
            new EntityType("Supplier", PARTNER, List.of(), List.of()),
            new EntityType("Shelf", SHELF, List.of(), List.of()),
            new EntityType("Agent", AGENT, List.of("code"), List.of()),
            new EntityType(
                "Article",
                ARTICLE,
                List.of(),
                ColumnFilter.without(List.of("secret")),
                "",
                "",
                List.of(),
                List.of()));
    facts = SourceValidator.run(config, CapturePlan.of(types)).tables();
    events =
        new TransactionAggregator(
            types, log, log, rows, TransactionAggregator.DEFAULT_MEMORY_LIMIT);
    events.restart(facts);
  }

  @AfterEach
  void close() {
    rows.close();
  }

  private void transaction(RowChange... changes) throws Exception {
    events.begin("3");
    for (RowChange change : changes) {
      events.row(change);
    }
    lsn += 0x100;
    events.end(new Transaction(Position.of(lsn), "3", Instant.EPOCH));
    events.commit(Position.START, true);
  }

  private Set<String> named() {
    return Set.copyOf(
        log.published.getLast().named().keys().stream()
            .map(key -> key.replace('\0', ' '))
            .toList());
  }

  @Test
  void theSourcesForeignKeysAreKnown() {
    assertThat(
            facts.stream()
                .filter(table -> table.table().equals(ARTICLE))
                .flatMap(table -> table.foreignKeys().stream()))
        .containsExactlyInAnyOrder(
            new ForeignKey(List.of("shelf", "hall"), SHELF, List.of("no", "hall")),
            new ForeignKey(List.of("secret"), PARTNER, List.of("id")));
  }

  @Test
  void anOrderNamesWhatItsRowAndItsLinesNameAlsoWhereNobodyIsShownIt() throws Exception {
    transaction(
        ROWS.insert(ORDER, "{'id':1,'buyer':4,'payer':5,'agent':1,'before':null}"),
        ROWS.insert(LINE, "{'oid':1,'no':1,'article':7}"),
        ROWS.insert(LINE, "{'oid':1,'no':2,'article':null}"),
        ROWS.insert(LINE, "{'oid':1,'no':3,'article':8}"));
    // Customers and suppliers are rows of one table; an agent is known by its code.
    assertThat(named())
        .containsExactlyInAnyOrder(
            "Customer 4", "Supplier 4", "Customer 5", "Supplier 5", "Article 7", "Article 8");
    assertThat(new String(log.published.getLast().json(), StandardCharsets.UTF_8))
        .contains("\"buyer\":{\"name\":\"Ada\"}");
  }

  @Test
  void aChangeNamesWhatWasNamedBeforeToo() throws Exception {
    transaction(
        ROWS.update(
            ORDER,
            "{'id':2,'buyer':4,'payer':5,'agent':1,'before':1}",
            "{'id':2,'buyer':6,'payer':5,'agent':1,'before':1}"),
        ROWS.update(LINE, "{'oid':2,'no':1,'article':7}", "{'oid':2,'no':1,'article':8}"));
    assertThat(named())
        .containsExactlyInAnyOrder(
            "Customer 4",
            "Supplier 4",
            "Customer 5",
            "Supplier 5",
            "Customer 6",
            "Supplier 6",
            "Order 1",
            "Article 7",
            "Article 8");
  }

  @Test
  void aKeyOfSeveralColumnsIsInTheOrderOfTheOther() throws Exception {
    transaction(ROWS.insert(ARTICLE, "{'id':7,'shelf':3,'hall':1,'secret':4}"));
    assertThat(named()).containsExactly("Shelf {\"hall\":1,\"no\":3}"); // and no secret
    transaction(ROWS.insert(SHELF, "{'hall':1,'no':3}"));
    assertThat(log.published.getLast().entityKey()).isEqualTo("Shelf\0{\"hall\":1,\"no\":3}");
    assertThat(named()).isEmpty();
  }

  @Test
  void aDeletedOfWhatOthersNameNamesItself() throws Exception {
    transaction(
        ROWS.delete(ORDER, "{'id':3,'buyer':4,'payer':null,'agent':1,'before':2}"),
        ROWS.delete(LINE, "{'oid':3,'no':1,'article':7}"));
    assertThat(named())
        .containsExactlyInAnyOrder("Customer 4", "Supplier 4", "Order 2", "Article 7", "Order 3");
    transaction(ROWS.delete(AGENT, "{'id':1,'code':'A'}"));
    assertThat(named()).containsExactly("Agent A");
  }

  @Test
  void namesAreReadAsTheyWereWritten() {
    List<String> keys = List.of("Customer\0{\"a\":1,\"b\":\"x/y~z\"}", "Customer\0 5", "Order\0");
    NamedEntities named = NamedEntities.of(keys);
    assertThat(named.keys()).isEqualTo(keys);
    assertThat(named.without("Customer\0 5").keys()).doesNotContain("Customer\0 5").hasSize(2);
    assertThat(named.without("Other\0 5")).isEqualTo(named);
    assertThat(NamedEntities.of(List.of("A\0b")).without("A\0b").isNone()).isTrue();
    assertThat(NamedEntities.NONE.keys()).isEmpty();
  }
}
