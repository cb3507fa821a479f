package io.rowhook.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The event that a touched entity has to have.
 *
 * @param event Created, Updated or Deleted
 * @param optional whether the values differ in how they are written only
 */
record Expected(Touched touched, String event, Json id, boolean optional) {

  /** None where nothing is left of the change. */
  static List<Expected> of(Touched touched, Tables tables) {
    Truth.Net net = touched.root();
    Table table = touched.entity().table();
    if (net == null) {
      Map<String, Cell> row =
          tables.truth().row(tables.oid(table), touched.key(), touched.commit().place());
      for (Map<String, Cell> state : // a later owner may be one that was not there yet
          tables
              .truth()
              .states(
                  tables.oid(table),
                  touched.key(),
                  touched.commit().place(),
                  tables.truth().commits().size() - 1)) {
        row = row == null && touched.parts().isEmpty() ? state : row;
      }
      return row == null
          ? List.of() // an entity that is not there has no parts
          : List.of(new Expected(touched, "Updated", id(touched, row), touched.parts().isEmpty()));
    }
    Truth.Net seen = Touched.without(net, touched.entity().excluded());
    Map<String, Cell> after = net.after();
    if (after == null) {
      return net.existed()
          ? List.of(
              new Expected(
                  touched, "Deleted", id(touched, Objects.requireNonNull(net.before())), false))
          : List.of();
    }
    if (!net.existed()) {
      return List.of(new Expected(touched, "Created", id(touched, after), false));
    }
    if (seen.isNothing()
        && touched.parts().isEmpty()
        && touched.uncertain().isEmpty()
        && touched.full()) {
      return List.of();
    }
    boolean optional =
        touched.full() && touched.parts().isEmpty() && changed(touched, false).isEmpty();
    return List.of(new Expected(touched, "Updated", id(touched, after), optional));
  }

  /** By which a row of this entity is told. */
  static Json id(Touched touched, Map<String, Cell> row) {
    Map<String, Json> id = new LinkedHashMap<>();
    for (String column : touched.entity().told()) {
      id.put(column, Rendering.json(Objects.requireNonNull(row.get(column))));
    }
    return id.size() == 1 ? id.values().iterator().next() : new Json.Mapping(id);
  }

  /** The root's own columns that have changed. */
  private static Set<String> changed(Touched touched, boolean alsoAlike) {
    Truth.Net net = touched.root();
    Set<String> changed = new TreeSet<>();
    if (net == null || net.before() == null || net.after() == null) {
      return changed;
    }
    Map<String, Cell> before = net.before();
    net.after()
        .forEach((name, cell) -> {
          Cell old = before.get(name);
          if (!touched.entity().excluded().contains(name)
              && !cell.equals(old)
              && (alsoAlike || old == null || !Rendering.alike(old, cell))) {
            changed.add(name);
          }
        });
    return changed;
  }

  /** What is wrong with the data. */
  List<String> data(Tables tables, int until, Json actual, Set<String> unavailable) {
    View.Side side = event.equals("Deleted") ? View.Side.BEFORE_ALONE : View.Side.NOW;
    View view = new View(touched, tables, until, side, unavailable);
    List<String> least = null;
    for (Fields expected : view.data()) {
      List<String> wrong = new ArrayList<>();
      differ(wrong, "data", expected, actual);
      least = least == null || wrong.size() < least.size() ? wrong : least;
    }
    if (!unavailable.isEmpty() && side == View.Side.NOW && isGone(tables, until)) {
      return List.of(); // deleted before it could be read
    }
    if (least == null) {
      return List.of("it was not there at any moment: " + actual);
    }
    Set<String> left = new TreeSet<>(unavailable);
    left.removeAll(view.mayMiss());
    left.removeIf(name -> !expects(view, name)); // a column that is gone by now
    if (!left.isEmpty()) {
      least.add("unavailable may be " + view.mayMiss() + ", got " + unavailable);
    }
    if (!least.isEmpty()) {
      least.add("read after " + touched.commit().place() + ", until " + until);
    }
    return least;
  }

  private boolean expects(View view, String name) {
    return name.contains(".")
        || touched.entity().table().columns.stream().anyMatch(c -> c.name().equals(name))
        || view.data().stream().anyMatch(fields -> fields.fields().containsKey(name));
  }

