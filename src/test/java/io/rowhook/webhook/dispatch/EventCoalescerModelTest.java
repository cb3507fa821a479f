package io.rowhook.webhook.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.CoalescedEvent;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random histories of one entity, of which only some events are attempted: each merged one is held
 * against the states that really were, and the recipient's own state against that of one who got
 * every event. {@code -Dseed=N} begins elsewhere, {@code -Drounds=N} goes on for longer.
 */
class EventCoalescerModelTest {

  private static final long SEED = Long.getLong("seed", 1L);
  private static final int ROUNDS = Integer.getInteger("rounds", 5000);
  private static final Set<EventType> ALL = Set.of(EventType.values());
  private static final List<String> COLUMNS = List.of("a", "b", "text");

  /** The entity as it is; {@code text} is the large value. */
  private record State(int a, int b, String text, List<Integer> lines) {

    JsonNode value(String name) {
      return Json.MAPPER.valueToTree(
          switch (name) {
            case "a" -> a;
            case "b" -> b;
            case "text" -> text;
            default -> lines;
          });
    }
  }

  /** One event, and what was and is. */
  private record Step(Event event, @Nullable State before, @Nullable State after) {

    JsonNode json() {
      return EventCoalescerModelTest.json(event);
    }
  }

  private Random random = new Random();
  private boolean full;
  private int numbers;

  @Test
  void everyMergedEventAgreesWithTheStatesThatWere() {
    for (int round = 0; round < ROUNDS; round++) {
      random = new Random(SEED + round);
      full = random.nextInt(3) > 0;
      history("seed " + (SEED + round));
    }
  }

