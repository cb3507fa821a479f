package io.rowhook.entity.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.RowKey;
import io.rowhook.entity.EventType;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.aggregate.AggregateChange;
import io.rowhook.entity.aggregate.ChildRowHistory.RowState;
import io.rowhook.entity.aggregate.ReadBackRows;
import io.rowhook.entity.change.NetChangeMerger;
import io.rowhook.entity.change.RowChangeMapper;
import io.rowhook.entity.change.RowChangeMapper.UnmappableException;
import io.rowhook.entity.schema.EntitySchema;
import io.rowhook.entity.schema.LookupLink;
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
public final class EventComposer {

  private EventComposer() {}

  /**
   * Makes the drafts of one entity: none where nothing is left of the change, two where its id has
   * changed.
   *
   * @param readBack null: nothing had to be read
   * @param followed whether what was not found was not there; else it may be gone since
   * @throws UnmappableException if the entity's id can no longer be known
   */
  public static void compose(
      AggregateChange entity,
      @Nullable ReadBackRows readBack,
      boolean followed,
      Consumer<EventDraft> drafts)
      throws UnmappableException {
    if (entity.roots().isEmpty()) {
      if (readBack == null) {
        throw new IllegalStateException("an entity whose root is not logged has to be read");
      }
      if (Presence.existsForUs(entity, readBack, followed)) {
        drafts.accept(partsOnly(entity, readBack));
      }
      return;
    }
    for (NetChange root : entity.roots()) {
      EventDraft draft =
          root.after() == null
              ? gone(entity, root, readBack)
              : there(entity, root, root.after(), readBack);
      if (draft != null) {
        drafts.accept(draft);
      }
    }
  }

  private static @Nullable EventDraft gone(
      AggregateChange entity, NetChange root, @Nullable ReadBackRows readBack) {
    if (!root.existed()) {
      return null;
    }
    ObjectNode data = copy(root.before());
    Set<String> missing = new LinkedHashSet<>();
    Set<String> read = new LinkedHashSet<>();
    Set<String> named = EntityNames.of(entity.schema(), data, null);
    if (readBack != null && entity.schema().isRead()) {
      ChildRowsView view =
          entity.mayHaveParts() // under another id, or hidden
              ? ChildRowsView.before(entity, readBack)
              : ChildRowsView.taken(entity, readBack);
      view.fill(data, entity.key(), missing);
      named.addAll(view.named());
      entity.schema().links().forEach(link -> read.add(link.name()));
      if (entity.mayHaveParts() && !entity.isThere()) {
        entity.schema().type().parts().forEach(part -> read.add(part.name()));
      }
      read.removeAll(missing);
    }
    return draft(
        EventType.Deleted, entity, root, data, null, List.of(), missing, read, named, readBack);
  }

  private static @Nullable EventDraft there(
      AggregateChange entity, NetChange root, ObjectNode after, @Nullable ReadBackRows readBack) {
    Set<String> missing = new LinkedHashSet<>();
    Set<String> read = new LinkedHashSet<>();
    List<String> still = new ArrayList<>();
    ObjectNode own =
        root.unavailable().isEmpty() && entity.schema().isPlain()
            ? after // nothing will be put into it
            : NetChangeMerger.fill(after, root.unavailable(), root.before(), still);
    List<String> changed =
        root.existed()
            ? entity.schema().shownChanges(NetChangeMerger.changed(root.before(), own))
            : new ArrayList<>();
    if (readBack != null && !still.isEmpty()) {
      take(still, entity, readBack, own, read);
    }
    still.stream().filter(name -> !own.has(name)).forEach(missing::add);
    if (changed != null && root.existed()) {
      changed.addAll(entity.changedParts());
      if (changed.isEmpty()) {
        return null;
      }
    }
    ObjectNode before = root.existed() ? root.before() : null;
    Set<String> named = EntityNames.of(entity.schema(), own, before);
    if (readBack != null && entity.schema().isRead()) {
      boolean whole = Presence.isWhole(entity, readBack);
      ChildRowsView view =
          whole ? ChildRowsView.after(entity, readBack) : ChildRowsView.logged(entity, readBack);
      Set<String> unread = new LinkedHashSet<>();
      view.fill(own, entity.key(), unread);
      named.addAll(view.named());
      if (before != null) {
        before = before(entity, readBack, copy(before), named);
      }
      missing.addAll(unread);
      Presence.mark(entity, whole, root.existed(), unread, read, missing);
    }
    EventType type = root.existed() ? EventType.Updated : EventType.Created;
    return draft(type, entity, root, own, before, changed, missing, read, named, readBack);
  }

  /** Large values that are not in the log: from an earlier transaction's row, or as read. */
  private static void take(
      List<String> names,
      AggregateChange entity,
      ReadBackRows readBack,
      ObjectNode own,
      Set<String> read) {
    Optional<ObjectNode> earlier =
        entity.history().root(entity.position()) instanceof RowState.Present row
            ? Optional.of(row.row())
            : Optional.empty();
    Optional<ObjectNode> now = readBack.root(entity);
    for (String name : names) {
      if (earlier.filter(row -> row.has(name)).isPresent()) {
        own.set(name, earlier.get().get(name));
      } else if (now.filter(row -> row.has(name)).isPresent()) {
        own.set(name, now.get().get(name));
        read.add(name);
      }
    }
  }

