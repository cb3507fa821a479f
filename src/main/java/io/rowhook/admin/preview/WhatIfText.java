package io.rowhook.admin.preview;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.cli.TextFormat;
import io.rowhook.base.Count;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** How {@code rowhook preview --replay} shows what would have been different. Pure. */
public final class WhatIfText {

  /** Of the keys that appear or vanish; {@code --json} has more. */
  private static final int KEYS = 12;

  private static final List<String> DIFFERENT =
      List.of("changed", "newlyWanted", "noLongerWanted", "breaks", "mended");

  private WhatIfText() {}

  /** 0: nothing is different; 3: something is; 1: something breaks, or it is not known. */
  public static int exitStatus(JsonNode whatIf) {
    if (!whatIf.path("state").asText().equals("done")) {
      return 1;
    }
    int status = 0;
    for (JsonNode one : whatIf.path("recipients")) {
      if (one.path("breaks").asLong() > 0) {
        return 1;
      }
      if (isDifferent(one)) {
        status = 3;
      }
    }
    return status;
  }

  private static boolean isDifferent(JsonNode recipient) {
    return DIFFERENT.stream().anyMatch(count -> recipient.path(count).asLong() > 0);
  }

  /** For a person. */
  public static void print(JsonNode whatIf, PrintWriter out) {
    String state = whatIf.path("state").asText();
    if (!state.equals("done")) {
      out.println(
          "It has %s after %s. %s"
              .formatted(
                  state.equals("failed") ? "failed" : "been ended",
                  Count.of(whatIf.path("examined").asLong(), "event"),
                  whatIf.path("reason").isTextual()
                      ? TextFormat.text(whatIf.path("reason"))
                      : "Ask again."));
    }
    boolean same = true;
    for (JsonNode one : whatIf.path("recipients")) {
      if (isDifferent(one)) {
        same = false;
        recipient(one, out);
      }
    }
    if (state.equals("done")) {
      out.printf(
          Locale.ROOT,
          "%s of %s in %,d ms. Nothing was sent.%n",
          same ? "Nothing would be different" : "That is",
          Count.of(whatIf.path("events").asLong(), "event"),
          whatIf.path("elapsedMillis").asLong());
    }
  }

  private static void recipient(JsonNode one, PrintWriter out) {
    List<String> counts = new ArrayList<>();
    count(counts, one, "same", "the same");
    count(counts, one, "changed", "with another body");
    count(counts, one, "newlyWanted", "newly wanted");
    count(counts, one, "noLongerWanted", "no longer wanted");
    count(counts, one, "mended", "mended");
    count(counts, one, "breaks", "BROKEN");
    out.println(TextFormat.text(one.path("recipient")) + ": " + String.join(", ", counts));
    keys("keys that appear", one.path("keysAppear"), out);
    keys("keys that vanish", one.path("keysVanish"), out);
    Set<String> shown = new HashSet<>();
    for (JsonNode example : one.path("examples")) {
      if (shown.add(example.path("kind").asText())) {
        example(example, out);
      }
    }
    out.println();
  }

  private static void count(List<String> counts, JsonNode one, String name, String words) {
    if (one.path(name).asLong() > 0) {
      counts.add(String.format(Locale.ROOT, "%,d %s", one.path(name).asLong(), words));
    }
  }

  private static void keys(String words, JsonNode keys, PrintWriter out) {
    if (keys.isEmpty()) {
      return;
    }
    List<String> some = new ArrayList<>();
    for (JsonNode one : keys) {
      if (some.size() < KEYS) {
        some.add(
            String.format(
                Locale.ROOT,
                "%s (%,d)",
                TextFormat.text(one.path("key")),
                one.path("count").asLong()));
      }
    }
    if (keys.size() > KEYS) {
      some.add("and " + (keys.size() - KEYS) + " more");
    }
    out.println("  " + words + "  " + String.join(", ", some));
  }

  private static void example(JsonNode example, PrintWriter out) {
    out.println(
        "  %s, for example %s %s %s, event %s"
            .formatted(
                example.path("kind").asText(),
                TextFormat.text(example.path("entity")),
                TextFormat.text(example.path("id")),
                TextFormat.text(example.path("type")),
                TextFormat.text(example.path("event"))));
    line("before", example.path("before"), out);
    line("after ", example.path("after"), out);
    line("why   ", example.path("trouble"), out);
  }

  private static void line(String label, JsonNode text, PrintWriter out) {
    if (text.isTextual()) {
      out.println("    " + label + "  " + TextFormat.text(text));
    }
  }
}
