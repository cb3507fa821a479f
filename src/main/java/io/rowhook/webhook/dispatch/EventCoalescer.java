package io.rowhook.webhook.dispatch;

import static io.rowhook.webhook.dispatch.EventJson.data;
import static io.rowhook.webhook.dispatch.EventJson.names;
import static io.rowhook.webhook.dispatch.EventJson.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.CoalescedEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive events of one entity become one: the newest, told to somebody who has heard of the
 * entity before the first of them and of none of them. Takes them one by one, so that no more than
 * one is in memory beside what they come to; what they come to may be merged on, with the same
 * result. These are the rules:
 *
 * <ul>
 *   <li><b>Event.</b> Deleted if the newest is. Otherwise Created if the recipient does not have
 *       the entity, and Updated if it has. It has it if the first of them is an Updated; it has it
 *       not if the first is a Created; if the first is a Deleted, what it was sent before decides.
 *       Where the first is a Snapshot nobody knows, and the whole is a Snapshot too. What the
 *       subscription does not ask for is told as what the newest is.
 *   <li><b>Data</b>, {@code read}, {@code readAt} and {@code unavailable} are the newest's. A value
 *       that is unavailable in it is taken from an event before only if it is certainly the same:
 *       it came from the log, and no event since has changed it. Parts and references that were
 *       read at another moment are never put into it.
 *   <li><b>Previous</b> has each attribute's value from before the first of them that changed it,
 *       {@code changed} names those that are now different from that, or unavailable, or read at
 *       another moment, which may be later than a change back. Across a Deleted and a Created all
 *       of the old row is compared but references, as in any event. Where one of them does not know
 *       what it changed, nor does the whole: null.
 *   <li><b>Own.</b> What the recipient has done itself ({@code not-from}) it knows: an attribute
 *       that its change has set has changed from there on only, so that a change back to what it
 *       was before is told; a list or an object that it and others have changed is told as changed,
 *       with null as {@code previous}; and an entity that it has made it has, one that it has
 *       deleted it has not.
 *   <li>A Deleted whose {@code data} is not what the recipient was sent last has the values that it
 *       was, as {@code previous}; where that is nothing new, it is sent as it is.
 * </ul>
 */
final class EventCoalescer {

  private final boolean isState; // the first says how it is, to somebody who may have it or not
  private boolean had; // by the recipient, before the first, or by its own doing since

  private final PreviousValues previous = new PreviousValues();
  private @Nullable JsonNode deleted; // its data, while it is gone
  private ObjectNode data;
  private ObjectNode newest;
  private Event event;

  /**
   * @param had whether the recipient has the entity by what it was sent before; asked of a Deleted
   */
  EventCoalescer(Event first, boolean had) {
    this.had =
        switch (first.type()) {
          case Created, Snapshot -> false;
          case Updated -> true;
          case Deleted -> had;
          default -> throw ofNoEntity(first);
        };
    this.isState = first.type() == EventType.Snapshot;
    this.event = first;
    this.newest = read(first);
    this.data = data(newest);
    changes();
    previous.keep(data, namesIn("read"));
    if (first.type() == EventType.Deleted) {
      deleted = data;
    }
  }

  /**
   * The next of the entity, in order. Also one that the recipient does not want, if one that it
   * wants comes after it.
   */
  void add(Event next) {
    ObjectNode before = newest;
    event = next;
    newest = read(next);
    data = data(newest);
    switch (next.type()) {
      case Updated -> {
        fill(before);
        changes();
      }
      case Created -> again();
      case Snapshot -> state(before);
      case Deleted -> {
        changes();
        deleted = data;
      }
      default -> throw ofNoEntity(next);
    }
    previous.forgetUnchanged(data, namesIn("read"));
  }

  /** The next of the entity, in order, which is the recipient's own doing. */
  void addOwn(Event next) {
    ObjectNode before = newest;
    event = next;
    newest = read(next);
    data = data(newest);
    switch (next.type()) {
      case Updated -> {
        fill(before);
        previous.know(newest.path("changed").isArray());
        previous.changedByItself(namesIn("changed"), data);
      }
      case Created -> {
        previous.clear();
        had = true;
        deleted = null;
      }
      case Deleted -> {
        previous.clear();
        had = false;
        deleted = data;
      }
      case Snapshot -> state(before);
      default -> throw ofNoEntity(next);
    }
    previous.forgetUnchanged(data, namesIn("read"));
  }

