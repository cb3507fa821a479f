package io.rowhook.entity.content;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.RowKey;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.aggregate.AggregateChange;
import io.rowhook.entity.aggregate.ChildRowHistory;
import io.rowhook.entity.aggregate.ChildRowHistory.RowState;
import io.rowhook.entity.aggregate.ReadBackRows;
import io.rowhook.entity.change.NetChangeMerger;
import io.rowhook.entity.schema.EntitySchema;
import io.rowhook.entity.schema.LookupLink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parts of one entity at one moment, from which its data is built: as they were read, with what
 * the log has of them laid over it, or as the log alone has them. One use; one thread.
 */
final class ChildRowsView {

  private final AggregateChange entity;
  private final ReadBackRows readBack;
  private final boolean withRead;

  /** The transaction that it is seen before, of those of the batch. */
  private final int moment;

  /** By part and by what they belong to: the only rows; null: as read and as logged. */
  private @Nullable Map<EntitySchema.Node, Map<RowKey, List<ObjectNode>>> only;

  /** Whether a list that could not be read is left out; not of an entity that is new with it. */
  private boolean leavesOut;

  /** Names of parts of which something is not known. */
  private final Set<String> incomplete = new LinkedHashSet<>();

  /** The keys of the entities that its rows name. */
  private final Set<String> named = new LinkedHashSet<>();

  private ChildRowsView(
      AggregateChange entity, ReadBackRows readBack, boolean withRead, int moment) {
    this.entity = entity;
    this.readBack = readBack;
    this.withRead = withRead;
    this.moment = moment;
  }

  /** After the transaction. */
  static ChildRowsView after(AggregateChange entity, ReadBackRows readBack) {
    ChildRowsView view = new ChildRowsView(entity, readBack, true, entity.moment() + 1);
    view.leavesOut =
        entity.roots().isEmpty() || entity.roots().stream().anyMatch(NetChange::existed);
    return view;
  }

  /** Before the transaction. */
  static ChildRowsView before(AggregateChange entity, ReadBackRows readBack) {
    return new ChildRowsView(entity, readBack, true, entity.moment());
  }

  /** After the transaction, by the log alone. */
  static ChildRowsView logged(AggregateChange entity, ReadBackRows readBack) {
    return new ChildRowsView(entity, readBack, false, entity.moment() + 1);
  }

  /** What the transaction took away. */
  static ChildRowsView taken(AggregateChange entity, ReadBackRows readBack) {
    ChildRowsView view = new ChildRowsView(entity, readBack, false, entity.moment());
    Map<EntitySchema.Node, Map<RowKey, List<ObjectNode>>> taken = new HashMap<>();
    for (EntitySchema.Node part : entity.schema().parts()) {
      for (NetChange change : entity.changes(part)) {
        ObjectNode before = change.existed() ? change.before() : null;
        if (before != null) {
          view.parent(part, before)
              .ifPresent(parent ->
                  taken
                      .computeIfAbsent(part, _ -> new HashMap<>())
                      .computeIfAbsent(parent, _ -> new ArrayList<>())
                      .add(before));
        }
      }
    }
    view.only = taken;
    return view;
  }

  /** What a row belongs to, spelled in one way. */
  private Optional<RowKey> parent(EntitySchema.Node part, ObjectNode row) {
    return part.parentKey(row).map(parent -> entity.normalizer().of(part, parent));
  }

  /** The rows that belong to another: those read under it, and those that the log had under it. */
  private List<ObjectNode> rows(EntitySchema.Node part, RowKey parent) {
    RowKey spelled = entity.normalizer().of(part, parent);
    Map<EntitySchema.Node, Map<RowKey, List<ObjectNode>>> all = only;
    if (all != null) {
      return new ArrayList<>(all.getOrDefault(part, Map.of()).getOrDefault(spelled, List.of()));
    }
    ChildRowHistory history = entity.history().parts();
    List<ObjectNode> rows = new ArrayList<>();
    Set<RowKey> seen = new HashSet<>();
    for (ObjectNode row :
        withRead ? readBack.rows(part.byParent(), parent) : List.<ObjectNode>of()) {
      Optional<RowKey> key = RowKey.of(row, part.primaryKey());
      if (key.isEmpty() || history.row(part, key.get(), moment) instanceof RowState.AsRead) {
        rows.add(row);
        readBack
            .withheld(part.byParent())
            .forEach(column -> incomplete.add(name(part) + "." + column));
        key.ifPresent(seen::add);
      }
    }
    for (RowKey key : history.under(part, spelled)) {
      if (!seen.contains(key)
          && history.row(part, key, moment) instanceof RowState.Present present
          && parent(part, present.row()).equals(Optional.of(spelled))) {
        rows.add(whole(part, key, present));
      }
    }
    return rows;
  }

