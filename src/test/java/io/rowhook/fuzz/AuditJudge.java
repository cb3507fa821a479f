package io.rowhook.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Holds what an audit found against what PostgreSQL has at the end, and what the recipient got last
 * of each entity.
 */
final class AuditJudge {

  /** To an audit all zeros are one, as they are to PostgreSQL. */
  private static final Pattern ZERO = Pattern.compile("(?<![0-9.])-0\\.0(?![0-9])");

  private final List<Entity> entities;
  private final Tables tables;
  private final List<String> faults = new ArrayList<>();

  AuditJudge(List<Entity> entities, Tables tables) {
    this.entities = entities;
    this.tables = tables;
  }

  /** What came last of an entity. */
  private record Last(long sequence, JsonNode body, io.rowhook.fuzz.Json text) {
    boolean isDeleted() {
      return body.path("event").asText().equals("Deleted");
    }
  }

  /**
   * What is wrong with what an audit found.
   *
   * @param audits as {@code rowhook audit --json} has them
   */
  List<String> judge(List<Product.Arrival> arrivals, JsonNode audits) {
    Map<String, Map<String, Last>> last = new HashMap<>();
    for (Product.Arrival arrival : arrivals) {
      JsonNode body = parse(arrival.body());
      last.computeIfAbsent(body.path("entityType").asText(), _ -> new HashMap<>())
          .merge(
              id(body),
              new Last(arrival.sequence(), body, io.rowhook.fuzz.Json.parse(arrival.body())),
              (a, b) -> a.sequence() > b.sequence() ? a : b);
    }
    for (Entity entity : entities) {
      JsonNode audit = null;
      for (JsonNode one : audits.path("audits")) {
        audit = one.path("entity").asText().equals(entity.name()) ? one : audit;
      }
      if (audit == null || !audit.path("state").asText().equals("done")) {
        faults.add("audit of " + entity.name() + ": " + audit);
      } else {
        judge(entity, last.getOrDefault(entity.name(), Map.of()), audit);
      }
    }
    return faults;
  }

  private void judge(Entity entity, Map<String, Last> last, JsonNode audit) {
    Map<String, String> found = new TreeMap<>();
    audit
        .path("differences")
        .forEach(one -> found.put(one.path("entityId").asText(), one.path("kind").asText()));
    Map<String, String> expected = new TreeMap<>();
    Map<String, String> why = new HashMap<>();
    TreeSet<String> unsure = new TreeSet<>();
    int unknown = 0;
    TreeSet<String> there = new TreeSet<>();
    int place = tables.truth().commits().size() - 1;
    for (List<String> key : tables.truth().keys(tables.oid(entity.table()))) {
      Map<String, Cell> row = tables.truth().row(tables.oid(entity.table()), key, place);
      if (row == null) {
        continue;
      }
      Touched touched =
          new Touched(
              entity,
              tables.truth().commits().getLast(),
              key,
              null,
              new TreeSet<>(List.of("")),
              new TreeSet<>());
      Expected now = new Expected(touched, "Updated", Expected.id(touched, row), false);
      String id = null;
      for (Map.Entry<String, Last> one : last.entrySet()) {
        io.rowhook.fuzz.Json told =
            io.rowhook.fuzz.Json.parse(one.getValue().body().path("entityId").toString());
        id = now.id().allows(told) ? one.getKey() : id;
      }
      Last had = id == null ? null : last.get(id);
      if (id == null || had == null) {
        unknown++;
        continue;
      }
      there.add(id);
      if (had.isDeleted()) {
        expected.put(id, "missing");
        continue;
      }
      if (had.body().has("unavailable")) {
        unsure.add(id);
      }
      List<String> wrong =
          now.data(
              tables,
              place,
              ((io.rowhook.fuzz.Json.Mapping) had.text()).get("data"),
              new TreeSet<>());
      wrong.removeIf(one -> one.startsWith("read after ") || isZeroAlone(one));
      if (!wrong.isEmpty()) {
        expected.put(id, "stale");
        why.put(id, String.join("; ", wrong));
      }
    }
    last.forEach((id, had) -> {
      if (!had.isDeleted() && !there.contains(id)) {
        expected.put(id, "superfluous");
      }
    });
    long more =
        found.entrySet().stream()
            .filter(one -> one.getValue().equals("missing") && !last.containsKey(one.getKey()))
            .count();
    if (more != unknown) {
      faults.add(
          "audit of %s: %d are missing of which nothing came, found %d: %s"
              .formatted(entity.name(), unknown, more, found));
    }
    found.keySet().removeIf(id -> !last.containsKey(id) || unsure.contains(id));
    expected.keySet().removeAll(unsure);
    if (!found.equals(expected)) {
      faults.add(
          "audit of %s: expected %s, found %s; %s; last %s"
              .formatted(entity.name(), expected, found, why, of(last, expected, found)));
    }
  }

  private static Map<String, JsonNode> of(
      Map<String, Last> last, Map<String, String> expected, Map<String, String> found) {
    Map<String, JsonNode> bodies = new TreeMap<>();
    last.forEach((id, had) -> {
      if (!String.valueOf(expected.get(id)).equals(String.valueOf(found.get(id)))) {
        bodies.put(id, had.body());
      }
    });
    return bodies;
  }

  private static boolean isZeroAlone(String wrong) {
    String[] sides = wrong.substring(wrong.indexOf("expected ") + 9).split(", got ", 2);
    return sides.length == 2
        && ZERO.matcher(sides[0].replaceAll("(?<=[0-9])f", ""))
            .replaceAll("0.0")
            .equals(ZERO.matcher(sides[1]).replaceAll("0.0"));
  }

  private static String id(JsonNode body) {
    JsonNode id = body.path("entityId");
    return id.isTextual() ? id.asText() : id.toString();
  }

  private static JsonNode parse(String body) {
    try {
      return Json.MAPPER.readTree(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
