package io.rowhook.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * LedgerSMB, an ERP that nobody here drew: its schema whole, its own stored procedures doing the
 * writing, and its rows, as SQL tells them, the judge of each event. {@code
 * src/test/ledgersmb/story} gets it and runs this.
 */
@Tag("ledgersmb")
class LedgerSmbTest {

  private static final Path HERE = Path.of("src", "test", "ledgersmb");

  @TempDir Path directory;

  /** What each entity is, by its type and id. */
  private record Documents(Map<String, JsonNode> all) {

    static Documents read(Connection connection, boolean references) throws SQLException {
      Map<String, JsonNode> all = new TreeMap<>();
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET judge.refs = '" + (references ? "on" : "off") + "'");
        try (ResultSet rows =
            statement.executeQuery("SELECT entity, id, doc FROM judge.document")) {
          while (rows.next()) {
            all.put(
                rows.getString(1) + " " + rows.getString(2),
                parse(rows.getString(3).replaceAll("(T[0-9:.]+)\\+00:00\"", "$1Z\"")));
          }
        }
      }
      return new Documents(all);
    }

    /** What became of them, as events are called: {@code Customer Created 7}. */
    Map<String, String> changesTo(Documents later) {
      Map<String, String> changes = new TreeMap<>();
      Set<String> keys = new TreeSet<>(all.keySet());
      keys.addAll(later.all.keySet());
      for (String key : keys) {
        JsonNode before = all.get(key);
        JsonNode after = later.all.get(key);
        if (!Objects.equals(before, after)) {
          String event = before == null ? " Created " : after == null ? " Deleted " : " Updated ";
          changes.put(key.replaceFirst(" ", event), key);
        }
      }
      return changes;
    }
  }

  private Erp ledgerSmb() throws IOException, InterruptedException {
    Erp erp = new Erp(directory);
    psql(erp, Path.of(Objects.requireNonNull(System.getProperty("ledgersmb.sql"))));
    psql(erp, HERE.resolve("judge.sql"));
    erp.entities(Files.readString(HERE.resolve("entities.yaml"))).start();
    return erp;
  }

  private static void psql(Erp erp, Path file) throws IOException, InterruptedException {
    Process psql =
        new ProcessBuilder(
                "psql",
                "-X",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                erp.source().host(),
                "-p",
                Integer.toString(erp.source().port()),
                "-U",
                erp.source().user(),
                "-f",
                file.toAbsolutePath().toString(),
                erp.source().database())
            .redirectErrorStream(true)
            .start();
    String said =
        new String(psql.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(psql.waitFor()).as("%s: %s", file, said).isZero();
  }

  /** The transactions of the story: its paragraphs. */
  private static List<String> transactions() throws IOException {
    String work = Files.readString(HERE.resolve("work.sql")).replaceAll("(?m)^--.*$", "");
    return java.util.Arrays.stream(work.split("\\n\\s*\\n")).filter(it -> !it.isBlank()).toList();
  }

  private static long execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
      statement.execute(sql);
      try (ResultSet id = statement.executeQuery("SELECT pg_current_xact_id()::text::bigint")) {
        id.next();
        long transaction = id.getLong(1);
        statement.execute("COMMIT");
        return transaction;
      }
    } catch (SQLException e) {
      throw new SQLException(sql + ": " + e.getMessage(), e);
    }
  }

  /** One transaction after the other: each event is what the rows say right after it. */
  @Test
  void everyEventIsWhatTheRowsSay() throws Exception {
    List<String> faults = new ArrayList<>();
    int events = 0;
    try (Erp erp = ledgerSmb();
        Connection connection = erp.source().connect();
        Statement utc = connection.createStatement()) {
      utc.execute("SET TimeZone = 'UTC'");
      Documents before = Documents.read(connection, false);
      for (String sql : transactions()) {
        execute(connection, sql);
        Documents after = Documents.read(connection, false);
        Documents whole = Documents.read(connection, true);
        Map<String, String> expected = before.changesTo(after);
        Map<String, JsonNode> got = new TreeMap<>();
        for (JsonNode event : erp.rest()) {
          JsonNode twin = got.put(Erp.name(event), event);
          if (twin != null) {
            faults.add("twice: " + event);
          }
        }
        events += got.size();
        for (Map.Entry<String, String> change : expected.entrySet()) {
          JsonNode event = got.remove(change.getKey());
          if (event == null) {
            faults.add("no " + change.getKey() + " of:" + sql);
          } else {
            compare(event, change.getValue(), before, after, whole, faults);
          }
        }
        got.values().forEach(event -> faults.add("nothing happened, but: " + event));
        before = after;
      }
      System.out.printf("LedgerSMB: %d transactions, %d events%n", transactions().size(), events);
      System.out.println(erp.words().lines().filter(l -> l.contains("cannot be made")).toList());
    }
    assertThat(faults).isEmpty();
  }

  private static void compare(
      JsonNode event,
      String key,
      Documents before,
      Documents after,
      Documents whole,
      List<String> faults) {
    JsonNode data = event.path("data");
    JsonNode was = before.all().get(key);
    JsonNode is = after.all().get(key);
    if (is == null) {
      if (!covers(data, Objects.requireNonNull(was))) {
        faults.add("deleted was " + was + ": " + event);
      }
      return;
    }
    if (!data.equals(whole.all().get(key))) {
      faults.add("is " + whole.all().get(key) + ": " + event);
    }
    if (event.has("unavailable")) {
      faults.add("unavailable: " + event);
    }
    if (was != null) {
      Set<String> changed = new TreeSet<>();
      was.properties().stream()
          .map(Map.Entry::getKey)
          .filter(name -> !was.get(name).equals(is.get(name)))
          .forEach(changed::add);
      Set<String> said = new TreeSet<>();
      event.path("changed").forEach(name -> said.add(name.asText()));
      if (!said.equals(changed)) {
        faults.add("changed " + changed + ": " + event);
      }
      for (String name : changed) {
        if (!covers(event.path("previous").path(name), was.get(name))) {
          faults.add("previous " + name + " was " + was.get(name) + ": " + event);
        }
      }
    }
  }

  /** Whether it has all of the other, and only references besides. */
  private static boolean covers(JsonNode actual, JsonNode expected) {
    if (expected.isObject()) {
      return actual.isObject()
          && expected.properties().stream()
              .allMatch(
                  e -> actual.has(e.getKey()) && covers(actual.get(e.getKey()), e.getValue()));
    }
    if (expected.isArray()) {
      if (!actual.isArray() || actual.size() != expected.size()) {
        return false;
      }
      for (int i = 0; i < expected.size(); i++) {
        if (!covers(actual.get(i), expected.get(i))) {
          return false;
        }
      }
      return true;
    }
    return actual.equals(expected);
  }

  /** All at once: each transaction has its events, and the last of each entity is what it is. */
  @Test
  void inAHurryNothingIsMissingAndTheLastEventIsRight() throws Exception {
    Map<Long, Set<String>> expected = new TreeMap<>();
    Map<Long, Set<String>> got = new TreeMap<>();
    try (Erp erp = ledgerSmb();
        Connection connection = erp.source().connect();
        Statement utc = connection.createStatement()) {
      utc.execute("SET TimeZone = 'UTC'");
      Documents before = Documents.read(connection, false);
      for (String sql : transactions()) {
        long id = execute(connection, sql);
        Documents after = Documents.read(connection, false);
        Set<String> changes = before.changesTo(after).keySet();
        if (!changes.isEmpty()) {
          expected.put(id, new TreeSet<>(changes));
        }
        before = after;
      }
      Map<String, JsonNode> last = new HashMap<>();
      for (JsonNode event : erp.rest()) {
        got.computeIfAbsent(event.at("/source/txId").asLong(), _ -> new TreeSet<>())
            .add(Erp.name(event));
        String key = event.path("entityType").asText() + " " + event.path("entityId").asText();
        last.put(key, event);
      }
      assertThat(got).isEqualTo(expected);
      for (Map.Entry<String, JsonNode> entry : last.entrySet()) {
        JsonNode is = before.all().get(entry.getKey());
        if (is == null) {
          assertThat(entry.getValue().path("event").asText()).isEqualTo("Deleted");
        } else {
          assertThat(covers(entry.getValue().path("data"), is))
              .as("%s is %s", entry.getValue(), is)
              .isTrue();
        }
      }
    }
  }

  private static JsonNode parse(String text) {
    try {
      return Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(text, e);
    }
  }
}
