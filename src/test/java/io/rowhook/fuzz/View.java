package io.rowhook.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an event may say of an entity: rows that the transaction touched as it left or found them,
 * each other row as it was at any moment from the transaction to the receipt. One use.
 */
final class View {

  /** What of the touched rows is shown. */
  enum Side {
    /** As the transaction left them. */
    NOW,
    /** As they were before it. */
    BEFORE,
    /** As they were before it, and no other. */
    BEFORE_ALONE
  }

  private final Touched touched;
  private final Tables tables;
  private final int from;
  private final int to;
  private final Side side;
  private final Set<String> unavailable;
  private final Set<String> mayMiss = new TreeSet<>();

  /**
   * @param to the last transaction that can have been seen
   * @param unavailable what the event says is missing
   */
  View(Touched touched, Tables tables, int to, Side side, Set<String> unavailable) {
    this.touched = touched;
    this.tables = tables;
    this.from = touched.commit().place();
    this.to = to;
    this.side = side;
    this.unavailable = unavailable;
  }

  /** What the event may say is missing. Complete after {@link #data}. */
  Set<String> mayMiss() {
    return mayMiss;
  }

  /** The data, one for each version of the root row. */
  List<Fields> data() {
    Entity entity = touched.entity();
    List<Fields> all = new ArrayList<>();
    for (Map<String, Cell> row : roots()) {
      Map<String, Json> data = new LinkedHashMap<>();
      Set<String> optional = new LinkedHashSet<>();
      own(row, data, optional);
      for (Entity.Part part : entity.parts()) {
        data.put(part.name(), list(part, touched.key(), ""));
        unread(part.name(), part.name(), optional);
      }
      embed(data, optional, row, entity.references(), "");
      all.add(new Fields(data, optional));
    }
    return all;
  }

  private List<Map<String, Cell>> roots() {
    Entity entity = touched.entity();
    Truth.Net net = touched.root();
    List<Map<String, Cell>> roots = new ArrayList<>();
    if (net == null) {
      for (Map<String, Cell> state : states(entity.table(), touched.key())) {
        if (state != null) {
          roots.add(without(state, entity.excluded()));
        }
      }
      return roots;
    }
    Map<String, Cell> row = side == Side.NOW ? net.after() : net.before();
    if (row != null) {
      Map<String, Cell> seen = without(row, entity.excluded());
      if (side == Side.BEFORE_ALONE && !touched.full()) {
        seen.keySet().retainAll(entity.table().key);
      }
      roots.add(seen);
    }
    return roots;
  }

  private static Map<String, Cell> without(Map<String, Cell> row, List<String> excluded) {
    Map<String, Cell> less = new LinkedHashMap<>(row);
    less.keySet().removeAll(excluded);
    return less;
  }

  private List<@Nullable Map<String, Cell>> states(Table table, List<String> key) {
    return tables.truth().states(tables.oid(table), key, from, to);
  }

  /** A large value that an UPDATE left alone is not in the log, unless the old row is. */
  private void own(Map<String, Cell> row, Map<String, Json> data, Set<String> optional) {
    Truth.Net net = touched.root();
    Map<String, Cell> old = net == null ? null : net.before();
    boolean readBack = side == Side.NOW && net != null && net.existed() && !touched.full();
    row.forEach((name, cell) -> {
      Json value = Rendering.json(cell);
      if (readBack && old != null && cell.equals(old.get(name)) && isLarge(cell)) {
        List<Json> choices = new ArrayList<>(List.of(value));
        for (Map<String, Cell> state : states(touched.entity().table(), touched.key())) {
          Cell later = state == null ? null : state.get(name);
          if (later != null) {
            choices.add(Rendering.json(later));
          } else {
            missing(name, name, optional);
          }
        }
        value = new Json.Either(choices);
      }
      if (net == null && Structure.isNew(name)) {
        mayMiss.add(name);
        optional.add(name);
      }
      data.put(name, value);
    });
  }

  private void missing(String name, String path, Set<String> optional) {
    mayMiss.add(path);
    if (unavailable.contains(path) || side == Side.BEFORE) { // of the past nothing is said
      optional.add(name);
    }
  }

