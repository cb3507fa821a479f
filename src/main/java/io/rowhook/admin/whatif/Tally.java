package io.rowhook.admin.whatif;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.journal.JournalEntry;
import io.rowhook.webhook.DryRun.Result;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What is different for one recipient, counted, with some examples. Any thread. */
final class Tally {

  /** Of each kind, the oldest events. */
  static final int EXAMPLES = 5;

  /** That are shown, those of most events first. */
  static final int KEYS = 100;

  /** Of a body in an example, in characters; the rest is cut off. */
  static final int BODY = 16_000;

  /** A template may make a key of each value. */
  private static final int COUNTED_KEYS = 2_000;

  /** How an event's two results differ. */
  enum Kind {
    changed("changed"),
    appeared("newlyWanted"),
    vanished("noLongerWanted"),
    breaks("breaks"),
    mended("mended");

    private final String count;

    Kind(String count) {
      this.count = count;
    }
  }

  /**
   * One of them.
   *
   * @param json as it is shown; not changed any more
   * @param size of its bodies, in characters
   */
  private record Example(ObjectNode json, int size) {}

  private final String recipient;
  private final AtomicLong room; // for bodies, of all recipients together
  private long same; // this and all below are guarded by this
  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
  private final Map<Kind, TreeMap<Long, Example>> examples = new EnumMap<>(Kind.class);
  private final Map<String, Long> appear = new HashMap<>();
  private final Map<String, Long> vanish = new HashMap<>();

  /**
   * @param room characters that there may be in the examples of all that share it
   */
  Tally(String recipient, AtomicLong room) {
    this.recipient = recipient;
    this.room = room;
  }

  /** An event that both want, with the same result. */
  synchronized void same() {
    same++;
  }

  /** An event whose results may differ. */
  void compare(JournalEntry entry, Result before, Result after) {
    switch (before) {
      case Result.Body was when after instanceof Result.Body is -> bodies(entry, was, is);
      case Result.Failed _ when after instanceof Result.Failed -> same();
      case Result.NotWanted _ when after instanceof Result.NotWanted -> {}
      case Result _ when after instanceof Result.Failed -> count(Kind.breaks, entry, before, after);
      case Result.NotWanted _ -> count(Kind.appeared, entry, before, after);
      case Result _ when after instanceof Result.NotWanted ->
          count(Kind.vanished, entry, before, after);
      case Result _ -> count(Kind.mended, entry, before, after);
    }
  }

  private void bodies(JournalEntry entry, Result.Body before, Result.Body after) {
    JsonNode was = BodyKeys.tree(before);
    JsonNode is = BodyKeys.tree(after);
    if (BodyKeys.isSame(before, was, after, is)) {
      same();
      return;
    }
    count(Kind.changed, entry, before, after);
    if (!was.isMissingNode() && !is.isMissingNode()) {
      Set<String> old = BodyKeys.of(was);
      Set<String> now = BodyKeys.of(is);
      synchronized (this) {
        now.stream().filter(key -> !old.contains(key)).forEach(key -> count(appear, key));
        old.stream().filter(key -> !now.contains(key)).forEach(key -> count(vanish, key));
      }
    }
  }

  private static void count(Map<String, Long> keys, String key) {
    if (keys.size() < COUNTED_KEYS || keys.containsKey(key)) {
      keys.merge(key, 1L, Long::sum);
    }
  }

  private synchronized void count(Kind kind, JournalEntry entry, Result before, Result after) {
    counts.merge(kind, 1L, Long::sum);
    TreeMap<Long, Example> kept = examples.computeIfAbsent(kind, _ -> new TreeMap<>());
    if (kept.size() == EXAMPLES && kept.lastKey() < entry.sequence()) {
      return;
    }
    Example example = example(kind, entry, before, after);
    if (room.addAndGet(-example.size()) < 0) {
      room.addAndGet(example.size());
      return;
    }
    kept.put(entry.sequence(), example);
    if (kept.size() > EXAMPLES) {
      room.addAndGet(Objects.requireNonNull(kept.pollLastEntry()).getValue().size());
    }
  }

  private static Example example(Kind kind, JournalEntry entry, Result before, Result after) {
    String was = body(before);
    String is = body(after);
    Event event = entry.event();
    ObjectNode json =
        Json.MAPPER
            .createObjectNode()
            .put("kind", kind.name())
            .put("event", event.id())
            .put("sequence", entry.sequence())
            .put("entity", event.entityType())
            .put("id", event.entityId())
            .put("type", event.type().name())
            .put("before", was)
            .put("after", is)
            .put("trouble", why(after) != null ? why(after) : why(before));
    return new Example(json, (was == null ? 0 : was.length()) + (is == null ? 0 : is.length()));
  }

  private static @Nullable String why(Result result) {
    return result instanceof Result.Failed(String why) ? why : null;
  }

  private static @Nullable String body(Result result) {
    return result instanceof Result.Body body
        ? BodyKeys.shown(new String(body.bytes(), StandardCharsets.UTF_8), BODY)
        : null;
  }

  synchronized ObjectNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode().put("recipient", recipient).put("same", same);
    for (Kind kind : Kind.values()) {
      json.put(kind.count, counts.getOrDefault(kind, 0L));
    }
    keys(json.putArray("keysAppear"), appear);
    keys(json.putArray("keysVanish"), vanish);
    ArrayNode all = json.putArray("examples");
    examples.values().forEach(kept -> kept.values().forEach(one -> all.add(one.json)));
    return json;
  }

  private static void keys(ArrayNode json, Map<String, Long> keys) {
    List<Map.Entry<String, Long>> all = new ArrayList<>(keys.entrySet());
    all.sort(
        Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
            .thenComparing(Map.Entry.comparingByKey()));
    all.stream()
        .limit(KEYS)
        .forEach(one -> json.addObject().put("key", one.getKey()).put("count", one.getValue()));
  }
}
