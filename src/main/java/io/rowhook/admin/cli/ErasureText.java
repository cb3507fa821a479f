package io.rowhook.admin.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Count;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@code rowhook forget Customer:7} prints. */
public final class ErasureText {

  private ErasureText() {}

  /**
   * The lines of an answer.
   *
   * @param what the entity, as it was asked for
   */
  public static List<String> lines(String what, JsonNode answer) {
    boolean done = answer.path("done").asBoolean();
    JsonNode pending = answer.path("pending");
    JsonNode embedded = answer.path("embedded");
    List<String> lines = new ArrayList<>();
    if (answer.path("events").asLong() == 0) {
      lines.add(
          "The journal has no event of %s: is the id as rowhook deliveries shows it?"
              .formatted(what));
    }
    lines.add(
        "%s %s %s"
            .formatted(
                what,
                done ? "is erased:" : "has in the journal",
                Count.of(answer.path("events").asLong(), "event")));
    if (!pending.isEmpty()) {
      lines.add(
          "  still to be delivered, and %s: %s"
              .formatted(done ? "ended, erased" : "would end, erased", counts(pending)));
    }
    long deletions = answer.path("pendingDeletions").asLong();
    if (deletions > 0) {
      lines.add(
          "  %s of these %s a Deleted: who is to get it %s"
              .formatted(
                  Count.of(deletions, "delivery"),
                  deletions == 1 ? "is" : "are",
                  done
                      ? "is not told that the entity is gone"
                      : "would not be told that the entity is gone. Wait until it is delivered"));
    }
    if (!embedded.isEmpty()) {
      lines.add(
          "  events of other entities that embed it, where it %s null: %s"
              .formatted(done ? "is now" : "would become", counts(embedded)));
    }
    long unclear = answer.path("unclear").asLong();
    if (unclear > 0) {
      lines.add(
          "  %s of other entities embed such a row without its key, so that nobody can tell whose it is: these stay as they are, and go with the retention. entities.yaml says what is embedded"
              .formatted(Count.of(unclear, "event")));
    }
    hints(answer, lines);
    lines.add(end(answer, done));
    return lines;
  }

  private static void hints(JsonNode answer, List<String> lines) {
    List<String> relatives = new ArrayList<>();
    answer.path("relatives").forEach(one -> relatives.add(one.asText()));
    if (!relatives.isEmpty()) {
      lines.add(
          "  the same rows, or its parts, may also be entities of their own, to be forgotten by"
              + " their own ids: "
              + String.join(", ", relatives));
    }
    if (answer.path("open").asBoolean()) {
      lines.add(
          "  a large transaction is just being read: if it changes this entity, its event comes"
              + " after this; ask again then");
    }
  }

  private static String end(JsonNode answer, boolean done) {
    if (!done) {
      return "Nothing was done: --yes does it, and rewrites the journal's file (%,d MB), for which capture and deliveries wait"
          .formatted((answer.path("bytes").asLong() + (1 << 20) - 1) >> 20);
    }
    return answer.path("left").isNull()
        ? "The journal's file was rewritten: nothing of it is left there. Backups of the journal"
            + " keep what they have"
        : "TRACES MAY BE LEFT: " + answer.path("left").asText();
  }

  private static String counts(JsonNode object) {
    List<String> words = new ArrayList<>();
    for (Map.Entry<String, JsonNode> one : object.properties()) {
      words.add(one.getKey() + " " + one.getValue().asText());
    }
    return String.join(", ", words);
  }
}