  /** A list that could not be read is left out; whether it may be missing is another question. */
  private void unread(String name, String path, Set<String> optional) {
    if (side == Side.NOW && unavailable.contains(path)) {
      optional.add(name);
    }
  }

  static boolean isLarge(Cell cell) {
    String text = cell.text();
    return text != null && text.length() > 1000;
  }

  /** The rows of one part that belong to a row. */
  Json list(Entity.Part part, List<String> parent, String path) {
    long table = tables.oid(part.table());
    Map<List<String>, List<@Nullable Map<String, Cell>>> rows = new LinkedHashMap<>();
    if (side != Side.BEFORE_ALONE) {
      for (List<String> key : tables.truth().keys(table)) {
        rows.put(key, states(part.table(), key));
      }
    }
    Truth.net(touched.commit(), table, part.table().key)
        .forEach((key, net) -> {
          boolean ours = isUnder(parent, net.before(), part) || isUnder(parent, net.after(), part);
          if (!Touched.without(net, part.excluded()).isNothing()
              && (ours || side == Side.BEFORE_ALONE)) {
            rows.put(
                key,
                Arrays.asList(
                    side == Side.NOW ? net.after() : net.existed() ? net.before() : null));
          } // what the transaction did elsewhere may have come here since
        });
    List<Bag.Entry> entries = new ArrayList<>();
    rows.forEach((key, states) -> {
      List<Json> choices = new ArrayList<>();
      boolean optional = false;
      for (Map<String, Cell> state : states) {
        if (state != null && parent.equals(Truth.key(state, part.key()))) {
          choices.add(item(part, key, state, path + part.name() + "."));
        } else {
          optional = true;
        }
      }
      if (!choices.isEmpty()) {
        entries.add(
            new Bag.Entry(
                choices.size() == 1 ? choices.getFirst() : new Json.Either(choices), optional));
      }
    });
    return new Bag(entries, part.orderBy());
  }

  private static boolean isUnder(
      List<String> parent, @Nullable Map<String, Cell> row, Entity.Part part) {
    return row != null && parent.equals(Truth.key(row, part.key()));
  }

  private Json item(Entity.Part part, List<String> key, Map<String, Cell> state, String path) {
    Map<String, Json> item = new LinkedHashMap<>();
    Set<String> optional = new LinkedHashSet<>();
    without(state, part.excluded())
        .forEach((name, cell) -> {
          item.put(name, Rendering.json(cell));
          if (Structure.isNew(name)) {
            optional.add(name);
          }
        });
    for (Entity.Part inner : part.parts()) {
      item.put(inner.name(), list(inner, key, path));
      unread(inner.name(), path + inner.name(), optional);
    }
    embed(item, optional, state, part.references(), path);
    return new Fields(item, optional);
  }

  private void embed(
      Map<String, Json> data,
      Set<String> optional,
      Map<String, Cell> row,
      List<Entity.Reference> references,
      String path) {
    for (Entity.Reference reference : references) {
      String name = reference.name();
      if (!row.keySet().containsAll(reference.key())) {
        data.put(name, new Json.Null()); // of a deleted row only the identity is logged
        optional.add(name);
        mayMiss.add(path + name);
        continue;
      }
      List<String> key = Truth.key(row, reference.key());
      if (key.contains("\0null")) {
        data.put(name, new Json.Null());
        continue;
      }
      List<Json> choices = new ArrayList<>();
      for (Map<String, Cell> state : states(reference.table(), key)) {
        if (state == null) {
          missing(name, path + name, optional);
        } else {
          choices.add(named(reference, state, path + name + "."));
        }
      }
      data.put(name, new Json.Either(choices));
    }
  }

  private Json named(Entity.Reference reference, Map<String, Cell> state, String path) {
    Map<String, Json> shown = new LinkedHashMap<>();
    Set<String> optional = new LinkedHashSet<>();
    state.forEach((name, cell) -> {
      if (reference.attributes().isEmpty() || reference.attributes().contains(name)) {
        shown.put(name, Rendering.json(cell));
        if (Structure.isNew(name)) {
          optional.add(name);
        }
      }
    });
    embed(shown, optional, state, reference.references(), path);
    return new Fields(shown, optional);
  }
}