  /** With large values that were not logged, from the same row as it was read. */
  private ObjectNode whole(EntitySchema.Node part, RowKey key, RowState.Present logged) {
    if (logged.unavailable().isEmpty()) {
      return logged.row();
    }
    Optional<ObjectNode> read =
        part.parentKey(logged.row())
            .flatMap(parent ->
                readBack.rows(part.byParent(), parent).stream()
                    .filter(row -> RowKey.of(row, part.primaryKey()).equals(Optional.of(key)))
                    .findFirst());
    List<String> still = new ArrayList<>();
    ObjectNode row =
        NetChangeMerger.fill(logged.row(), logged.unavailable(), read.orElse(null), still);
    if (!still.isEmpty()) {
      incomplete.add(name(part));
    }
    return row;
  }

  /** As recipients know it: {@code lines.serials}. */
  private static String name(EntitySchema.Node part) {
    return part.path().substring(part.path().indexOf('/') + 1).replace('/', '.');
  }

  /** The keys of the entities that the rows name which were listed. */
  Set<String> named() {
    return named;
  }

  /** Whether it is part of something that is incomplete itself. */
  private boolean isInside(String name) {
    return incomplete.stream().anyMatch(other -> name.startsWith(other + "."));
  }

  /** Whether all of an attribute that holds a part is known; once it was listed. */
  boolean isComplete(String attribute) {
    return incomplete.stream()
        .noneMatch(name -> name.equals(attribute) || name.startsWith(attribute + "."));
  }

  /**
   * Puts parts and references into an entity's data.
   *
   * @param key of the root row
   * @param missing is given the names of what is left out
   */
  void fill(ObjectNode data, Optional<RowKey> key, Set<String> missing) {
    for (EntitySchema.Node part : entity.schema().parts()) {
      if (part.parent() == null) {
        put(data, part, key, missing);
      }
    }
    incomplete.stream().filter(name -> !isInside(name)).forEach(missing::add);
    embed(data, entity.schema().links(), "", missing);
  }

  /**
   * Puts in the rows of one part. Those of a list that could not be read are left out where the log
   * has only what was touched: whoever takes them for all would delete the others.
   */
  private void put(
      ObjectNode data, EntitySchema.Node part, Optional<RowKey> key, Set<String> missing) {
    ArrayNode list =
        key.isPresent() ? list(part, key.get(), missing) : Json.MAPPER.createArrayNode();
    if (leavesOut && key.filter(parent -> readBack.isUnread(part.byParent(), parent)).isPresent()) {
      data.remove(part.part().name());
    } else {
      data.set(part.part().name(), list);
    }
  }

  /** The rows of one part, for {@code previous}. */
  ArrayNode list(EntitySchema.Node part, RowKey parent, Set<String> missing) {
    if (withRead && readBack.isUnread(part.byParent(), parent)) {
      incomplete.add(name(part));
    }
    List<ObjectNode> rows = rows(part, parent);
    rows.sort(part.order());
    ArrayNode list = Json.MAPPER.createArrayNode();
    for (ObjectNode row : rows) {
      entity.schema().naming().ofPart(part, row, named);
      ObjectNode copy = Json.MAPPER.createObjectNode();
      copy.setAll(row); // the values are shared and never changed
      for (EntitySchema.Node inner : entity.schema().parts()) {
        if (part.equals(inner.parent())) {
          put(copy, inner, RowKey.of(row, part.primaryKey()), missing);
        }
      }
      embed(copy, part.links(), name(part) + ".", missing);
      copy.remove(part.role().hidden());
      list.add(copy);
    }
    return list;
  }

  /**
   * Puts in what a row names; nothing of it where it is not known.
   *
   * @param path before the names of what is missing
   */
  void embed(ObjectNode row, List<LookupLink> links, String path, Set<String> missing) {
    if (links.isEmpty()) {
      return;
    }
    List<Optional<RowKey>> keys =
        links.stream().map(link -> link.reference().named(row)).toList(); // before one is replaced
    for (int i = 0; i < links.size(); i++) {
      LookupLink link = links.get(i);
      if (keys.get(i).isEmpty()) {
        row.set(link.name(), NullNode.getInstance());
        continue;
      }
      RowKey key = keys.get(i).get();
      List<ObjectNode> named = readBack.rows(link.query(), key);
      if (!named.isEmpty()) {
        row.set(link.name(), whole(named.getFirst(), link, path, missing));
      } else if (readBack.has(link.query(), key)) {
        row.set(link.name(), NullNode.getInstance()); // it does not exist for us
      } else {
        missing.add(path + link.name());
        row.remove(link.name());
      }
    }
  }

  private ObjectNode whole(ObjectNode named, LookupLink link, String path, Set<String> missing) {
    for (String column : readBack.withheld(link.query())) {
      missing.add(path + link.name() + "." + column);
    }
    if (link.inner().isEmpty()) {
      return named;
    }
    ObjectNode copy = Json.MAPPER.createObjectNode();
    copy.setAll(named); // the values are shared and never changed
    embed(copy, link.inner(), path + link.name() + ".", missing);
    copy.remove(link.hidden());
    return copy;
  }
}