  private void history(String seed) {
    State before = random.nextBoolean() ? fresh() : null;
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(12); i++) {
      Step step = step(before);
      steps.add(step);
      before = step.after();
    }
    ObjectNode all = Json.MAPPER.createObjectNode();
    ObjectNode some = Json.MAPPER.createObjectNode();
    for (int from = 0; from < steps.size(); ) {
      int to = from + 1 + random.nextInt(steps.size() - from);
      List<Step> segment = steps.subList(from, to);
      Event merged = merge(segment);
      String what = seed + ", events " + from + " to " + (to - 1) + ": " + json(merged);
      if (segment.size() > 1) {
        check(what, segment, merged);
      }
      segment.forEach(step -> receive(all, step.event()));
      receive(some, merged);
      for (String column : COLUMNS) {
        assertThat(some.get(column)).as(what + ", " + column).isEqualTo(all.get(column));
      }
      from = to;
    }
  }

  /** In one go, or as it happens: merged, kept, and merged on. */
  private Event merge(List<Step> segment) {
    boolean had = segment.getFirst().before() != null;
    Event last = segment.getFirst().event();
    EventCoalescer coalescer = new EventCoalescer(last, had);
    for (Step step : segment.subList(1, segment.size())) {
      if (random.nextInt(3) == 0) {
        coalescer = new EventCoalescer(as(coalescer.coalesced(ALL), last), had);
      }
      last = step.event();
      coalescer.add(last);
    }
    return segment.size() == 1 ? last : as(coalescer.coalesced(ALL), last);
  }

  private static Event as(@Nullable CoalescedEvent coalesced, Event event) {
    return coalesced == null ? event : coalesced.in(event);
  }

  private void check(String what, List<Step> segment, Event merged) {
    State was = segment.getFirst().before();
    Step last = segment.getLast();
    State is = last.after();
    JsonNode json = json(merged);
    EventType type =
        is == null ? EventType.Deleted : was == null ? EventType.Created : EventType.Updated;
    assertThat(merged.type()).as(what).isEqualTo(type);
    assertThat(json.path("event").asText()).as(what).isEqualTo(type.name());
    assertThat(json.path("type").asText())
        .as(what)
        .isEqualTo("order." + type.name().toLowerCase(Locale.ROOT));
    assertThat(json.get("read")).as(what).isEqualTo(last.json().get("read"));
    assertThat(json.get("readAt")).as(what).isEqualTo(last.json().get("readAt"));
    Set<String> missing = names(json.path("unavailable"));
    assertThat(names(last.json().path("unavailable"))).as(what).containsAll(missing);
    for (var own : last.json().path("data").properties()) {
      assertThat(json.path("data").get(own.getKey())).as(what).isEqualTo(own.getValue());
    }
    for (String name : names(last.json().path("unavailable"))) {
      if (missing.contains(name)) {
        assertThat(json.path("data").has(name)).as(what).isFalse();
      } else {
        JsonNode filled = json.path("data").get(name);
        assertThat(filled).as(what).isEqualTo(Objects.requireNonNull(is).value(name));
      }
    }
    if (type == EventType.Updated) {
      changes(what, segment, Objects.requireNonNull(was), json);
    } else if (type == EventType.Created) {
      assertThat(json.path("previous").isEmpty()).as(what).isTrue();
      assertThat(json.path("changed").isArray()).as(what).isTrue();
      assertThat(json.path("changed").isEmpty()).as(what).isTrue();
    }
  }

  private void changes(String what, List<Step> segment, State was, JsonNode json) {
    if (!full) {
      assertThat(json.path("changed").isNull()).as(what).isTrue();
      assertThat(json.path("previous").isNull()).as(what).isTrue();
      return;
    }
    boolean linesTouched = linesTouched(segment, was);
    ObjectNode previous = Json.MAPPER.createObjectNode();
    for (String name : List.of("a", "b", "text", "lines")) {
      boolean differs =
          names(json.path("read")).contains(name)
              || !was.value(name).equals(json.path("data").get(name));
      if (differs && (!name.equals("lines") || linesTouched)) {
        previous.set(name, was.value(name));
      }
    }
    assertThat(json.path("previous")).as(what).isEqualTo(previous);
    Set<String> names = new HashSet<>();
    previous.fieldNames().forEachRemaining(names::add);
    assertThat(names(json.path("changed"))).as(what).isEqualTo(names);
  }

  /** And not back again, as far as an event knows whose lines are from the log. */
  private static boolean linesTouched(List<Step> segment, State was) {
    boolean touched = false;
    boolean logged = false;
    for (Step step : segment) {
      JsonNode json = step.json();
      State is = step.after();
      boolean changes =
          step.before() == null || is == null || !is.lines().equals(step.before().lines());
      boolean has = json.path("data").has("lines");
      boolean isRead = names(json.path("read")).contains("lines");
      logged = has ? !isRead : logged && !changes;
      touched |= changes;
      State now = is == null ? step.before() : is;
      touched &= !(logged && Objects.requireNonNull(now).lines().equals(was.lines()));
    }
    return touched;
  }

  private static void receive(ObjectNode state, Event event) {
    JsonNode json = json(event);
    if (event.type() == EventType.Deleted) {
      state.removeAll();
    } else {
      state.setAll((ObjectNode) json.path("data"));
    }
  }

  private Step step(@Nullable State before) {
    if (before == null) {
      State after = fresh();
      return new Step(event(EventType.Created, null, after), null, after);
    }
    if (random.nextInt(4) == 0) {
      return new Step(event(EventType.Deleted, before, null), before, null);
    }
    State after =
        new State(
            random.nextBoolean() ? before.a() : random.nextInt(3),
            random.nextBoolean() ? before.b() : random.nextInt(3),
            random.nextInt(3) > 0 ? before.text() : "text " + random.nextInt(3),
            random.nextBoolean() ? before.lines() : List.of(random.nextInt(3)));
    return new Step(event(EventType.Updated, before, after), before, after);
  }

  private State fresh() {
    return new State(
        random.nextInt(3),
        random.nextInt(3),
        "text " + random.nextInt(3),
        List.of(random.nextInt(3)));
  }

  /** As the entity room makes it: what is read back can be of any later moment. */
  private Event event(EventType type, @Nullable State before, @Nullable State after) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    ObjectNode data = Json.MAPPER.createObjectNode();
    ObjectNode previous = Json.MAPPER.createObjectNode();
    ArrayNode changed = json.arrayNode();
    ArrayNode unavailable = json.arrayNode();
    ArrayNode read = json.arrayNode();
    State state = Objects.requireNonNull(after == null ? before : after);
    data.put("id", 1);
    if (type != EventType.Deleted || full) {
      COLUMNS.forEach(name -> data.set(name, state.value(name)));
      data.set("lines", state.value("lines"));
    }
    if (type == EventType.Updated) {
      for (String name : List.of("a", "b", "text", "lines")) {
        JsonNode old = Objects.requireNonNull(before).value(name);
        if (!old.equals(state.value(name))) {
          previous.set(name, old);
          changed.add(name);
        }
      }
      if (!full && !previous.has("text") && random.nextBoolean()) {
        data.remove("text"); // large, and not in the log
        unavailable.add("text");
      }
    }
    if (type != EventType.Deleted) {
      lookUp(data, unavailable, read);
    }
    json.put("id", "evt_" + numbers++)
        .put("type", "order." + type.name().toLowerCase(Locale.ROOT))
        .put("event", type.name())
        .set("data", data);
    boolean unknown = !full && type != EventType.Created;
    json.set("previous", unknown ? json.nullNode() : previous);
    json.set("changed", unknown ? json.nullNode() : changed);
    if (!unavailable.isEmpty()) {
      json.set("unavailable", unavailable);
    }
    if (!read.isEmpty()) {
      json.set("read", read);
      json.put("readAt", "moment " + numbers);
    }
    return new Event(
        json.path("id").asText(), "Order", "1", type, Instant.EPOCH, Position.of(1), bytes(json));
  }

  private void lookUp(ObjectNode data, ArrayNode unavailable, ArrayNode read) {
    switch (random.nextInt(4)) {
      case 0 -> {
        data.remove("lines");
        unavailable.add("lines");
      }
      case 1 -> {
        read.add("lines");
        data.set("lines", Json.MAPPER.valueToTree(List.of(random.nextInt(3))));
      }
      default -> {} // all of them from the log
    }
    if (random.nextInt(4) == 0) {
      unavailable.add("customer");
    } else {
      read.add("customer");
      data.putObject("customer").put("name", "customer " + random.nextInt(3));
    }
  }

  private static Set<String> names(JsonNode list) {
    Set<String> names = new HashSet<>();
    list.forEach(name -> names.add(name.asText()));
    return names;
  }

  private static JsonNode json(Event event) {
    try {
      return Json.MAPPER.readTree(event.json());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] bytes(JsonNode json) {
    try {
      return Json.MAPPER.writeValueAsBytes(json);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
