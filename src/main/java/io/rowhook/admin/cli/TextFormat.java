package io.rowhook.admin.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** How commands write values for people. What came over the network cannot steer the terminal. */
public final class TextFormat {

  private static final int MOST = 300;

  private TextFormat() {}

  /** A text, on one line; a dash where there is none. */
  public static String text(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "-";
    }
    String line = value.asText().replaceAll("\\p{Cntrl}+", " ");
    return line.length() > MOST ? line.substring(0, MOST) + "..." : line;
  }

  /** All of it, but for what would steer the terminal. */
  public static String body(JsonNode value) {
    return value.asText().replaceAll("[\\p{Cntrl}&&[^\n\t]]", " ");
  }

  /** Why what an answer is about does not go out yet; empty where it does. */
  public static String held(JsonNode answer) {
    return unlessHeld(answer, "", ": " + text(answer.path("held")));
  }

  /** What is said where it goes out, or where it is held. */
  public static String unlessHeld(JsonNode answer, String goes, String held) {
    return answer.path("held").isTextual() ? held : goes;
  }

  /** To the second. */
  public static String time(JsonNode value) {
    return value.isTextual()
        ? Instant.parse(value.asText()).truncatedTo(ChronoUnit.SECONDS).toString()
        : "-";
  }

  /** {@code 4m}: how long ago. */
  public static String age(JsonNode value, Instant now) {
    return value.isTextual() ? span(Duration.between(Instant.parse(value.asText()), now)) : "-";
  }

  /** The same: {@code 3s ago}. */
  public static String ago(JsonNode value, Instant now) {
    return value.isTextual() ? age(value, now) + " ago" : age(value, now);
  }

  public static String span(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3_600) {
      return seconds / 60 + "m";
    }
    return seconds < 172_800 ? seconds / 3_600 + "h" : seconds / 86_400 + "d";
  }

  public static String bytes(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    double kilobytes = bytes / 1_000.0;
    if (kilobytes < 1_000) {
      return String.format(Locale.ROOT, "%.1f kB", kilobytes);
    }
    double megabytes = kilobytes / 1_000;
    return megabytes < 1_000
        ? String.format(Locale.ROOT, "%.1f MB", megabytes)
        : String.format(Locale.ROOT, "%.1f GB", megabytes / 1_000);
  }
}
