package io.rowhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.rowhook.base.Json;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A receiver that keeps of each order what it took last, and can hold that against PostgreSQL's own
 * account of its rows.
 */
final class AuditedShop implements AutoCloseable {

  /** Ids from here on change all the time. */
  static final int BUSY = 1_000;

  /** What PostgreSQL says that an order is, as JSON. */
  private static final String TRUTH =
      """
      SELECT o.id, to_jsonb(o) || jsonb_build_object(
        'customer', (SELECT to_jsonb(c) FROM audited.customer c WHERE c.id = o.customer_id),
        'lines', coalesce((SELECT jsonb_agg(to_jsonb(l) ORDER BY l.n)
          FROM audited.line l WHERE l.order_id = o.id), '[]'))
      FROM audited.sale o WHERE o.id < %d
      """
          .formatted(BUSY);

  /** By the newest that it took. */
  private final Map<Long, Kept> kept = new ConcurrentHashMap<>();

  private final Set<Long> refused = ConcurrentHashMap.newKeySet();
  private final Receiver receiver = new Receiver(this::answer);
  private final SourceDatabase source;

  AuditedShop(SourceDatabase source) {
    this.source = source;
  }

  private record Kept(long sequence, JsonNode data) {}

  String url() {
    return receiver.url("/shop").toString();
  }

  /** Orders of which nothing is taken. */
  Set<Long> refused() {
    return refused;
  }

  /** Orders that it has, or had. */
  Set<Long> has() {
    return kept.keySet();
  }

  /** Requests about those that do not change all the time. */
  int posts() {
    return (int)
        receiver.requests().stream()
            .filter(request -> !request.text().contains("\"status\":\"busy\""))
            .count();
  }

  /** What came of an entity. */
  List<JsonNode> bodies(String entity, String event) throws IOException {
    List<JsonNode> bodies = new ArrayList<>();
    for (Receiver.Request request : receiver.requests()) {
      JsonNode body = Json.MAPPER.readTree(request.body());
      if (body.path("entityType").asText().equals(entity)
          && body.path("event").asText().equals(event)) {
        bodies.add(body);
      }
    }
    return bodies;
  }

  private Answer answer(Receiver.Request request) throws IOException {
    JsonNode body = Json.MAPPER.readTree(request.body());
    long id = body.path("data").path("id").asLong();
    if (refused.contains(id)) {
      return Answer.of(422);
    }
    long sequence = Long.parseLong(request.header("Rowhook-Sequence"));
    boolean end = request.header("Rowhook-Entity-Event").equals("Deleted");
    Kept now = new Kept(sequence, end ? MissingNode.getInstance() : body.path("data"));
    kept.merge(id, now, (a, b) -> a.sequence() > b.sequence() ? a : b);
    return Answer.of(200);
  }

  /** Those of which the receiver has not what PostgreSQL has. */
  Set<Long> differing() throws SQLException, IOException {
    Map<Long, JsonNode> truth = new TreeMap<>();
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(TRUTH)) {
      while (rows.next()) {
        truth.put(rows.getLong(1), Json.MAPPER.readTree(rows.getString(2)));
      }
    }
    Set<Long> all = new TreeSet<>();
    truth.forEach((id, now) -> {
      Kept has = kept.get(id);
      if (has == null || !same(now, has.data())) {
        all.add(id);
      }
    });
    kept.forEach((id, has) -> {
      if (id < BUSY && !truth.containsKey(id) && has.data().isObject()) {
        all.add(id);
      }
    });
    return all;
  }

  /** Times are written in two ways, and a customer that is not there is not told. */
  private static boolean same(JsonNode now, JsonNode has) {
    if (!has.isObject()) {
      return false;
    }
    for (Map.Entry<String, JsonNode> one : now.properties()) {
      JsonNode other = Objects.requireNonNullElse(has.get(one.getKey()), NullNode.getInstance());
      boolean time = one.getKey().equals("at") && one.getValue().isTextual();
      boolean equal =
          time
              ? Instant.parse(one.getValue().asText().replace("+00:00", "Z"))
                  .equals(Instant.parse(other.asText()))
              : one.getValue().equals(other);
      if (!equal) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    receiver.close();
  }
}
