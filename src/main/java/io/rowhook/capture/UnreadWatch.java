package io.rowhook.capture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.rowhook.base.Json;
import io.rowhook.capture.setup.NoteJson;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Notes durably from where on events go without rows that cannot be read back, and, once these can,
 * the range that lacks them: {@link MissedRange}. One thread looks; {@link #open} is for any.
 */
public final class UnreadWatch {

  private static final String NOTE = "unread-tables";

  private final CheckpointStore store;
  private final Supplier<List<UnreadTable>> unread;
  private Position lookedAt = Position.START;
  private volatile Map<TableId, MissedRange> open = Map.of();

  /**
   * Looks at nothing yet.
   *
   * @param unread the tables whose rows events lack at present
   */
  public UnreadWatch(CheckpointStore store, Supplier<List<UnreadTable>> unread) {
    this.store = store;
    this.unread = unread;
  }

  /** Takes up what the process before has left; before the first {@link #look}. */
  public void start() {
    lookedAt = store.watermark();
    Map<TableId, MissedRange> left = new LinkedHashMap<>();
    for (JsonNode one : NoteJson.parse(store.note(NOTE).orElse("[]"))) {
      TableId table = new TableId(one.path("schema").asText(), one.path("table").asText());
      left.put(
          table,
          new MissedRange(
              Instant.now(), // when an event lacked it last was not noted
              table,
              Position.parse(one.path("after").asText()),
              lookedAt,
              one.path("reason").asText()));
    }
    open = left;
  }

  /**
   * Looks.
   *
   * @throws RuntimeException if the store cannot be written; the next look makes up for it
   */
  public void look() {
    Map<TableId, MissedRange> before = open;
    Position end = store.watermark();
    Map<TableId, MissedRange> now = new LinkedHashMap<>();
    for (UnreadTable one : unread.get()) {
      MissedRange known = before.get(one.table());
      now.put(
          one.table(),
          new MissedRange(
              one.lackedAt(),
              one.table(),
              known == null ? lookedAt : known.after(),
              end,
              known == null
                  ? "rows could not be read, and events name them in 'unavailable': " + one.reason()
                  : known.reason()));
    }
    if (!now.keySet().equals(before.keySet())) {
      List<MissedRange> ended =
          before.values().stream()
              .filter(one -> !now.containsKey(one.table()))
              .map(one ->
                  new MissedRange(one.noticedAt(), one.table(), one.after(), end, one.reason()))
              .toList();
      store.record(Map.of(NOTE, now.isEmpty() ? "" : text(now.values())), ended);
    }
    open = now;
    lookedAt = end;
  }

  private static String text(Collection<MissedRange> all) {
    ArrayNode json = Json.MAPPER.createArrayNode();
    for (MissedRange one : all) {
      json.addObject()
          .put("schema", one.table().schema())
          .put("table", one.table().name())
          .put("after", one.after().toString())
          .put("reason", one.reason());
    }
    return json.toString();
  }

  /** The ranges that have not ended yet, as of the last look. Any thread. */
  public List<MissedRange> open() {
    return List.copyOf(open.values());
  }
}
