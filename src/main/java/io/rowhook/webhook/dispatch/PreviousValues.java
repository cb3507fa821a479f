package io.rowhook.webhook.dispatch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a recipient has of an entity where it is not as the entity is now: the values from before
 * what has changed, by attribute. Of one {@link EventCoalescer}, which has the rules.
 */
final class PreviousValues {

  /** Of what has changed, and not back again as far as is known. */
  private final Map<String, JsonNode> values = new LinkedHashMap<>();

  /** Of these, what is told whatever it is: of what the recipient has, a part is unknown. */
  private final Set<String> kept = new HashSet<>();

  private boolean known = true; // what has changed

  /** An attribute has changed from this; only the first time is what the recipient has. */
  void add(String name, JsonNode old) {
    values.putIfAbsent(name, old);
  }

  /** Takes note of whether it is known all that has changed now. */
  void know(boolean all) {
    known &= all;
  }

  /**
   * Those are of one that was merged before: only there a change may be unknown, or none.
   *
   * @param read names of what was read at another moment
   */
  void keep(ObjectNode data, Set<String> read) {
    values.forEach((name, old) -> {
      boolean unknown = old.isNull() && data.path(name).isContainerNode();
      if (!read.contains(name) && (unknown || old.equals(data.get(name)))) {
        kept.add(name);
      }
    });
  }

  /**
   * The recipient has what it has changed; of a list or an object it has its own part only, so that
   * it is unknown what it has.
   */
  void changedByItself(Set<String> names, ObjectNode data) {
    for (String name : names) {
      JsonNode old = values.get(name);
      if (old != null && (old.isContainerNode() || data.path(name).isContainerNode())) {
        values.put(name, data.nullNode());
        kept.add(name);
      } else {
        values.remove(name);
      }
    }
  }

  /** The recipient has all of it as it is now. */
  void clear() {
    values.clear();
    kept.clear();
    known = true;
  }

  /**
   * Forgets what is as it was.
   *
   * @param read names of what was read at another moment, which says nothing
   */
  void forgetUnchanged(ObjectNode data, Set<String> read) {
    values
        .entrySet()
        .removeIf(old ->
            !read.contains(old.getKey())
                && !kept.contains(old.getKey())
                && old.getValue().equals(data.get(old.getKey())));
  }

  /**
   * Writes {@code previous} and {@code changed} of an event, in the order of its data.
   *
   * @param says whether it is of a type that says what has changed
   */
  void write(ObjectNode event, ObjectNode data, boolean says) {
    ObjectNode old = event.objectNode();
    ArrayNode changed = event.arrayNode();
    if (says) {
      List<String> names = new ArrayList<>();
      data.fieldNames().forEachRemaining(names::add);
      names.retainAll(values.keySet());
      values.keySet().stream().filter(name -> !data.has(name)).forEach(names::add);
      for (String name : names) {
        old.set(name, values.get(name));
        changed.add(name);
      }
    }
    boolean unknown = says && !known;
    event.set("previous", unknown ? event.nullNode() : old);
    event.set("changed", unknown ? event.nullNode() : changed);
  }
}
