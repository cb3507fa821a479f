package io.rowhook.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An entity that a transaction has touched. Filled by {@link #by}, then only read.
 *
 * @param key the values of the root's key
 * @param parts the attributes whose rows have changed
 */
record Touched(
    Entity entity, Commit commit, List<String> key, Truth.@Nullable Net root, Set<String> parts) {

  /** All that one transaction has touched. */
  static List<Touched> by(Commit commit, List<Entity> entities, Tables tables) {
    List<Touched> all = new ArrayList<>();
    for (Entity entity : entities) {
      Map<List<String>, Touched> touched = new LinkedHashMap<>();
      Truth.net(commit, tables.oid(entity.table()), entity.table().key)
          .forEach((key, net) ->
              touched.put(key, new Touched(entity, commit, key, net, new TreeSet<>())));
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

  /** Whether the root's old row was logged whole; true if it was not touched. */
  boolean full() {
    return root == null || root.full();
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
        if (net.existed() && net.before() != null) {
          own(chain, net.before(), commit.place() - 1);
        }
        if (net.after() != null) {
          own(chain, net.after(), commit.place());
        }
      }
      for (Entity.Part inner : part.parts()) {
        List<Entity.Part> longer = new ArrayList<>(chain);
        longer.add(inner);
        into(inner, longer);
      }
    }

    private void own(List<Entity.Part> chain, Map<String, Cell> image, int place) {
      Map<String, Cell> row = image;
      for (int i = chain.size() - 1; i > 0 && row != null; i--) {
        List<String> above = Truth.key(row, chain.get(i).key());
        row = tables.truth().row(tables.oid(chain.get(i - 1).table()), above, place);
      }
      if (row != null) {
        List<String> key = Truth.key(row, chain.getFirst().key());
        touched
            .computeIfAbsent(key, _ -> new Touched(entity, commit, key, null, new TreeSet<>()))
            .parts
            .add(chain.getFirst().name());
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