  /** Settings let no subscription have the latest only of what happens to Rowhook itself. */
  private static IllegalArgumentException ofNoEntity(Event event) {
    return new IllegalArgumentException("nothing is merged of " + event);
  }

  /**
   * What is sent instead of the newest; null: that one as it is.
   *
   * @param wanted types of events that the recipient gets
   */
  @Nullable CoalescedEvent coalesced(Set<EventType> wanted) {
    EventType type = type();
    if (!wanted.contains(type)) {
      type = event.type();
    }
    JsonNode own = newest.path("previous");
    previous.write(newest, data, says(type));
    if (type == EventType.Deleted && own.equals(newest.path("previous"))) {
      return null;
    }
    newest.put("type", typed(type).topic());
    newest.put("event", type.name());
    try {
      return new CoalescedEvent(type, Json.MAPPER.writeValueAsBytes(newest));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
  }

  private EventType type() {
    if (event.type() == EventType.Deleted) {
      return EventType.Deleted;
    }
    if (isState) {
      return EventType.Snapshot;
    }
    return had ? EventType.Updated : EventType.Created;
  }

  /** What this event says that it has changed. */
  private void changes() {
    if (!says(event.type())) {
      return;
    }
    JsonNode changed = newest.path("changed");
    previous.know(changed.isArray());
    for (JsonNode name : changed) {
      JsonNode old = newest.path("previous").get(name.asText());
      previous.add(name.asText(), old == null ? data.nullNode() : old);
    }
  }

  /** Whether an event of this type says what has changed. */
  private static boolean says(EventType type) {
    return type == EventType.Updated || type == EventType.Deleted;
  }

  /** How it is now: compared with how it was. */
  private void state(ObjectNode before) {
    JsonNode last = deleted == null ? data(before) : deleted;
    deleted = null;
    Set<String> names = new HashSet<>(names(data));
    last.fieldNames().forEachRemaining(names::remove);
    previous.know(names.isEmpty());
    for (Map.Entry<String, JsonNode> old : last.properties()) {
      if (!old.getValue().equals(data.get(old.getKey()))) {
        previous.add(old.getKey(), old.getValue());
      }
    }
  }

  /** Created when it was there before: compared with what was deleted. */
  private void again() {
    JsonNode last = deleted;
    deleted = null;
    if (last == null) {
      previous.know(false); // its end is not among them
      return;
    }
    Set<String> references = references();
    Set<String> names = new HashSet<>(names(data));
    last.fieldNames().forEachRemaining(names::remove);
    names.removeAll(references);
    previous.know(names.isEmpty()); // without the replica identity it has only the key
    for (Map.Entry<String, JsonNode> old : last.properties()) {
      if (!references.contains(old.getKey())) {
        previous.add(old.getKey(), old.getValue());
      }
    }
  }

  /** Of a Created, which has all its columns from the log: what was looked up, and is no list. */
  private Set<String> references() {
    Set<String> references = namesIn("read");
    references.removeIf(name -> data.path(name).isArray());
    return references;
  }

  /**
   * A large value that did not change is not in the log; it is what it was before. So is a part
   * that this event knows it has not changed, if it came from the log.
   */
  private void fill(ObjectNode before) {
    Set<String> changed = namesIn("changed");
    boolean changesAreKnown = newest.path("changed").isArray();
    Set<String> readBefore = new HashSet<>();
    before.path("read").forEach(name -> readBefore.add(name.asText()));
    ArrayNode left = newest.arrayNode();
    for (String name : namesIn("unavailable")) {
      JsonNode value = data(before).get(name);
      boolean same =
          value != null
              && !readBefore.contains(name)
              && (changesAreKnown ? !changed.contains(name) : value.isValueNode());
      if (same) {
        data.set(name, value);
      } else {
        left.add(name);
      }
    }
    if (left.isEmpty()) {
      newest.remove("unavailable");
    } else {
      newest.set("unavailable", left);
    }
  }

  /** In the order of the event. */
  private Set<String> namesIn(String list) {
    Set<String> names = new LinkedHashSet<>();
    newest.path(list).forEach(name -> names.add(name.asText()));
    return names;
  }

  private Event typed(EventType type) {
    return new CoalescedEvent(type, event.json()).in(event);
  }
}
