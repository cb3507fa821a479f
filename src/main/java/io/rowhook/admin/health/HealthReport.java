package io.rowhook.admin.health;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.health.Part.State;
import io.rowhook.base.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;

/**
 * How well all of it does, at one moment. Immutable.
 *
 * @param parts each of them, in the order in which the data passes them
 * @param stuck what a restart would mend, each a sentence; empty: nothing
 * @param ready whether it captures or stands by, and the journal can be written
 * @param at when it was looked, by this machine's clock
 */
public record HealthReport(List<Part> parts, List<String> stuck, boolean ready, Instant at) {

  public HealthReport {
    parts = List.copyOf(parts);
    stuck = List.copyOf(stuck);
  }

  /** False only for what a restart would mend. */
  public boolean live() {
    return stuck.isEmpty();
  }

  /** The worst of all. */
  public State state() {
    return parts.stream().map(Part::state).max(Comparator.naturalOrder()).orElse(State.ok);
  }

  /** The parts that are not well, the worst first. */
  public List<Part> notOk() {
    return parts.stream()
        .filter(part -> !part.isOk())
        .sorted(Comparator.comparing(Part::state).reversed())
        .toList();
  }

  /** As {@code /health} and {@code rowhook status --json} give it. */
  public ObjectNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("state", state().name()).put("live", live()).put("ready", ready);
    json.put("at", at.truncatedTo(ChronoUnit.MILLIS).toString());
    stuck.forEach(json.putArray("stuck")::add);
    ArrayNode all = json.putArray("parts");
    parts.forEach(part -> all.add(part.json()));
    return json;
  }
}
