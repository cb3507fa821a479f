package io.rowhook.entity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.RowLookup.Query;
import io.rowhook.capture.RowLookup.Snapshot;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was read from the source for some entities: their root rows, the rows of their parts, and
 * the rows that these name. In one snapshot, with one statement for each relation, however many the
 * entities are. It can be newer than the transaction.
 */
final class Found {

  private final Instant at;
  private final Map<Query, Map<RowKey, List<ObjectNode>>> rows = new HashMap<>();

  /** Asked for and not read yet. */
  private final Map<Query, Set<RowKey>> asked = new LinkedHashMap<>();

  private Found(Instant at) {
    this.at = at;
  }

  /**
   * Reads what the events of some entities need.
   *
   * @param limited see {@link RowLookup#read}
   */
  static Found read(RowLookup source, List<Touched> entities, boolean limited) {
    return source.read(
        limited,
        snapshot -> {
          Found found = new Found(snapshot.at());
          entities.forEach(found::askRoots);
          found.run(snapshot);
          entities.forEach(found::askInner);
          found.run(snapshot);
          entities.forEach(found::askNamed);
          entities.stream().map(Touched::shape).distinct().forEach(found::askNamed);
          found.run(snapshot);
          return found;
        });
  }

  /** When, by the source's clock. */
  Instant at() {
    return at;
  }

  /** The root row as it is now, if it is there. */
  Optional<ObjectNode> root(Touched entity) {
    return entity.key().flatMap(key -> rows(entity.shape().root(), key).stream().findFirst());
  }

  /** The rows that a query finds for a key. */
  List<ObjectNode> rows(Query query, RowKey key) {
    return rows.getOrDefault(query, Map.of()).getOrDefault(key, List.of());
  }

  private void ask(Query query, Collection<RowKey> keys) {
    Map<RowKey, List<ObjectNode>> known = rows.getOrDefault(query, Map.of());
    for (RowKey key : keys) {
      if (!known.containsKey(key)) {
        asked.computeIfAbsent(query, _ -> new LinkedHashSet<>()).add(key);
      }
    }
  }

  private void run(Snapshot snapshot) throws SQLException {
    for (var one : asked.entrySet()) {
      rows.computeIfAbsent(one.getKey(), _ -> new HashMap<>())
          .putAll(snapshot.rows(one.getKey(), one.getValue()));
    }
    asked.clear();
  }

  private void askRoots(Touched entity) {
    if (entity.key().isEmpty() || !entity.isThere()) {
      return;
    }
    List<RowKey> key = List.of(entity.key().get());
    ask(entity.shape().root(), key);
    for (Shape.Node part : entity.shape().parts()) {
      if (part.parent() == null) {
        ask(part.byParent(), key);
      }
    }
  }

  /** Parts of parts: of those read, and of those that the transaction took away. */
  private void askInner(Touched entity) {
    for (Shape.Node part : entity.shape().parts()) {
      Shape.Node parent = part.parent();
      if (parent != null && entity.isThere() && entity.key().isPresent()) {
        Set<RowKey> keys = new LinkedHashSet<>();
        rows(parent.byParent(), entity.key().get())
            .forEach(row -> RowKey.of(row, parent.primaryKey()).ifPresent(keys::add));
        entity
            .changes(parent)
            .forEach(
                change -> RowKey.of(change.before(), parent.primaryKey()).ifPresent(keys::add));
        ask(part.byParent(), keys);
      }
    }
  }

  private void askNamed(Touched entity) {
    for (Reference reference : entity.shape().type().references()) {
      root(entity).ifPresent(row -> askNamed(reference, List.of(row)));
      for (NetChange root : entity.roots()) {
        askNamed(reference, images(root));
      }
    }
    for (Shape.Node part : entity.shape().parts()) {
      for (Reference reference : part.part().references()) {
        entity.changes(part).forEach(change -> askNamed(reference, images(change)));
      }
    }
  }

  /** By the parts that were read. */
  private void askNamed(Shape shape) {
    for (Shape.Node part : shape.parts()) {
      for (Reference reference : part.part().references()) {
        rows.getOrDefault(part.byParent(), Map.of())
            .values()
            .forEach(found -> askNamed(reference, found));
      }
    }
  }

  /** What the log says of a row: before and now. */
  static List<ObjectNode> images(NetChange change) {
    List<ObjectNode> images = new ArrayList<>(2);
    for (ObjectNode image : Arrays.asList(change.before(), change.after())) {
      if (image != null) {
        images.add(image);
      }
    }
    return images;
  }

  private void askNamed(Reference reference, List<ObjectNode> naming) {
    naming.forEach(row ->
        RowKey.of(row, reference.key())
            .ifPresent(key -> ask(Shape.named(reference), List.of(key))));
  }
}
