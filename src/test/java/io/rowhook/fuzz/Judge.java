package io.rowhook.fuzz;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Holds what came against what PostgreSQL tells. One run's. */
final class Judge {

  /**
   * @param xid the transaction; 0: none
   */
  record Fault(long xid, String what) {}

  private final List<Entity> entities;
  private final Tables tables;
  private final Map<Long, Long> committing;
  private final List<Fault> faults = new ArrayList<>();
  private int events;
  private int values;

  /**
   * @param committing when each transaction was about to commit, by {@link System#nanoTime}
   */
  Judge(List<Entity> entities, Tables tables, Map<Long, Long> committing) {
    this.entities = entities;
    this.tables = tables;
    this.committing = committing;
  }

  /** An event as it came. */
  private record Actual(Json.Mapping body, long nanos) {
    String text(String name) {
      return body.get(name) instanceof Json.Text(String text) ? text : "";
    }

    long xid() {
      return body.get("source") instanceof Json.Mapping source
              && source.get("txId") instanceof Json.Numeral(String digits)
          ? Long.parseLong(digits)
          : -1;
    }

    Set<String> names(String field) {
      Set<String> names = new TreeSet<>();
      if (body.get(field) instanceof Json.Array(List<Json> items)) {
        items.forEach(item -> names.add(item instanceof Json.Text(String text) ? text : "?"));
      }
      return names;
    }

    String name() {
      return text("entityType") + ":" + body.get("entityId");
    }
  }

  List<Fault> faults() {
    return faults;
  }

  int events() {
    return events;
  }

  int values() {
    return values;
  }

  /**
   * Judges what a recipient has got.
   *
   * @param first the first transaction that it was to hear of
   * @param inOrder whether transactions had to come in the order of commits
   */
  void judge(List<Product.Arrival> arrivals, int first, boolean inOrder) {
    Map<Long, List<Actual>> byXid = new LinkedHashMap<>();
    Set<String> ids = new HashSet<>();
    Map<Long, Integer> places = new HashMap<>();
    tables.truth().commits().forEach(commit -> places.put(commit.xid(), commit.place()));
    int last = -1;
    for (Product.Arrival arrival : arrivals) {
      Actual actual = new Actual((Json.Mapping) Json.parse(arrival.body()), arrival.nanos());
      if (!ids.add(arrival.id())) {
        faults.add(new Fault(actual.xid(), "came twice: " + actual.name()));
        continue;
      }
      int place = places.getOrDefault(actual.xid(), -1);
      if (inOrder && place < last) {
        faults.add(new Fault(actual.xid(), "came out of order: " + actual.name()));
      }
      last = Math.max(last, place);
      byXid.computeIfAbsent(actual.xid(), _ -> new ArrayList<>()).add(actual);
    }
    for (Commit commit : tables.truth().commits()) {
      List<Actual> came = byXid.remove(commit.xid());
      if (commit.place() >= first) {
        judge(commit, came == null ? List.of() : came);
      }
    }
    byXid.forEach((xid, came) ->
        came.forEach(one -> faults.add(new Fault(xid, "of no transaction: " + one.body()))));
  }

  private void judge(Commit commit, List<Actual> came) {
    List<Actual> left = new ArrayList<>(came);
    for (Touched touched : Touched.by(commit, entities, tables)) {
      List<Expected> expected = Expected.of(touched, tables);
      for (Expected one : expected) {
        Actual found = null;
        for (Actual actual : left) {
          if (actual.text("entityType").equals(touched.entity().name())
              && one.id().allows(actual.body().get("entityId"))) {
            found = actual;
          }
        }
        if (found == null) {
          if (!one.optional()) {
            faults.add(new Fault(commit.xid(), "did not come: " + one));
          }
          continue;
        }
        left.remove(found);
        events++;
        compare(one, found);
      }
    }
    left.forEach(one -> faults.add(new Fault(commit.xid(), "should not have come: " + one.body())));
  }

  /** The last transaction that what was read for an event can have seen. */
  private int until(Commit commit, Actual actual) {
    int until = commit.place();
    for (Commit later : tables.truth().commits()) {
      Long at = committing.get(later.xid());
      if (later.place() > until && at != null && at < actual.nanos()) {
        until = later.place();
      }
    }
    return until;
  }

  private void compare(Expected expected, Actual actual) {
    Touched touched = expected.touched();
    Commit commit = touched.commit();
    List<String> wrong = new ArrayList<>();
    String topic = touched.entity().name() + "." + expected.event();
    check(wrong, "event", expected.event(), actual.text("event"));
    check(wrong, "type", topic.toLowerCase(Locale.ROOT), actual.text("type"));
    check(wrong, "timestamp", commit.at(), Instant.parse(actual.text("timestamp")));
    Json.Mapping source = (Json.Mapping) actual.body().get("source");
    check(wrong, "lsn", new Json.Text(commit.end()), source.get("lsn"));
    check(wrong, "table", new Json.Text(touched.entity().table().plain()), source.get("table"));
    int until = until(commit, actual);
    Json data = actual.body().get("data");
    wrong.addAll(expected.data(tables, until, data, actual.names("unavailable")));
    wrong.addAll(
        expected.previous(
            tables, until, actual.body().get("previous"), actual.body().get("changed")));
    values += data instanceof Json.Mapping(var fields) ? count(fields) : 0;
    if (!wrong.isEmpty()) {
      faults.add(
          new Fault(
              commit.xid(),
              expected.event() + " " + actual.name() + ": " + String.join("\n    ", wrong)));
    }
  }

  private static int count(Map<String, Json> fields) {
    int count = 0;
    for (Json field : fields.values()) {
      count += count(field);
    }
    return count;
  }

  private static int count(Json value) {
    return switch (value) {
      case Json.Mapping(var fields) -> count(fields);
      case Json.Array(var items) when items.stream().anyMatch(i -> i instanceof Json.Mapping) ->
          items.stream().mapToInt(Judge::count).sum();
      default -> 1;
    };
  }

  private static void check(
      List<String> wrong, String what, Object expected, @Nullable Object actual) {
    if (!expected.equals(actual)) {
      wrong.add(what + " expected " + expected + ", got " + actual);
    }
  }
}
