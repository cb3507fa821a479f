package io.rowhook.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.ExactJson;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.Merged;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Events of one entity become one: the newest, with the old values from before the first. Takes
 * them one by one, so that no more than one is in memory beside what they come to.
 *
 * <ul>
 *   <li>{@code previous} has the oldest value of each attribute that changed in any of them; {@code
 *       changed} names those that ended different from it. Where one of them does not know what it
 *       changed, the whole does not: null.
 *   <li>Created and then Updated is Created. Deleted at the end is Deleted, as it is; also after a
 *       Created, since the recipient may have got that one before a kill. Deleted and created again
 *       is Updated.
 * </ul>
 */
final class Merging {

  private final Map<String, JsonNode> previous = new LinkedHashMap<>();
  private boolean created; // to the recipient it is new
  private boolean known = true; // what has changed
  private @Nullable JsonNode deleted; // its data, while it is gone
  private ObjectNode data;
  private ObjectNode newest;
  private Event event;

  Merging(Event first) {
    this.event = first;
    this.newest = read(first);
    this.data = data(newest);
    enter();
  }

  /** The next of the entity, in order. */
  void add(Event next) {
    ObjectNode before = data;
    event = next;
    newest = read(next);
    data = data(newest);
    if (next.type() == EventType.Updated) {
      fill(before);
    }
    if (next.type() == EventType.Created) {
      again();
    } else {
      enter();
    }
  }

  /**
   * What is sent instead of the newest; null: that one as it is.
   *
   * @param wanted types of events that the recipient gets
   */
  @Nullable Merged merged(Set<EventType> wanted) {
    if (event.type() == EventType.Deleted) {
      return null;
    }
    EventType type = created ? EventType.Created : EventType.Updated;
    if (!wanted.contains(type)) {
      type = event.type();
    }
    newest.put("type", typed(type).topic());
    newest.put("event", type.name());
    writeChange(type);
    try {
      return new Merged(type, ExactJson.MAPPER.writeValueAsBytes(newest));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
  }

  private void enter() {
    switch (event.type()) {
      case Created -> created = true;
      case Deleted -> deleted = data;
      case Updated -> {
        JsonNode changed = newest.path("changed");
        known &= changed.isArray();
        for (JsonNode name : changed) {
          JsonNode old = newest.path("previous").get(name.asText());
          previous.putIfAbsent(name.asText(), old == null ? data.nullNode() : old);
        }
      }
    }
  }

  /** Created when it was there before: compared with what was deleted, if that is known whole. */
  private void again() {
    JsonNode last = deleted;
    deleted = null;
    if (last == null) { // its end was not wanted, so to the recipient it is new
      created = true;
      previous.clear();
      known = true;
      return;
    }
    Set<String> names = new HashSet<>();
    data.fieldNames().forEachRemaining(names::add);
    last.fieldNames().forEachRemaining(names::remove);
    known &= names.isEmpty();
    last.properties().forEach(old -> previous.putIfAbsent(old.getKey(), old.getValue()));
  }

  /** A large value that did not change is not in the log; it is what it was before. */
  private void fill(ObjectNode before) {
    JsonNode unavailable = newest.path("unavailable");
    ArrayNode left = newest.arrayNode();
    for (JsonNode name : unavailable) {
      JsonNode value = before.get(name.asText());
      if (value == null) {
        left.add(name);
      } else {
        data.set(name.asText(), value);
      }
    }
    if (left.isEmpty()) {
      newest.remove("unavailable");
    } else {
      newest.set("unavailable", left);
    }
  }

  private void writeChange(EventType type) {
    ObjectNode old = newest.objectNode();
    ArrayNode changed = newest.arrayNode();
    if (type == EventType.Updated) {
      for (String name : names()) {
        JsonNode before = previous.get(name);
        if (before != null && !before.equals(data.get(name))) {
          old.set(name, before);
          changed.add(name);
        }
      }
    }
    boolean unknown = type == EventType.Updated && !known;
    newest.set("previous", unknown ? newest.nullNode() : old);
    newest.set("changed", unknown ? newest.nullNode() : changed);
  }

  /** In the order of the attributes. */
  private List<String> names() {
    List<String> names = new ArrayList<>();
    data.fieldNames().forEachRemaining(names::add);
    previous.keySet().stream().filter(name -> !data.has(name)).forEach(names::add);
    return names;
  }

  private Event typed(EventType type) {
    return new Merged(type, event.json()).in(event);
  }

  private static ObjectNode data(ObjectNode event) {
    return event.get("data") instanceof ObjectNode data ? data : event.objectNode();
  }

  private static ObjectNode read(Event event) {
    try {
      return (ObjectNode) ExactJson.MAPPER.readTree(event.json());
    } catch (IOException e) {
      throw new IllegalStateException("event " + event.id() + " is no JSON object", e);
    }
  }
}