  private boolean isGone(Tables tables, int until) {
    return tables
        .truth()
        .states(
            tables.oid(touched.entity().table()), touched.key(), touched.commit().place(), until)
        .contains(null);
  }

  /** Goes down to where it is. */
  private static void differ(
      List<String> wrong, String path, @Nullable Json should, @Nullable Json is) {
    if (should instanceof Fields(Map<String, Json> expected, Set<String> optional)
        && is instanceof Json.Mapping(Map<String, Json> fields)) {
      Set<String> names = new LinkedHashSet<>(expected.keySet());
      names.addAll(fields.keySet());
      for (String name : names) {
        if (fields.containsKey(name) || !optional.contains(name)) {
          differ(wrong, path + "." + name, expected.get(name), fields.get(name));
        }
      }
      return;
    }
    if (should == null || is == null || !should.allows(is)) {
      if (should instanceof Json.Either(List<Json> choices)
          && is instanceof Json.Mapping
          && !choices.isEmpty()) {
        List<String> least = List.of();
        for (Json choice : choices) {
          List<String> of = new ArrayList<>();
          differ(of, path, choice, is);
          least = least.isEmpty() || of.size() < least.size() ? of : least;
        }
        wrong.addAll(least);
      } else if (should instanceof Bag bag && is instanceof Json.Array(List<Json> rows)) {
        List<Json> unmatched = bag.unmatched(rows);
        List<Json> missing = bag.missing(rows);
        if (unmatched.size() == 1 && missing.size() == 1) {
          differ(wrong, path + "[]", missing.getFirst(), unmatched.getFirst());
        } else {
          wrong.add(path + " has not " + missing + ", should not have " + unmatched);
        }
      } else {
        wrong.add(path + " expected " + should + ", got " + is);
      }
    }
  }

  /** What is wrong with {@code previous} and {@code changed}. */
  List<String> previous(Tables tables, int until, Json previous, Json changed) {
    List<String> wrong = new ArrayList<>();
    boolean unknown = event.equals("Updated") && !touched.full();
    if (unknown) {
      if (!(previous instanceof Json.Null) || !(changed instanceof Json.Null)) {
        wrong.add("previous and changed cannot be known, got " + previous + ", " + changed);
      }
      return wrong;
    }
    if (!(previous instanceof Json.Mapping(Map<String, Json> values))
        || !(changed instanceof Json.Array(List<Json> items))) {
      wrong.add("previous is " + previous + ", changed is " + changed);
      return wrong;
    }
    Set<String> names = new TreeSet<>();
    items.forEach(item -> names.add(item instanceof Json.Text(String text) ? text : "?"));
    Set<String> must = event.equals("Updated") ? changed(touched, false) : Set.of();
    Set<String> may = event.equals("Updated") ? changed(touched, true) : Set.of();
    Set<String> least = new TreeSet<>(must);
    Set<String> most = new TreeSet<>(may);
    if (event.equals("Updated")) {
      least.addAll(touched.parts());
      most.addAll(touched.parts());
      most.addAll(touched.uncertain());
    }
    if (!names.containsAll(least) || !most.containsAll(names)) {
      wrong.add("changed expected " + least + ", got " + names);
    }
    if (!values.keySet().equals(names)) {
      wrong.add("previous has " + values.keySet() + ", changed has " + names);
    }
    values.forEach((name, value) -> old(wrong, tables, until, name, value));
    return wrong;
  }

  private void old(List<String> wrong, Tables tables, int until, String name, Json value) {
    Truth.Net net = touched.root();
    Map<String, Cell> before = net == null ? null : net.before();
    Cell cell = before == null ? null : before.get(name);
    if (cell != null) {
      if (!Rendering.json(cell).allows(value)) {
        wrong.add("previous." + name + " expected " + Rendering.json(cell) + ", got " + value);
      }
      return;
    }
    for (Entity.Part part : touched.entity().parts()) {
      if (part.name().equals(name)) {
        View view = new View(touched, tables, until, View.Side.BEFORE, Set.of());
        differ(wrong, "previous." + name, view.list(part, touched.key(), ""), value);
      }
    }
  }

  @Override
  public String toString() {
    return event + " " + touched.entity().name() + ":" + id;
  }
}
