package io.rowhook.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.base.Json;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random transactions by several writers over an entity of three levels, while Rowhook is killed:
 * the writers' own list says which events each transaction should make.
 *
 * <p>One more: {@code -Dparts.seed=7 -Dparts.kills=20}.
 */
@Tag("slow")
class PartsStoryTest {

  private static final int WRITERS = 4;
  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(90);

  private static final String ENTITIES =
      """
      Order:
        table: orders
        contains:
          lines:
            table: line
            key: order_id
            order-by: position
            contains:
              serials: { table: serial, key: line_id }
      """;

  @TempDir Path directory;

  @Test
  @Tag("feature-21")
  @Tag("feature-37")
  void eachTransactionMakesOneEventOfEachOrderThatItChanged() throws Exception {
    long seed = Long.getLong("parts.seed", System.nanoTime() & 0xffffff);
    int kills = Integer.getInteger("parts.kills", 4);
    System.out.println("parts story, seed " + seed + ", kills " + kills);
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Map<String, List<ReceivedRequest>>> inbox =
        new TreeMap<>(); // by order, by event id
    try (SourceDatabase source = SourceDatabase.start();
        TestReceiver receiver =
            new TestReceiver(TestReceiver.Settings.DEFAULT, got -> take(inbox, got));
        Child child = new Child(directory)) {
      source.execute(
          "CREATE TABLE orders (id int PRIMARY KEY, version int NOT NULL, note text)",
          "CREATE TABLE line (id int PRIMARY KEY, order_id int NOT NULL REFERENCES orders"
              + " ON DELETE CASCADE, position int NOT NULL, quantity int NOT NULL)",
          "CREATE TABLE serial (serial int PRIMARY KEY, line_id int NOT NULL REFERENCES line"
              + " ON DELETE CASCADE, note text)",
          "CREATE INDEX ON line (order_id)",
          "CREATE INDEX ON serial (line_id)",
          "ALTER TABLE orders REPLICA IDENTITY FULL",
          "ALTER TABLE line REPLICA IDENTITY FULL",
          "ALTER TABLE serial REPLICA IDENTITY FULL");
      Child.settings(
          directory,
          source.connectorProperties(),
          Map.of(
              "shop",
              "url: "
                  + receiver.uri()
                  + "\nallow: { http: true, networks: [127.0.0.0/8] }\njobs: 16\n"));
      Files.writeString(directory.resolve("config/entities.yaml"), ENTITIES);
      child.start();
      child.awaitStreaming(source);
      List<PartsWriter> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        writers.add(new PartsWriter(source, random.split()));
      }
      writers.forEach(PartsWriter::start);
      for (int i = 0; i < kills; i++) {
        Thread.sleep(random.nextInt(200, 2_500)); // a life
        child.kill("killed");
        child.start();
        child.awaitStreaming(source);
      }
      Thread.sleep(1_000);
      for (PartsWriter writer : writers) {
        writer.finish();
      }
      Map<String, PartsWriter.Expected> expected = new HashMap<>();
      writers.forEach(writer -> expected.putAll(writer.expected()));
      // At last every order there is gets one event more, when nothing else happens any more.
      PartsWriter last = new PartsWriter(source, random.split());
      expected.putAll(last.touchAll());
      long certain = expected.values().stream().filter(e -> !e.mayBeLost()).count();
      Eventually.within(SETTLES_WITHIN, "all events arrive", () -> count(inbox) >= certain);
      source.execute("SELECT pg_logical_emit_message(true, 'rowhook', '')");
      Thread.sleep(1_000); // for what should not come
      child.stop();
      verify(inbox, expected, reported());
      System.out.println(
          "parts story, seed %d: %d transactions, %d events, %d kills, %d repeats, %d not told"
              .formatted(
                  seed,
                  writers.stream().mapToInt(PartsWriter::transactions).sum(),
                  count(inbox),
                  child.deathCount(),
                  repeats(inbox),
                  expected.size() - count(inbox)));
      assertThat(child.deathCount()).isEqualTo(kills);
    }
  }

  private static void take(
      Map<String, Map<String, List<ReceivedRequest>>> inbox, ReceivedRequest got) {
    synchronized (inbox) {
      inbox
          .computeIfAbsent(String.valueOf(got.header("Rowhook-Entity-Id")), _ -> new TreeMap<>())
          .computeIfAbsent(String.valueOf(got.header("Webhook-Id")), _ -> new ArrayList<>())
          .add(got);
    }
  }

  private static long count(Map<String, Map<String, List<ReceivedRequest>>> inbox) {
    synchronized (inbox) {
      return inbox.values().stream().mapToLong(Map::size).sum();
    }
  }

  private static long repeats(Map<String, Map<String, List<ReceivedRequest>>> inbox) {
    return inbox.values().stream()
        .flatMap(events -> events.values().stream())
        .mapToLong(got -> got.size() - 1L)
        .sum();
  }

  /** The transactions of which the journal says that no event could be made of some row. */
  private Set<String> reported() throws SQLException {
    Set<String> transactions = new TreeSet<>();
    try (Connection journal =
            DriverManager.getConnection("jdbc:sqlite:" + Child.journal(directory));
        Statement statement = journal.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT DISTINCT transaction_id FROM rejected_row")) {
      while (row.next()) {
        transactions.add(row.getString(1));
      }
    }
    return transactions;
  }

  private static void verify(
      Map<String, Map<String, List<ReceivedRequest>>> inbox,
      Map<String, PartsWriter.Expected> expected,
      Set<String> reported)
      throws Exception {
    List<String> faults = new ArrayList<>();
    Set<String> told = new TreeSet<>();
    for (Map<String, List<ReceivedRequest>> events : inbox.values()) {
      for (List<ReceivedRequest> arrivals : events.values()) {
        JsonNode body = Json.MAPPER.readTree(arrivals.getFirst().body());
        String key = body.get("entityId") + "@" + body.at("/source/txId");
        PartsWriter.Expected one = expected.get(key);
        if (one == null) {
          faults.add(key + ": nobody expects it");
        } else if (!told.add(key)) {
          faults.add(key + ": two events of one transaction");
        } else {
          check(key, one, body, isReported(key, one, reported), faults);
        }
        for (ReceivedRequest again : arrivals) {
          if (!Arrays.equals(again.body(), arrivals.getFirst().body())) {
            faults.add(key + ": another body under the same id");
          }
        }
      }
    }
    expected.forEach((key, one) -> {
      boolean said = one.mayBeLost() && isReported(key, one, reported);
      if (!told.contains(key) && !said) {
        faults.add(key + ": missing, " + one.type());
      }
    });
    assertThat(faults).isEmpty();
  }

  /** Whether the journal says that a row of this transaction, a serial number, has no order. */
  private static boolean isReported(String key, PartsWriter.Expected one, Set<String> reported) {
    return one.serialsOnly() && reported.contains(key.substring(key.indexOf('@') + 1));
  }

  private static void check(
      String key,
      PartsWriter.Expected one,
      JsonNode body,
      boolean linesMayBeMissing,
      List<String> faults) {
    equal(key + " event", one.type(), body.get("event").asText(), faults);
    Set<String> changed = new TreeSet<>(one.changed());
    if (linesMayBeMissing && !names(body.get("changed")).contains("lines")) {
      changed.remove("lines");
    }
    equal(key + " changed", changed, names(body.get("changed")), faults);
    ObjectNode before = one.before();
    for (String name : changed) {
      if (!name.equals("lines") && before != null) {
        equal(key + " previous " + name, before.get(name), body.at("/previous/" + name), faults);
      }
    }
    if (one.type().equals("Deleted")) {
      equal(key + " data", before, body.get("data"), faults);
    } else if (one.last()) {
      equal(key + " data", one.after(), body.get("data"), faults);
    } else if (one.changed().contains("version") || one.type().equals("Created")) {
      equal(key + " version", after(one).get("version"), body.at("/data/version"), faults);
    }
  }

  private static ObjectNode after(PartsWriter.Expected one) {
    return Objects.requireNonNull(one.after());
  }

  private static Set<String> names(JsonNode list) {
    Set<String> names = new TreeSet<>();
    list.forEach(name -> names.add(name.asText()));
    return names;
  }

  private static void equal(
      String what, @Nullable Object wanted, @Nullable Object got, List<String> faults) {
    if (!Objects.equals(wanted, got)) {
      faults.add(what + ": wanted " + wanted + ", got " + got);
    }
  }
}
