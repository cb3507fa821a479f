package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.cli.TextFormat;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** How {@code rowhook status} shows health: the worst first, and as its exit status. */
final class HealthLines {

  /** Where as many recipients are paused, their own lines below say the rest. */
  private static final int SHOWN = 5;

  private static final List<String> WORST_FIRST = List.of("failing", "degraded");

  private HealthLines() {}

  /** 0: all is well; 3: something is degraded; 1: something fails. */
  static int exitStatus(JsonNode health) {
    return switch (health.path("state").asText()) {
      case "ok" -> 0;
      case "degraded" -> 3;
      default -> 1;
    };
  }

  static void print(JsonNode health, PrintWriter out) {
    List<String> lines = new ArrayList<>();
    for (String state : WORST_FIRST) {
      for (JsonNode part : health.path("parts")) {
        if (part.path("state").asText().equals(state)) {
          lines.add(
              "%s: %s since %s: %s"
                  .formatted(
                      state,
                      name(part),
                      TextFormat.time(part.path("since")),
                      TextFormat.body(part.path("reason"))));
        }
      }
    }
    for (JsonNode why : health.path("stuck")) {
      lines.addFirst("a restart would help: " + TextFormat.text(why));
    }
    if (lines.isEmpty()) {
      lines.add("ok");
    }
    lines.stream().limit(SHOWN).forEach(line -> out.println("health       " + line));
    if (lines.size() > SHOWN) {
      out.println("health       and %d more".formatted(lines.size() - SHOWN));
    }
  }

  private static String name(JsonNode part) {
    String kind = part.path("part").asText();
    return part.has("subject") ? kind + " " + TextFormat.text(part.path("subject")) : kind;
  }
}
