package io.rowhook.entity;

import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.Position;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableMetadata.Column;
import io.rowhook.capture.TableMetadata.ReplicaIdentity;
import io.rowhook.capture.Transaction;
import io.rowhook.testing.SourceDatabase;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Rows are given as the log would give them, while a real source is already further. One test's.
 */
final class PartsRig implements AutoCloseable {

  static final TableId ORDER = TableId.parse("orders");
  static final TableId LINE = TableId.parse("line");
  static final TableId SERIAL = TableId.parse("serial");
  static final TableId ITEM = TableId.parse("item");
  static final TableId TAG = TableId.parse("tag");
  static final TableId CUSTOMER = TableId.parse("customer");

  static final RowChanges ROWS =
      new RowChanges(
          Map.of(ORDER, List.of("oid"), LINE, List.of("oid", "no"), SERIAL, List.of("serial")));

  final PublishedLog log = new PublishedLog();
  final JdbcRowLookup rows;
  TransactionAggregator events; // the last that was begun
  private final SourceDatabase source;
  private long lsn = 0x1000;

  /** Orders with lines, these with serials, and customers. */
  PartsRig(SourceDatabase source) throws Exception {
    this.source = source;
    source.execute("TRUNCATE customer, orders, line, serial");
    rows = new JdbcRowLookup(SourceConfig.of(source.connectorProperties(), "source.properties"));
    events = made(List.of(), TransactionAggregator.DEFAULT_MEMORY_LIMIT, ReplicaIdentity.FULL);
  }

  static void tables(SourceDatabase source) {
    source.execute(
        "CREATE TABLE customer (id int PRIMARY KEY, name text, note text)",
        "CREATE TABLE orders (oid bigint PRIMARY KEY, number text UNIQUE NOT NULL, customer int,"
            + " total numeric, remark text)",
        "CREATE TABLE line (oid bigint, no int, quantity int, PRIMARY KEY (oid, no))",
        "CREATE TABLE serial (serial text PRIMARY KEY, oid bigint, no int)");
  }

  /** Begins anew, with orders whose id these columns are. */
  void orders(List<String> id, int memoryLimit, ReplicaIdentity identity) throws Exception {
    events = made(id, memoryLimit, identity);
  }

  private TransactionAggregator made(List<String> id, int memoryLimit, ReplicaIdentity identity)
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

  /** Boxes with items with tags; none of whose keys names more than the row above. */
  void boxes() throws Exception {
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

  /** The end of the next transaction. */
  Position next() {
    lsn += 0x100;
    return Position.of(lsn);
  }

  void transaction(RowChange... changes) throws Exception {
    events.begin("5");
    for (RowChange change : changes) {
      events.row(change);
    }
    events.end(new Transaction(next(), "5", Instant.EPOCH));
    events.commit(Position.START, true);
  }

  @Override
  public void close() {
    rows.close();
  }
}
