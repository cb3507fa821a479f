package io.rowhook.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One writer of orders with lines with serial numbers: commits random transactions over one to
 * three orders, which it locks, and notes for each order what it was before and after. Its own
 * thread's, until it has finished.
 */
final class PartsWriter extends Thread {

  private static final int ORDERS = 40;
  private static final AtomicInteger IDS = new AtomicInteger();

  /**
   * What one transaction should make of one order.
   *
   * @param before the order before it; null: it was not there
   * @param after the order after it; null: it is gone
   * @param serialsOnly of the lines only serial numbers were touched: whose order these are can
   *     only be told while their line is there
   * @param last nothing is changed after it
   */
  record Expected(
      @Nullable ObjectNode before,
      @Nullable ObjectNode after,
      Set<String> changed,
      boolean serialsOnly,
      boolean last) {

    /** Whether nobody can tell that it is about this order at all. */
    boolean mayBeLost() {
      return serialsOnly && changed.equals(Set.of("lines"));
    }

    String type() {
      return before == null ? "Created" : after == null ? "Deleted" : "Updated";
    }
  }

  private final Connection connection;
  private final SplittableRandom random;
  private final Map<String, Expected> expected = new HashMap<>();
  private volatile boolean finished;
  private volatile @Nullable Exception failure;
  private int transactions;

  PartsWriter(SourceDatabase source, SplittableRandom random) throws SQLException {
    super("writer");
    this.connection = source.connect();
    this.random = random;
    connection.setAutoCommit(false);
  }

  @Override
  public void run() {
    try {
      while (!finished) {
        transaction();
        Thread.sleep(random.nextInt(20));
      }
    } catch (SQLException | IOException | InterruptedException e) {
      failure = e;
    }
  }

  void finish() throws Exception {
    finished = true;
    join();
    connection.close();
    if (failure != null) {
      throw failure;
    }
  }

  Map<String, Expected> expected() {
    return expected;
  }

  int transactions() {
    return transactions;
  }

  /** Changes every order that is there, each in one transaction of its own. */
  Map<String, Expected> touchAll() throws Exception {
    for (int id = 0; id < ORDERS; id++) {
      ObjectNode before = state(id);
      if (before != null) {
        update("UPDATE orders SET version = version + 1 WHERE id = " + id);
        note(Map.of(id, before), true);
      }
      connection.commit();
    }
    connection.close();
    return expected;
  }

  private void transaction() throws SQLException, IOException {
    Map<Integer, @Nullable ObjectNode> before = new TreeMap<>();
    TreeSet<Integer> ids = new TreeSet<>();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      ids.add(random.nextInt(ORDERS));
    }
    for (int id : ids) {
      update("SELECT pg_advisory_xact_lock(" + id + ")"); // also one that is not there
      before.put(id, state(id));
    }
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      change(new ArrayList<>(ids));
    }
    if (random.nextInt(10) == 0) {
      connection.rollback();
      return;
    }
    note(before, false);
    connection.commit();
    transactions++;
  }

  /** One statement. */
  private void change(List<Integer> ids) throws SQLException {
    int id = ids.get(random.nextInt(ids.size()));
    int fresh = IDS.incrementAndGet();
    switch (random.nextInt(12)) {
      case 0, 1 -> {
        update("INSERT INTO orders VALUES (%d, 1, 'new') ON CONFLICT DO NOTHING".formatted(id));
      }
      case 2 -> {
        update("UPDATE orders SET version = version + 1 WHERE id = " + id);
      }
      case 3 -> {
        update("DELETE FROM orders WHERE id = " + id);
      }
      case 4, 5, 6 -> {
        update(
            "INSERT INTO line SELECT %d, id, %d, 1 FROM orders WHERE id = %d"
                .formatted(fresh, random.nextInt(9), id));
      }
      case 7 -> {
        // some of them to what they are already
        update(
            "UPDATE line SET quantity = quantity + %d WHERE order_id = %d AND id %% 2 = 0"
                .formatted(random.nextInt(2), id));
      }
      case 8 -> {
        update(
            "DELETE FROM line WHERE id = (SELECT min(id) FROM line WHERE order_id = %d)"
                .formatted(id));
      }
      case 9 -> {
        // Only one that never had a serial number: these are on lines with an even number alone.
        int to = ids.get(random.nextInt(ids.size()));
        update(
            """
            UPDATE line SET order_id = %d WHERE EXISTS (SELECT FROM orders WHERE id = %d)
              AND id = (SELECT max(id) FROM line WHERE order_id = %d AND id %% 2 = 1)\
            """
                .formatted(to, to, id));
      }
      case 10 ->
          update(
              """
              INSERT INTO serial SELECT %d, id, 'x' FROM line
               WHERE order_id = %d AND id %% 2 = 0 ORDER BY id LIMIT 1\
              """
                  .formatted(fresh, id));
      default ->
          update(
              """
              UPDATE serial SET note = note || '%d' WHERE line_id IN
                (SELECT id FROM line WHERE order_id = %d)\
              """
                  .formatted(random.nextInt(3), id));
    }
  }

  private void note(Map<Integer, @Nullable ObjectNode> before, boolean last)
      throws SQLException, IOException {
    String transaction = query("SELECT pg_current_xact_id_if_assigned()::text");
    for (Map.Entry<Integer, @Nullable ObjectNode> one : before.entrySet()) {
      ObjectNode was = one.getValue();
      ObjectNode is = state(one.getKey());
      Set<String> changed = changed(was, is);
      if ((was == null) != (is == null) || !changed.isEmpty()) {
        boolean serialsOnly =
            was != null && is != null && withoutSerials(was).equals(withoutSerials(is));
        expected.put(
            one.getKey() + "@" + transaction, new Expected(was, is, changed, serialsOnly, last));
      }
    }
  }

  private static JsonNode withoutSerials(ObjectNode order) {
    JsonNode lines = order.get("lines").deepCopy();
    lines.forEach(line -> ((ObjectNode) line).remove("serials"));
    return lines;
  }

  private static Set<String> changed(@Nullable ObjectNode before, @Nullable ObjectNode after) {
    Set<String> changed = new TreeSet<>();
    if (before != null && after != null) {
      for (Iterator<String> names = after.fieldNames(); names.hasNext(); ) {
        String name = names.next();
        if (!after.get(name).equals(before.get(name))) {
          changed.add(name);
        }
      }
    }
    return changed;
  }

  /** Everything of one order, as Rowhook's event would have it. */
  private @Nullable ObjectNode state(int id) throws SQLException, IOException {
    String json =
        query(
            """
            SELECT to_jsonb(o) || jsonb_build_object('lines', coalesce(
              (SELECT jsonb_agg(to_jsonb(l) || jsonb_build_object('serials', coalesce(
                 (SELECT jsonb_agg(to_jsonb(s) ORDER BY s.serial) FROM serial s
                   WHERE s.line_id = l.id), '[]')) ORDER BY l.position, l.id)
               FROM line l WHERE l.order_id = o.id), '[]'))
              FROM orders o WHERE o.id = %d\
            """
                .formatted(id));
    if (json == null) {
      return null;
    }
    JsonNode tree = Json.MAPPER.readTree(json);
    return (ObjectNode) tree;
  }

  private @Nullable String query(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : null;
    }
  }

  private void update(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
