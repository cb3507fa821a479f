package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.cli.TextFormat;
import io.rowhook.base.Json;
import io.rowhook.capture.SlotStatus;
import io.rowhook.capture.SlotTrend;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How {@code rowhook status} shows the replication slot: as JSON, and in words. */
final class SlotReport {

  /** Looks come about every second; an older one is said to be old. */
  private static final Duration OLD = Duration.ofSeconds(10);

  private SlotReport() {}

  static ObjectNode json(SlotStatus slot) {
    SlotTrend trend = slot.trend();
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("slot", slot.slot());
    json.put("at", slot.at().toString());
    json.put("away", slot.away());
    json.put("active", slot.active());
    json.put("confirmed", slot.confirmed().toString());
    json.put("current", slot.current().toString());
    json.put("behindBytes", slot.behindBytes());
    json.put("behindSeconds", trend.behind().toMillis() / 1000.0);
    json.put("behindLonger", trend.longer());
    json.put("retainedBytes", slot.retainedBytes());
    json.put("walStatus", slot.walStatus());
    json.put("limitBytes", slot.limitBytes());
    json.put("safeBytes", slot.safeBytes());
    json.put("growthBytesPerHour", trend.bytesPerHour());
    Duration left = trend.left();
    json.put("lostInSeconds", left == null ? null : left.toSeconds());
    json.put("risk", slot.risk().orElse(null));
    return json;
  }

  /** Prints nothing where the slot was not looked at yet. */
  static void print(JsonNode slot, Instant now, PrintWriter out) {
    if (!slot.isObject()) {
      return;
    }
    StringBuilder line = new StringBuilder("slot         ");
    Instant at = Instant.parse(slot.path("at").asText());
    boolean old = slot.path("away").asBoolean() || at.plus(OLD).isBefore(now);
    line.append(TextFormat.text(slot.path("slot"))).append(": ");
    if (old) {
      line.append("last seen ")
          .append(TextFormat.age(slot.path("at"), now))
          .append(" ago")
          .append(slot.path("away").asBoolean() ? ", as the source does not answer" : "")
          .append(": ");
    }
    line.append(behind(slot, old));
    line.append(old ? "; the source kept " : "; the source keeps ")
        .append(TextFormat.bytes(slot.path("retainedBytes").asLong()))
        .append(" of log for it");
    line.append(room(number(slot.path("safeBytes")), slot.path("walStatus").asText()));
    long growth = slot.path("growthBytesPerHour").asLong();
    if (growth > 0) {
      line.append("; it grows by ").append(TextFormat.bytes(growth)).append(" an hour");
    }
    Long left = number(slot.path("lostInSeconds"));
    if (left != null) {
      line.append(", and so is lost in about ").append(TextFormat.span(Duration.ofSeconds(left)));
    }
    out.println(line);
    if (slot.path("risk").isTextual()) {
      out.println("AT RISK      " + TextFormat.body(slot.path("risk")));
    }
  }

  private static String behind(JsonNode slot, boolean old) {
    long bytes = slot.path("behindBytes").asLong();
    if (bytes == 0) {
      return "all of the source's log %s here".formatted(old ? "was" : "is");
    }
    return TextFormat.bytes(bytes)
        + (slot.path("behindLonger").asBoolean() ? " and at least " : " and ")
        + TextFormat.span(Duration.ofSeconds(slot.path("behindSeconds").asLong()))
        + " behind the source";
  }

  private static String room(@Nullable Long safe, String walStatus) {
    if (walStatus.equals("lost")) {
      return "";
    }
    return safe == null
        ? ", without a limit (max_slot_wal_keep_size is -1)"
        : ", and may write "
            + TextFormat.bytes(Math.max(0, safe))
            + " more before the slot is lost (max_slot_wal_keep_size)";
  }

  private static @Nullable Long number(JsonNode value) {
    return value.isNumber() ? value.asLong() : null;
  }
}
