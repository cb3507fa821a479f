package io.rowhook.entity.change;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.entity.NetChange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The arithmetic of net changes. Pure. */
public final class NetChangeMerger {

  private NetChangeMerger() {}

  /** What two changes of one entity, one after the other in one transaction, come to. */
  public static NetChange merge(NetChange earlier, NetChange later) {
    if (!earlier.existed() && earlier.after() == null) {
      return later; // nothing came of it, and a deferrable key may have had another row all the
      // time
    }
    if (isOfAnotherRow(earlier, later)) {
      return new NetChange(
          earlier.entityType(),
          earlier.entityId(),
          earlier.id(),
          true,
          earlier.existed() ? earlier.before() : later.before(),
          earlier.after(),
          earlier.unavailable(),
          Math.max(earlier.weight(), later.weight()));
    }
    ObjectNode before = earlier.before();
    if (before == null && earlier.existed()) {
      before = identityOf(earlier, later);
    }
    ObjectNode after = later.after();
    List<String> unavailable = later.unavailable();
    if (after != null && !unavailable.isEmpty()) {
      List<String> still = new ArrayList<>();
      after = fill(after, unavailable, earlier.after(), still);
      unavailable = still;
    }
    return new NetChange(
        later.entityType(),
        later.entityId(),
        later.id(),
        earlier.existed(),
        before,
        after,
        unavailable,
        Math.max(earlier.weight(), later.weight()));
  }

  /**
   * Returns true if what is deleted is not the row that the key has by now, but the one that had it
   * before: with a deferrable key a row may take the key of another that gives it up only later.
   * Such a key needs {@code REPLICA IDENTITY FULL}, so both rows are known whole.
   */
  private static boolean isOfAnotherRow(NetChange earlier, NetChange later) {
    ObjectNode deleted = later.before();
    ObjectNode now = earlier.after();
    if (later.after() != null || deleted == null || now == null) {
      return false;
    }
    boolean differs = false;
    for (var attribute : now.properties()) {
      JsonNode value = deleted.get(attribute.getKey());
      if (value == null) {
        return false;
      }
      differs = differs || !value.equals(attribute.getValue());
    }
    return differs;
  }

  /**
   * What is known of an entity before the transaction when its first change did not say: with an
   * identity that is not FULL a change of the identity, and a DELETE, have its columns, which had
   * not changed until then. The other columns could have been changed by the transaction itself, so
   * they stay unknown.
   */
  private static @Nullable ObjectNode identityOf(NetChange earlier, NetChange later) {
    ObjectNode last = later.before();
    ObjectNode known = earlier.after();
    if (last == null || (known != null && last.size() >= known.size())) {
      return null;
    }
    return last;
  }

  /**
   * A copy of a row with large values, unavailable in it, taken from another image of it. The
   * values are shared and never changed.
   */
  public static ObjectNode fill(
      ObjectNode row, List<String> unavailable, @Nullable ObjectNode from, List<String> still) {
    ObjectNode filled = Json.MAPPER.createObjectNode();
    filled.setAll(row);
    for (String name : unavailable) {
      JsonNode value = from == null ? null : from.get(name);
      if (value == null) {
        still.add(name);
      } else {
        filled.set(name, value);
      }
    }
    return filled;
  }

  /**
   * The names of the attributes that differ; null where that is not known, because the row before
   * is not known whole.
   */
  static @Nullable public List<String> changed(@Nullable ObjectNode before, ObjectNode after) {
    if (before == null) {
      return null;
    }
    List<String> changed = new ArrayList<>();
    for (var attribute : after.properties()) {
      JsonNode old = before.get(attribute.getKey());
      if (old == null) {
        return null;
      }
      if (!old.equals(attribute.getValue())) {
        changed.add(attribute.getKey());
      }
    }
    return changed;
  }
}
