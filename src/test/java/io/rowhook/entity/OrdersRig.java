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
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Orders with lines, these with serials, and a buyer; and tickets, that nothing belongs to. The log
 * is given row by row, the source is real. One test's.
 */
final class OrdersRig implements AutoCloseable {

  static final TableId ORDER = TableId.parse("orders");
  static final TableId LINE = TableId.parse("line");
  static final TableId SERIAL = TableId.parse("serial");
  static final TableId CUSTOMER = TableId.parse("customer");
  static final TableId TICKET = TableId.parse("ticket");

  static final RowChanges ROWS =
      new RowChanges(
          Map.of(ORDER, List.of("oid"), LINE, List.of("oid", "no"), SERIAL, List.of("serial")));

  /** A transaction that is visible to all. */
  static final long LONG_AGO = 3;

  final PublishedLog log = new PublishedLog();
  final JdbcRowLookup rows;
  final TransactionAggregator events;
  private final ReplicaIdentity identity;
  private long lsn = 0x1000;

  OrdersRig(SourceDatabase source, String user, ReplicaIdentity identity, Duration visibleWithin)
      throws Exception {
    this(
        SourceConfig.of(source.connectorProperties(user), "source.properties"),
        identity,
        visibleWithin);
  }

  OrdersRig(SourceConfig source, ReplicaIdentity identity, Duration visibleWithin)
      throws Exception {
    rows = new JdbcRowLookup(source, visibleWithin);
    ChildTable serials =
        new ChildTable(
            "serials", SERIAL, List.of("oid", "no"), List.of(), List.of(), List.of(), List.of());
    ChildTable lines =
        new ChildTable(
            "lines", LINE, List.of("oid"), List.of("no"), List.of(), List.of(serials), List.of());
    LookupReference buyer =
        new LookupReference("buyer", CUSTOMER, List.of("customer"), List.of("name"));
    events =
        new TransactionAggregator(
            List.of(
                new EntityType(
                    "Order", ORDER, List.of(), List.of(), List.of(lines), List.of(buyer)),
                new EntityType("Ticket", TICKET, List.of(), List.of())),
            log,
            log,
            rows,
            TransactionAggregator.DEFAULT_MEMORY_LIMIT);
    this.identity = identity;
    restart(List.of("oid", "customer", "total"), List.of("oid", "no", "quantity", "note"));
  }

  /** With these columns of orders and of lines, as after an ALTER TABLE. */
  void restart(List<String> orders, List<String> lines) throws InterruptedException {
    events.restart(
        List.of(
            facts(ORDER, identity, List.of("oid"), orders.toArray(String[]::new)),
            facts(LINE, identity, List.of("oid", "no"), lines.toArray(String[]::new)),
            facts(SERIAL, identity, List.of("serial"), "serial", "oid", "no"),
            facts(CUSTOMER, identity, List.of("id"), "id", "name"),
            facts(TICKET, identity, List.of("id"), "id", "text")));
  }

  static final List<String> TABLES =
      List.of(
          "CREATE TABLE customer (id int PRIMARY KEY, name text)",
          "CREATE TABLE orders (oid bigint PRIMARY KEY, customer int, total numeric)",
          "CREATE TABLE line (oid bigint, no int, quantity int, note text, PRIMARY KEY (oid, no))",
          "CREATE TABLE serial (serial text PRIMARY KEY, oid bigint, no int)");

  static void tables(SourceDatabase source) {
    source.execute(TABLES.toArray(String[]::new));
  }

  static TableMetadata facts(
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

  /** One that waits for the next commit. */
  OrdersRig ended(long id, RowChange... changes) throws Exception {
    return ended(id, "{}", changes);
  }

  /** One that says something to Rowhook. */
  OrdersRig ended(long id, String said, RowChange... changes) throws Exception {
    events.begin(Long.toString(id));
    events.message(RowChanges.tree(said));
    for (RowChange change : changes) {
      events.row(change);
    }
    lsn += 0x100;
    events.end(new Transaction(Position.of(lsn), Long.toString(id), Instant.EPOCH));
    return this;
  }

  void transaction(long id, RowChange... changes) throws Exception {
    ended(id, changes).events.commit(Position.START, true);
  }

  @Override
  public void close() {
    rows.close();
  }
}
