package io.rowhook.admin.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How far an audit is, or what it has found, in one line. Pure. */
public final class AuditLine {

  private static final List<String> KINDS = List.of("missing", "stale", "superfluous");

  private AuditLine() {}

  /** {@code 4 Article of shop: 10,000 compared, 3 differ: 1 missing, 2 stale}. */
  public static String of(JsonNode audit) {
    StringBuilder line = new StringBuilder(120);
    line.append(
        String.format(
            Locale.ROOT,
            "%d %s of %s: ",
            audit.path("id").asLong(),
            TextFormat.text(audit.path("entity")),
            TextFormat.text(audit.path("recipient"))));
    String state = audit.path("state").asText();
    line.append(state.equals("running") ? progress(audit) : compared(audit) + found(audit));
    if (!state.equals("running") && !state.equals("done")) {
      line.append("; ").append(state);
    }
    for (String words : List.of("reason", "waits")) {
      if (audit.path(words).isTextual()) {
        line.append(words.equals("reason") ? ": " : "; ")
            .append(TextFormat.text(audit.path(words)));
      }
    }
    return line.toString();
  }

  private static String progress(JsonNode audit) {
    long read = audit.path("read").asLong();
    String all =
        String.format(
            Locale.ROOT,
            "%,d of about %,d compared",
            read,
            Math.max(read, audit.path("estimate").asLong()));
    String suspects =
        String.format(Locale.ROOT, "%,d to be looked at again", audit.path("suspect").asLong());
    return switch (audit.path("phase").asText()) {
      case "recipient" -> all + ", counts what the recipient has; " + suspects;
      case "doubtful" -> all + ", looks for what the source has no more; " + suspects;
      case "settling" -> all + found(audit) + "; " + suspects;
      default -> all + "; " + suspects;
    };
  }

  private static String compared(JsonNode audit) {
    return String.format(Locale.ROOT, "%,d compared", audit.path("read").asLong());
  }

  /** What differs; that nothing does is only said at the end. */
  private static String found(JsonNode audit) {
    List<String> parts = new ArrayList<>();
    long all = 0;
    for (String kind : KINDS) {
      long count = audit.path(kind).asLong();
      all += count;
      if (count > 0) {
        parts.add(String.format(Locale.ROOT, "%,d %s", count, kind));
      }
    }
    StringBuilder line = new StringBuilder();
    if (all > 0) {
      line.append(
          String.format(
              Locale.ROOT,
              ", %,d %s: %s",
              all,
              all == 1 ? "differs" : "differ",
              String.join(", ", parts)));
    } else if (audit.path("state").asText().equals("done")) {
      line.append(", none differs");
    }
    append(line, audit, "pending", "%,d still on the way");
    append(line, audit, "outside", "%,d not for it");
    append(line, audit, "unread", "%,d could not be read");
    append(line, audit, "resync", "sent again by resync %d");
    return line.toString();
  }

  private static void append(StringBuilder line, JsonNode audit, String name, String words) {
    long count = audit.path(name).asLong();
    if (count > 0) {
      line.append(", ").append(String.format(Locale.ROOT, words, count));
    }
  }

  /** Whether something was found that differs. */
  public static boolean differs(JsonNode audit) {
    return KINDS.stream().anyMatch(kind -> audit.path(kind).asLong() > 0);
  }
}
