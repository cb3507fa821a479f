package io.rowhook.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An entity that a transaction has touched. Filled by {@link #by}, then only read.
 *
 * @param key the values of the root's key
 * @param parts the attributes whose rows have changed
 * @param uncertain attributes of which a row has changed so that nobody sees it, or its own part
 *     was moved or deleted later, so that what it belonged to may not be found any more, or the
 *     later owner
 */
record Touched(
    Entity entity,
    Commit commit,
    List<String> key,
    Truth.@Nullable Net root,
    Set<String> parts,
    Set<String> uncertain) {

  /** All that one transaction has touched. */
  static List<Touched> by(Commit commit, List<Entity> entities, Tables tables) {
    List<Touched> all = new ArrayList<>();
    for (Entity entity : entities) {
      Map<List<String>, Touched> touched = new LinkedHashMap<>();
      Truth.net(commit, tables.oid(entity.table()), entity.table().key)
          .forEach((key, net) ->
              touched.put(
                  key, new Touched(entity, commit, key, net, new TreeSet<>(), new TreeSet<>())));
      for (Entity.Part part : entity.parts()) {
        new Walk(entity, commit, tables, touched).into(part, List.of(part));
      }
      all.addAll(touched.values());
    }
    return all;
  }

  /** Whether the transaction has left it there. */
  boolean isThere() {
    return root == null || root.after() != null;
  }

  /**
   * Whether the root's old row was logged whole; true if it was not touched. Of a partition, an old
   * row with nothing but its key looks like one of which no more is logged.
   */
  boolean full() {
    if (root == null) {
      return true;
    }
    Map<String, Cell> before = root.before();
    boolean bare =
        entity.table().partitioned
            && before != null
            && before.entrySet().stream()
                .allMatch(cell ->
                    entity.table().key.contains(cell.getKey()) || cell.getValue().text() == null);
    return root.full() && !bare;
  }

  /** From the changed rows of parts up to what they belong to. */
  private record Walk(
      Entity entity, Commit commit, Tables tables, Map<List<String>, Touched> touched) {

    /**
     * @param chain from the root's own part to this one
     */
    void into(Entity.Part part, List<Entity.Part> chain) {
      for (Truth.Net net : Truth.net(commit, tables.oid(part.table()), part.table().key).values()) {
        Truth.Net seen = without(net, part.excluded());
        if (seen.isNothing() && (net.full() || !net.existed())) {
          continue;
        }
        boolean same = looksSame(seen);
        if (net.existed() && net.before() != null) {
          own(chain, chain.size() - 1, net.before(), commit.place() - 1, same);
        }
        if (net.after() != null) {
          own(chain, chain.size() - 1, net.after(), commit.place(), same);
        }
      }
      for (Entity.Part inner : part.parts()) {
        List<Entity.Part> longer = new ArrayList<>(chain);
        longer.add(inner);
        into(inner, longer);
      }
    }

    /** Whether nobody can tell the row that was from the row that is, as with {@code [2:2]={a}}. */
    private static boolean looksSame(Truth.Net net) {
      Map<String, Cell> before = net.before();
      Map<String, Cell> after = net.after();
      return before != null
          && after != null
          && before.keySet().equals(after.keySet())
          && before.entrySet().stream()
              .allMatch(cell ->
                  Rendering.alike(
                      cell.getValue(), Objects.requireNonNull(after.get(cell.getKey()))));
    }

    private void own(
        List<Entity.Part> chain, int at, Map<String, Cell> row, int place, boolean uncertain) {
      List<String> key = Truth.key(row, chain.get(at).key());
      if (at == 0) {
        Touched of =
            touched.computeIfAbsent(
                key, _ -> new Touched(entity, commit, key, null, new TreeSet<>(), new TreeSet<>()));
        (uncertain ? of.uncertain : of.parts).add(chain.getFirst().name());
        return;
      }
      Entity.Part above = chain.get(at - 1);
      long table = tables.oid(above.table());
      Map<String, Cell> then = tables.truth().row(table, key, place);
      List<String> belongs = then == null ? null : Truth.key(then, above.key());
      boolean moved = uncertain;
      int last = tables.truth().commits().size() - 1;
      for (Map<String, Cell> state : tables.truth().states(table, key, commit.place(), last)) {
        if (state == null || !Truth.key(state, above.key()).equals(belongs)) {
          moved = true;
          if (state != null) {
            own(chain, at - 1, state, commit.place(), true);
          }
        }
      }
      if (then != null) {
        own(chain, at - 1, then, place, moved);
      }
    }
  }

  static Truth.Net without(Truth.Net net, List<String> excluded) {
    return excluded.isEmpty()
        ? net
        : new Truth.Net(
            net.existed(),
            without(net.before(), excluded),
            without(net.after(), excluded),
            net.full());
  }

  static @Nullable Map<String, Cell> without(
      @Nullable Map<String, Cell> row, List<String> excluded) {
    if (row == null || excluded.isEmpty()) {
      return row;
    }
    Map<String, Cell> less = new LinkedHashMap<>(row);
    less.keySet().removeAll(excluded);
    return less;
  }
}
