package io.rowhook.admin.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** How far a resync is, in one line. Pure. */
public final class ResyncLine {

  private static final int WIDTH = 20;

  /** In a shorter time no rate is told. */
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private ResyncLine() {}

  /** {@code 3 Order to shop: 5,300 of about 10,000 read, 5,290 published, 980/s, about 5s left}. */
  public static String of(JsonNode job, Instant now) {
    long read = job.path("read").asLong();
    StringBuilder line = new StringBuilder(120);
    line.append(
        String.format(
            Locale.ROOT,
            "%d %s to %s: %,d of about %,d read, %,d published",
            job.path("id").asLong(),
            TextFormat.text(job.path("entity")),
            TextFormat.text(job.path("recipient")),
            read,
            Math.max(read, job.path("estimate").asLong()),
            job.path("published").asLong()));
    String state = job.path("state").asText();
    if (!state.equals("running")) {
      line.append("; ").append(state);
      if (job.path("reason").isTextual()) {
        line.append(": ").append(TextFormat.text(job.path("reason")));
      }
      return line.toString();
    }
    Duration since = Duration.between(Instant.parse(job.path("beganAt").asText()), now);
    if (since.compareTo(SHORTEST) > 0 && read > 0) {
      double rate = read * 1000.0 / since.toMillis();
      line.append(String.format(Locale.ROOT, ", %,.0f/s", rate));
      long left = job.path("estimate").asLong() - read;
      if (left > 0 && rate > 0) {
        line.append(", about ")
            .append(TextFormat.span(Duration.ofSeconds(Math.max(1, Math.round(left / rate)))))
            .append(" left");
      }
    }
    if (job.path("waits").isTextual()) {
      line.append("; ").append(TextFormat.text(job.path("waits")));
    }
    return line.toString();
  }

  /** {@code rowhook resync shop Order: changes before 2026-11-29 10:00 may be missing}. */
  public static String offer(JsonNode offer) {
    String entity = TextFormat.text(offer.path("entity"));
    String recipient = TextFormat.text(offer.path("recipient"));
    return "%s; changes of %s before %s may be missing%s"
        .formatted(
            TextFormat.text(offer.path("command")),
            entity,
            TextFormat.time(offer.path("since")),
            offer.path("wantsSnapshots").asBoolean()
                ? ""
                : ". First write a subscription with the event Snapshot, { entity: %s, events: [Created, Updated, Deleted, Snapshot] }, in recipients/%s.yaml"
                    .formatted(entity, recipient));
  }

  /** The same behind a bar. */
  public static String bar(JsonNode job, Instant now) {
    double whole = Math.max(1, Math.max(job.path("estimate").asLong(), job.path("read").asLong()));
    boolean done = job.path("state").asText().equals("done");
    double part = done ? 1 : Math.min(0.99, job.path("read").asLong() / whole);
    int full = (int) (part * WIDTH);
    return String.format(
        Locale.ROOT,
        "[%s%s] %3.0f %% %s",
        "#".repeat(full),
        "-".repeat(WIDTH - full),
        part * 100,
        of(job, now));
  }
}
