package io.rowhook.entity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.RowKey;
import io.rowhook.entity.PartHistory.RowState;
import io.rowhook.entity.RowMapper.Unmappable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes of one entity that a transaction has touched what its event will say: its net change, with
 * its parts and what it names. Pure; any thread.
 *
 * <p>What the log has is used: of the root, of rows of parts, and of other transactions of the same
 * batch. The rest is as it was read, which may be newer, and is marked. Where the root row is gone
 * meanwhile the log's rows are used alone, and what is left out is named.
 */
final class Composer {

  private Composer() {}

  /**
   * Makes the drafts of one entity: none where nothing is left of the change, two where its id has
   * changed.
   *
   * @param found null: nothing had to be read
   * @param followed whether what was not found was not there; else it may be gone since
   * @throws Unmappable if the entity's id can no longer be known
   */
  static void compose(
      Touched entity, @Nullable Found found, boolean followed, Consumer<Draft> drafts)
      throws Unmappable {
    if (entity.roots().isEmpty()) {
      if (found == null) {
        throw new IllegalStateException("an entity whose root is not logged has to be read");
      }
      if (Presence.existsForUs(entity, found, followed)) {
        drafts.accept(partsOnly(entity, found));
      }
      return;
    }
    for (NetChange root : entity.roots()) {
      Draft draft =
          root.after() == null
              ? gone(entity, root, found)
              : there(entity, root, root.after(), found);
      if (draft != null) {
        drafts.accept(draft);
      }
    }
  }

  private static @Nullable Draft gone(Touched entity, NetChange root, @Nullable Found found) {
    if (!root.existed()) {
      return null;
    }
    ObjectNode data = copy(root.before());
    Set<String> missing = new LinkedHashSet<>();
    Set<String> read = new LinkedHashSet<>();
    if (found != null && entity.shape().isRead()) {
      PartView view =
          entity.mayHaveParts() // under another id, or hidden
              ? PartView.before(entity, found)
              : PartView.taken(entity, found);
      view.fill(data, entity.key(), missing);
      entity.shape().links().forEach(link -> read.add(link.name()));
      if (entity.mayHaveParts() && !entity.isThere()) {
        entity.shape().type().parts().forEach(part -> read.add(part.name()));
      }
      read.removeAll(missing);
    }
    return draft(EventType.Deleted, entity, root, data, null, List.of(), missing, read, found);
  }

  private static @Nullable Draft there(
      Touched entity, NetChange root, ObjectNode after, @Nullable Found found) {
    Set<String> missing = new LinkedHashSet<>();
    Set<String> read = new LinkedHashSet<>();
    List<String> still = new ArrayList<>();
    ObjectNode own =
        root.unavailable().isEmpty() && entity.shape().isPlain()
            ? after // nothing will be put into it
            : NetChanges.fill(after, root.unavailable(), root.before(), still);
    List<String> changed =
        root.existed()
            ? entity.shape().told(NetChanges.changed(root.before(), own))
            : new ArrayList<>();
    if (found != null && !still.isEmpty()) {
      take(still, entity, found, own, read);
    }
    still.stream().filter(name -> !own.has(name)).forEach(missing::add);
    if (changed != null && root.existed()) {
      changed.addAll(entity.changedParts());
      if (changed.isEmpty()) {
        return null;
      }
    }
    ObjectNode before = root.existed() ? root.before() : null;
    if (found != null && entity.shape().isRead()) {
      boolean whole = Presence.isWhole(entity, found);
      PartView view = whole ? PartView.after(entity, found) : PartView.logged(entity, found);
      Set<String> unread = new LinkedHashSet<>();
      view.fill(own, entity.key(), unread);
      if (before != null) {
        before = before(entity, found, copy(before));
      }
      missing.addAll(unread);
      mark(entity, whole, root.existed(), unread, read, missing);
    }
    EventType type = root.existed() ? EventType.Updated : EventType.Created;
    return draft(type, entity, root, own, before, changed, missing, read, found);
  }

  /** Large values that are not in the log: from an earlier transaction's row, or as read. */
  private static void take(
      List<String> names, Touched entity, Found found, ObjectNode own, Set<String> read) {
    Optional<ObjectNode> earlier =
        entity.history().root(entity.position()) instanceof RowState.Present row
            ? Optional.of(row.row())
            : Optional.empty();
    Optional<ObjectNode> now = found.root(entity);
    for (String name : names) {
      if (earlier.filter(row -> row.has(name)).isPresent()) {
        own.set(name, earlier.get().get(name));
      } else if (now.filter(row -> row.has(name)).isPresent()) {
        own.set(name, now.get().get(name));
        read.add(name);
      }
    }
  }

