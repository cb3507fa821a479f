package io.rowhook.fuzz;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What each table held after each commit, as the triggers tell it. */
final class Truth {

  /**
   * What a transaction came to for one row.
   *
   * @param existed whether it was there before
   * @param full whether the old row was logged whole
   */
  record Net(
      boolean existed,
      @Nullable Map<String, Cell> before,
      @Nullable Map<String, Cell> after,
      boolean full) {

    boolean isNothing() {
      return existed ? before != null && before.equals(after) : after == null;
    }
  }

  /** A row by its key's values; versions by the commit that made them, null: gone. */
  private static final class Versions {
    private final Map<List<String>, TreeMap<Integer, Image>> rows = new LinkedHashMap<>();
  }

  private record Image(@Nullable Map<String, Cell> cells) {}

  private final Map<Long, Versions> tables = new HashMap<>();
  private final List<Commit> commits;

  /**
   * @param keys of each table, by its OID: by which rows are told
   */
  Truth(List<Commit> commits, Map<Long, List<String>> keys) {
    this.commits = List.copyOf(commits);
    for (Commit commit : commits) {
      for (var table : keys.entrySet()) {
        net(commit, table.getKey(), table.getValue())
            .forEach((key, net) ->
                tables
                    .computeIfAbsent(table.getKey(), _ -> new Versions())
                    .rows
                    .computeIfAbsent(key, _ -> new TreeMap<>())
                    .put(commit.place(), new Image(net.after())));
        sync(commit, table.getKey(), table.getValue());
      }
    }
  }

  private void sync(Commit commit, long table, List<String> key) {
    for (Change change : commit.changes()) {
      Map<String, Cell> now = change.now();
      if (change.sync() && change.table() == table && now != null) {
        tables
            .computeIfAbsent(table, _ -> new Versions())
            .rows
            .computeIfAbsent(key(now, key), _ -> new TreeMap<>())
            .put(commit.place(), new Image(now));
      }
    }
  }

  List<Commit> commits() {
    return commits;
  }

  /**
   * What a transaction came to, by the values of these columns, in the order of first touch. Of a
   * deferred key there can be several rows at once, until its end.
   */
  static Map<List<String>, Net> net(Commit commit, long table, List<String> columns) {
    Map<List<String>, Net> nets = new LinkedHashMap<>();
    Map<List<String>, List<Map<String, Cell>>> made = new HashMap<>();
    for (Change change : commit.changes()) {
      if (change.table() != table || change.sync()) {
        continue;
      }
      Map<String, Cell> old = change.old();
      Map<String, Cell> now = change.now();
      if (old != null) {
        List<String> key = key(old, columns);
        boolean own = made.computeIfAbsent(key, _ -> new ArrayList<>()).remove(old);
        Net net = nets.get(key);
        nets.put(
            key,
            own && net != null
                ? new Net(net.existed, net.before, null, change.full())
                : new Net(true, old, null, change.full()));
      }
      if (now != null) {
        List<String> key = key(now, columns);
        made.computeIfAbsent(key, _ -> new ArrayList<>()).add(now);
        nets.putIfAbsent(key, new Net(false, null, null, change.full()));
      }
    }
    nets.replaceAll((key, net) -> {
      List<Map<String, Cell>> left = made.getOrDefault(key, List.of());
      return left.isEmpty() ? net : new Net(net.existed, net.before, left.getLast(), net.full);
    });
    return nets;
  }

  static List<String> key(Map<String, Cell> row, List<String> columns) {
    List<String> key = new ArrayList<>();
    for (String column : columns) {
      Cell cell = row.get(column);
      if (cell == null) {
        throw new IllegalStateException("no column " + column + " in " + row.keySet());
      }
      key.add(cell.text() == null ? "\0null" : comparable(cell.kind(), cell.text()));
    }
    return key;
  }

  /** One text for all that the server takes for equal. */
  private static String comparable(String kind, String text) {
    return switch (kind) {
      case "citext" -> text.toLowerCase(Locale.ROOT);
      case "bpchar" -> text.stripTrailing();
      case "numeric" ->
          text.endsWith("y") || text.equals("NaN")
              ? text
              : new BigDecimal(text).stripTrailingZeros().toPlainString();
      default -> text;
    };
  }

  /** A row as it was after a commit; null: it was not there. */
  @Nullable Map<String, Cell> row(long table, List<String> key, int place) {
    Versions versions = tables.get(table);
    TreeMap<Integer, Image> row = versions == null ? null : versions.rows.get(key);
    var entry = row == null ? null : row.floorEntry(place);
    return entry == null ? null : entry.getValue().cells();
  }

  /** Each state that a row was in, from one commit to another; null: it was not there. */
  List<@Nullable Map<String, Cell>> states(long table, List<String> key, int from, int to) {
    List<@Nullable Map<String, Cell>> states = new ArrayList<>();
    states.add(row(table, key, from));
    Versions versions = tables.get(table);
    TreeMap<Integer, Image> row = versions == null ? null : versions.rows.get(key);
    if (row != null && from < to) {
      row.subMap(from, false, to, true).values().forEach(image -> states.add(image.cells()));
    }
    return states;
  }

  /** The keys of all rows that ever were. */
  Set<List<String>> keys(long table) {
    Versions versions = tables.get(table);
    return versions == null ? Set.of() : versions.rows.keySet();
  }
}