  /** The transaction touched parts only: the root's own values are read too. */
  private static EventDraft partsOnly(AggregateChange entity, ReadBackRows readBack)
      throws UnmappableException {
    EntitySchema schema = entity.schema();
    RowKey key = entity.key().orElseThrow();
    Set<String> missing = new LinkedHashSet<>();
    Set<String> read = new LinkedHashSet<>();
    ObjectNode data = Json.MAPPER.createObjectNode();
    boolean isKnown = putRoot(entity, readBack, data, read);
    if (!isKnown) {
      data.setAll(keyAlone(schema, key));
    }
    boolean whole = Presence.isWhole(entity, readBack);
    ChildRowsView view =
        whole ? ChildRowsView.after(entity, readBack) : ChildRowsView.logged(entity, readBack);
    Set<String> unread = new LinkedHashSet<>();
    JsonNode id =
        RowChangeMapper.id(schema.id(), data); // before a reference takes a column's place
    Set<String> named = EntityNames.of(schema, data, null);
    view.fill(data, entity.key(), unread);
    named.addAll(view.named());
    data.remove(schema.role().hidden());
    read.removeAll(schema.role().hidden());
    schema.role().shown().stream().filter(name -> !data.has(name)).forEach(missing::add);
    Presence.mark(entity, whole, true, unread, read, missing);
    missing.addAll(unread);
    if (!isKnown) {
      for (LookupLink link : schema.links()) {
        data.remove(link.name()); // its key is not known
        missing.add(link.name());
        read.remove(link.name());
      }
    }
    ObjectNode before = before(entity, readBack, Json.MAPPER.createObjectNode(), named);
    return new EventDraft(
        EventType.Updated,
        schema.name(),
        id,
        data,
        before,
        entity.changedParts(),
        missing,
        read,
        EntityNames.others(named, EventType.Updated, schema, id),
        read.isEmpty() ? null : readBack.at());
  }

  /**
   * The root row after the transaction, which did not touch it: as another of the batch has it in
   * the log, or else as it was read. False: it is not known.
   */
  private static boolean putRoot(
      AggregateChange entity, ReadBackRows readBack, ObjectNode data, Set<String> read) {
    List<String> asRead = entity.schema().role().columns();
    boolean isKnown = false;
    if (entity.history().root(entity.position()) instanceof RowState.Present logged) {
      data.setAll(logged.row());
      asRead = logged.unavailable();
      isKnown = true;
    }
    Optional<ObjectNode> now = readBack.root(entity);
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
  private static ObjectNode before(
      AggregateChange entity, ReadBackRows readBack, ObjectNode root, Set<String> named) {
    ChildRowsView view = ChildRowsView.before(entity, readBack);
    view.embed(root, entity.schema().replaced(root), "", new HashSet<>());
    Set<String> unknown = new HashSet<>();
    for (EntitySchema.Node part : entity.schema().parts()) {
      if (entity.changes(part).stream().anyMatch(change -> !isKnown(change, part))) {
        unknown.add(part.attribute());
      }
    }
    for (EntitySchema.Node part : entity.schema().parts()) {
      if (part.parent() == null) {
        String name = part.part().name();
        ArrayNode list =
            entity.key().map(key -> view.list(part, key, new HashSet<>())).orElse(null);
        boolean known = list != null && !unknown.contains(name) && view.isComplete(name);
        root.set(name, known ? list : NullNode.getInstance());
      }
    }
    named.addAll(view.named());
    return root;
  }

  private static boolean isKnown(NetChange change, EntitySchema.Node part) {
    return !change.existed() || (change.before() != null && part.logged());
  }

  private static ObjectNode keyAlone(EntitySchema schema, RowKey key) {
    ObjectNode data = Json.MAPPER.createObjectNode();
    for (int i = 0; i < schema.key().size(); i++) {
      data.set(schema.key().get(i), key.values().get(i));
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

  private static EventDraft draft(
      EventType type,
      AggregateChange entity,
      NetChange root,
      ObjectNode data,
      @Nullable ObjectNode before,
      @Nullable List<String> changed,
      Set<String> missing,
      Set<String> read,
      Set<String> named,
      @Nullable ReadBackRows readBack) {
    Set<String> hidden = entity.schema().role().hidden();
    if (!hidden.isEmpty()) {
      data.remove(hidden);
      missing.removeAll(hidden);
      read.removeAll(hidden);
    }
    return new EventDraft(
        type,
        entity.schema().name(),
        root.id(),
        data,
        before,
        changed,
        missing,
        read,
        EntityNames.others(named, type, entity.schema(), root.id()),
        readBack == null || read.isEmpty() ? null : readBack.at());
  }
}
