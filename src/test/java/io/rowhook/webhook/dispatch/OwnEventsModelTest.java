package io.rowhook.webhook.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.CoalescedEvent;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A recipient that writes back, and takes of an Updated what {@code changed} names and nothing
 * else: random histories of one entity, of which it is told the newest only, and of its own doing
 * nothing. After each webhook it has what the source has. {@code -Dseed=N} begins elsewhere, {@code
 * -Drounds=N} goes on for longer.
 */
@Tag("feature-62")
class OwnEventsModelTest {

  private static final long SEED = Long.getLong("seed", 1L);
  private static final int ROUNDS = Integer.getInteger("rounds", 5000);
  private static final Set<EventType> ALL = Set.of(EventType.values());
  private static final List<String> COLUMNS = List.of("a", "b", "lines");

  private Random random = new Random();

  /**
   * One event; {@code after} is null where the entity is gone, {@code own} of the recipient's
   * doing.
   */
  private record Step(
      Event event, @Nullable ObjectNode before, @Nullable ObjectNode after, boolean own) {}

  @Test
  void whatIsToldOfAndWhatItDidItselfTogetherAreAll() {
    for (int round = 0; round < ROUNDS; round++) {
      random = new Random(SEED + round);
      history("seed " + (SEED + round));
    }
  }

  private void history(String seed) {
    ObjectNode source = random.nextBoolean() ? fresh() : null;
    ObjectNode recipient = source == null ? null : source.deepCopy();
    for (int segment = 0; segment < 4; segment++) {
      List<Step> steps = new ArrayList<>();
      int length = 1 + random.nextInt(7);
      for (int i = 0; i < length; i++) {
        // the first and the last are told of: what is own after them waits for the next
        Step step = step(source, i > 0 && i < length - 1 && random.nextBoolean());
        steps.add(step);
        source = step.after();
      }
      ObjectNode known = recipient; // what it has when it is told
      for (Step step : steps) {
        known = step.own() ? done(known, step) : known;
      }
      Event merged = merge(steps, recipient != null);
      recipient = told(known, merged);
      assertThat(recipient)
          .as("%s, segment %d of %s: %s", seed, segment, steps, json(merged))
          .isEqualTo(source);
    }
  }

  /** What its own change makes of what it has: of a list only what it changes there. */
  private static @Nullable ObjectNode done(@Nullable ObjectNode known, Step step) {
    ObjectNode after = step.after();
    ObjectNode before = step.before();
    if (after == null || before == null || known == null) {
      return after == null ? null : after.deepCopy();
    }
    ObjectNode done = known.deepCopy();
    for (String name : COLUMNS) {
      if (!after.get(name).equals(before.get(name))) {
        if (name.equals("lines")) {
          ObjectNode lines = (ObjectNode) done.get(name);
          for (String line : List.of("x", "y")) {
            if (!after.get(name).get(line).equals(before.get(name).get(line))) {
              lines.set(line, after.get(name).get(line));
            }
          }
        } else {
          done.set(name, after.get(name));
        }
      }
    }
    return done;
  }

  private static @Nullable ObjectNode told(@Nullable ObjectNode known, Event event) {
    ObjectNode data = (ObjectNode) json(event).path("data");
    return switch (event.type()) {
      case Deleted -> null;
      case Created, Snapshot -> data.deepCopy();
      case Updated -> {
        ObjectNode now = Objects.requireNonNull(known, "an Updated is of what it has").deepCopy();
        json(event)
            .path("changed")
            .forEach(name -> now.set(name.asText(), data.get(name.asText())));
        yield now;
      }
      default -> throw new IllegalArgumentException("of no entity: " + event);
    };
  }

  /** In one go, or as it happens: merged, kept, and merged on. */
  private Event merge(List<Step> steps, boolean had) {
    Event last = steps.getFirst().event();
    if (steps.size() == 1) {
      return last;
    }
    EventCoalescer coalescer = new EventCoalescer(last, had);
    boolean has = had;
    for (Step step : steps.subList(1, steps.size())) {
      if (!step.own()) {
        last = step.event();
        coalescer.add(last);
        if (random.nextInt(3) == 0) {
          last = as(coalescer.coalesced(ALL), last);
          coalescer = new EventCoalescer(last, has);
        }
      } else {
        coalescer.addOwn(step.event());
        has = (has && step.after() != null) || step.before() == null;
      }
    }
    return as(coalescer.coalesced(ALL), last);
  }

  private static Event as(@Nullable CoalescedEvent coalesced, Event event) {
    return coalesced == null ? event : coalesced.in(event);
  }

  private Step step(@Nullable ObjectNode before, boolean own) {
    if (before == null) {
      ObjectNode after = fresh();
      return new Step(event(EventType.Created, null, after), null, after, own);
    }
    if (random.nextInt(6) == 0) {
      return new Step(event(EventType.Deleted, before, null), before, null, own);
    }
    ObjectNode after = before.deepCopy();
    while (after.equals(before)) {
      switch (random.nextInt(4)) {
        case 0 -> after.put("a", random.nextInt(3));
        case 1 -> after.put("b", random.nextInt(3));
        case 2 -> ((ObjectNode) after.get("lines")).put("x", random.nextInt(3));
        default -> ((ObjectNode) after.get("lines")).put("y", random.nextInt(3));
      }
    }
    return new Step(event(EventType.Updated, before, after), before, after, own);
  }

  private ObjectNode fresh() {
    ObjectNode row = Json.MAPPER.createObjectNode();
    row.put("a", random.nextInt(3)).put("b", random.nextInt(3));
    row.putObject("lines").put("x", random.nextInt(3)).put("y", random.nextInt(3));
    return row;
  }

  private static Event event(
      EventType type, @Nullable ObjectNode before, @Nullable ObjectNode after) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    ObjectNode previous = json.objectNode();
    json.put("event", type.name()).set("data", after == null ? before : after);
    json.set("previous", previous);
    var changed = json.putArray("changed");
    if (before != null && after != null) {
      for (String name : COLUMNS) {
        if (!before.get(name).equals(after.get(name))) {
          previous.set(name, before.get(name));
          changed.add(name);
        }
      }
    }
    try {
      return new Event(
          "evt_1",
          "Order",
          "1",
          type,
          Instant.EPOCH,
          Position.of(1),
          Json.MAPPER.writeValueAsBytes(json));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode json(Event event) {
    try {
      return Json.MAPPER.readTree(event.json());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
