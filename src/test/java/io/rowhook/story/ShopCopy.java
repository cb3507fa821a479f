package io.rowhook.story;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.ReceivedRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the shop has: of each value only what is newest by the log, in whatever order it comes. */
final class ShopCopy {
  static final List<String> COLUMNS = List.of("sku", "name", "price", "stock");

  private static final String THERE = "there";
  private static final String MISSING = "?";
  private static final Known NOTHING = new Known(0, MISSING);

  private record Known(long lsn, String value) {}

  /**
   * One write of the shop, as the source has answered.
   *
   * @param row all of it; null: it is gone
   * @param set the columns that were written; empty: all
   */
  record Own(int id, long lsn, @Nullable Map<String, String> row, Set<String> set) {}

  private final Map<Integer, Map<String, Known>> articles = new TreeMap<>();

  /**
   * @param lean whether it takes only what was changed, of a webhook and of its own write
   */
  static ShopCopy of(List<Own> own, List<ReceivedRequest> webhooks, boolean lean) {
    ShopCopy copy = new ShopCopy();
    for (Own write : own) {
      copy.take(
          write.id(),
          write.lsn(),
          write.row(),
          lean && !write.set().isEmpty() ? write.set() : Set.copyOf(COLUMNS));
    }
    for (ReceivedRequest webhook : webhooks) {
      JsonNode event = Stage.json(webhook);
      boolean deleted = event.path("event").asText().equals("Deleted");
      Map<String, String> row = new TreeMap<>();
      COLUMNS.forEach(name -> row.put(name, event.path("data").path(name).asText()));
      Set<String> names = new TreeSet<>(COLUMNS);
      if (lean && event.path("event").asText().equals("Updated")) {
        names.clear();
        event.path("changed").forEach(name -> names.add(name.asText()));
      }
      copy.take(
          event.path("entityId").asInt(),
          position(event.at("/source/lsn").asText()),
          deleted ? null : row,
          names);
    }
    return copy;
  }

  private void take(int id, long lsn, @Nullable Map<String, String> row, Set<String> names) {
    Map<String, Known> known = articles.computeIfAbsent(id, _ -> new TreeMap<>());
    newest(known, THERE, new Known(lsn, row == null ? "" : THERE));
    if (row != null) {
      names.forEach(name -> newest(known, name, new Known(lsn, row.getOrDefault(name, MISSING))));
    }
  }

  private static void newest(Map<String, Known> known, String name, Known value) {
    known.merge(name, value, (a, b) -> a.lsn() > b.lsn() ? a : b);
  }

  Map<Integer, Map<String, String>> rows() {
    Map<Integer, Map<String, String>> rows = new TreeMap<>();
    articles.forEach((id, known) -> {
      if (known.getOrDefault(THERE, NOTHING).value().equals(THERE)) {
        Map<String, String> row = new TreeMap<>();
        COLUMNS.forEach(name -> row.put(name, known.getOrDefault(name, NOTHING).value()));
        rows.put(id, row);
      }
    });
    return rows;
  }

  static long position(String lsn) {
    String[] halves = lsn.split("/", -1);
    return (Long.parseLong(halves[0], 16) << 32) + Long.parseLong(halves[1], 16);
  }
}