  /** What of parts and references was read, and what is not whole since the root row is gone. */
  private static void mark(
      Touched entity,
      boolean whole,
      boolean existed,
      Set<String> unread,
      Set<String> read,
      Set<String> missing) {
    for (Part part : entity.shape().type().parts()) {
      if (!whole && existed) {
        missing.add(part.name());
      } else if (whole && !unread.contains(part.name())) {
        read.add(part.name());
      }
    }
    entity.shape().links().stream()
        .map(Link::name)
        .filter(name -> !unread.contains(name))
        .forEach(read::add);
  }

  /** The transaction touched parts only: the root's own values are read too. */
  private static Draft partsOnly(Touched entity, Found found) throws Unmappable {
    Shape shape = entity.shape();
    RowKey key = entity.key().orElseThrow();
    Set<String> missing = new LinkedHashSet<>();
    Set<String> read = new LinkedHashSet<>();
    ObjectNode data = Json.MAPPER.createObjectNode();
    boolean isKnown = putRoot(entity, found, data, read);
    if (!isKnown) {
      data.setAll(keyAlone(shape, key));
    }
    boolean whole = Presence.isWhole(entity, found);
    PartView view = whole ? PartView.after(entity, found) : PartView.logged(entity, found);
    Set<String> unread = new LinkedHashSet<>();
    JsonNode id = RowMapper.id(shape.id(), data); // before a reference takes a column's place
    view.fill(data, entity.key(), unread);
    data.remove(shape.role().hidden());
    read.removeAll(shape.role().hidden());
    shape.role().shown().stream().filter(name -> !data.has(name)).forEach(missing::add);
    mark(entity, whole, true, unread, read, missing);
    missing.addAll(unread);
    if (!isKnown) {
      for (Link link : shape.links()) {
        data.remove(link.name()); // its key is not known
        missing.add(link.name());
        read.remove(link.name());
      }
    }
    return new Draft(
        EventType.Updated,
        shape.name(),
        id,
        data,
        before(entity, found, Json.MAPPER.createObjectNode()),
        entity.changedParts(),
        missing,
        read,
        read.isEmpty() ? null : found.at());
  }

  /**
   * The root row after the transaction, which did not touch it: as another of the batch has it in
   * the log, or else as it was read. False: it is not known.
   */
  private static boolean putRoot(Touched entity, Found found, ObjectNode data, Set<String> read) {
    List<String> asRead = entity.shape().role().columns();
    boolean isKnown = false;
    if (entity.history().root(entity.position()) instanceof RowState.Present logged) {
      data.setAll(logged.row());
      asRead = logged.unavailable();
      isKnown = true;
    }
    Optional<ObjectNode> now = found.root(entity);
    if (now.isPresent()) {
      for (String name : asRead) {
        if (now.get().has(name)) {
          data.set(name, now.get().get(name));
          read.add(name);
        }
      }
      isKnown = true;
    }
    return isKnown;
  }

  /** Adds the parts as they were to what the root was; null where that is not known. */
  private static ObjectNode before(Touched entity, Found found, ObjectNode root) {
    PartView view = PartView.before(entity, found);
    view.embed(root, entity.shape().replaced(root), "", new HashSet<>());
    Set<String> unknown = new HashSet<>();
    for (Shape.Node part : entity.shape().parts()) {
      if (entity.changes(part).stream().anyMatch(change -> !isKnown(change, part))) {
        unknown.add(part.attribute());
      }
    }
    for (Shape.Node part : entity.shape().parts()) {
      if (part.parent() == null) {
        String name = part.part().name();
        ArrayNode list =
            entity.key().map(key -> view.list(part, key, new HashSet<>())).orElse(null);
        boolean known = list != null && !unknown.contains(name) && view.isComplete(name);
        root.set(name, known ? list : NullNode.getInstance());
      }
    }
    return root;
  }

  private static boolean isKnown(NetChange change, Shape.Node part) {
    return !change.existed() || (change.before() != null && part.logged());
  }

  private static ObjectNode keyAlone(Shape shape, RowKey key) {
    ObjectNode data = Json.MAPPER.createObjectNode();
    for (int i = 0; i < shape.key().size(); i++) {
      data.set(shape.key().get(i), key.values().get(i));
    }
    return data;
  }

  private static ObjectNode copy(@Nullable ObjectNode row) {
    ObjectNode copy = Json.MAPPER.createObjectNode();
    if (row != null) {
      copy.setAll(row); // the values are shared and never changed
    }
    return copy;
  }

  private static Draft draft(
      EventType type,
      Touched entity,
      NetChange root,
      ObjectNode data,
      @Nullable ObjectNode before,
      @Nullable List<String> changed,
      Set<String> missing,
      Set<String> read,
      @Nullable Found found) {
    Set<String> hidden = entity.shape().role().hidden();
    if (!hidden.isEmpty()) {
      data.remove(hidden);
      missing.removeAll(hidden);
      read.removeAll(hidden);
    }
    return new Draft(
        type,
        entity.shape().name(),
        root.id(),
        data,
        before,
        changed,
        missing,
        read,
        found == null || read.isEmpty() ? null : found.at());
  }
}
