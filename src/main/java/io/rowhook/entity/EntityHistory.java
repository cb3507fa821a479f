package io.rowhook.entity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.RowKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the transactions of one batch did to one entity, one after the other, as the log has it.
 * What is read from the source for all of them at once may be from after the last: this tells how
 * it was after each. Immutable once its steps are filled; any thread.
 */
final class EntityHistory {

  /**
   * A change of one row.
   *
   * @param position of the transaction among those of the batch
   */
  private record Step(int position, NetChange change) {}

  /** How a row was at some moment. */
  sealed interface RowState {

    /** As it is read: the log does not say. */
    record AsRead() implements RowState {}

    /** It was not there. */
    record Absent() implements RowState {}

    /**
     * It was this.
     *
     * @param unavailable columns missing in it: large, unchanged, and so not in the log
     */
    record Present(ObjectNode row, List<String> unavailable) implements RowState {}
  }

  private static final RowState AS_READ = new RowState.AsRead();
  private static final RowState ABSENT = new RowState.Absent();

  private final List<Touched> touches;
  private final Map<Shape.Node, Map<RowKey, List<Step>>> parts = new HashMap<>();

  /**
   * @param touches in the order of their commits
   */
  EntityHistory(List<Touched> touches) {
    this.touches = List.copyOf(touches);
    for (int i = 0; i < this.touches.size(); i++) {
      Touched touched = this.touches.get(i);
      for (Shape.Node part : touched.shape().parts()) {
        for (NetChange change : touched.changes(part)) {
          add(part, new Step(i, change));
        }
      }
    }
  }

  /** Places the entities of a batch, in the order of its transactions, in their histories. */
  static void place(Collection<Touched> batch) {
    Map<Owner, List<Touched>> byOwner = new LinkedHashMap<>();
    for (Touched touched : batch) {
      if (touched.isRead()) {
        byOwner
            .computeIfAbsent(
                new Owner(touched.shape(), touched.key().orElseThrow()), _ -> new ArrayList<>(1))
            .add(touched);
      }
    }
    for (List<Touched> touches : byOwner.values()) {
      EntityHistory history = new EntityHistory(touches);
      for (int i = 0; i < touches.size(); i++) {
        touches.get(i).placeIn(history, i);
      }
    }
  }

  private void add(Shape.Node part, Step step) {
    NetChange change = step.change();
    ObjectNode image = change.after() == null ? change.before() : change.after();
    RowKey.of(image, part.primaryKey())
        .ifPresent(key ->
            parts
                .computeIfAbsent(part, _ -> new LinkedHashMap<>())
                .computeIfAbsent(key, _ -> new ArrayList<>(1))
                .add(step));
  }

  List<Touched> touches() {
    return touches;
  }

  /** The rows of a part that the log has something of. */
  Collection<RowKey> keys(Shape.Node part) {
    return parts.getOrDefault(part, Map.of()).keySet();
  }

  /**
   * How a part's row was before the transaction at a position, and so after the one before it.
   *
   * @param position as many as there are: after the last
   */
  RowState row(Shape.Node part, RowKey key, int position) {
    List<Step> steps = parts.getOrDefault(part, Map.of()).getOrDefault(key, List.of());
    for (int i = steps.size() - 1; i >= 0; i--) {
      if (steps.get(i).position() < position) {
        return after(steps.get(i).change());
      }
    }
    return steps.isEmpty() ? AS_READ : before(steps.getFirst().change(), part.logged());
  }

  private static RowState after(NetChange change) {
    ObjectNode row = change.after();
    if (row == null) {
      return ABSENT;
    }
    if (change.unavailable().isEmpty()) {
      return new RowState.Present(row, List.of());
    }
    List<String> still = new ArrayList<>();
    ObjectNode filled = NetChanges.fill(row, change.unavailable(), change.before(), still);
    return new RowState.Present(filled, still);
  }

  /** What cannot be told is as it is read. */
  private static RowState before(NetChange change, boolean logged) {
    ObjectNode row = change.before();
    if (!change.existed()) {
      return ABSENT;
    }
    return row != null && logged ? new RowState.Present(row, List.of()) : AS_READ;
  }

  /** How the root row was before the transaction at a position. */
  RowState root(int position) {
    for (int i = position - 1; i >= 0; i--) {
      Optional<NetChange> there =
          touches.get(i).roots().stream().filter(root -> root.after() != null).findFirst();
      if (there.isPresent()) {
        return after(there.get());
      }
      if (!touches.get(i).roots().isEmpty()) {
        return ABSENT;
      }
    }
    for (int i = position; i < touches.size(); i++) {
      Touched touched = touches.get(i);
      for (NetChange root : touched.roots()) {
        ObjectNode row = root.before();
        if (root.existed() && row != null && isWhole(row, touched.shape())) {
          return new RowState.Present(row, List.of());
        }
      }
      if (!touched.roots().isEmpty()) {
        return touched.roots().stream().anyMatch(NetChange::existed) ? AS_READ : ABSENT;
      }
    }
    return AS_READ;
  }

  private static boolean isWhole(ObjectNode row, Shape shape) {
    return shape.role().columns().stream().allMatch(row::has);
  }

  /**
   * Whether a later transaction took the entity away, and the log has all that it took: then
   * nothing need be read to tell how it was.
   *
   * @param position of the transaction after which it was there
   */
  boolean isGoneKnown(int position) {
    for (int i = position + 1; i < touches.size(); i++) {
      Touched later = touches.get(i);
      boolean known =
          later.shape().parts().stream()
              .allMatch(part ->
                  later.changes(part).stream()
                      .allMatch(change -> !before(change, part.logged()).equals(AS_READ)));
      if (!known) {
        return false;
      }
      if (!later.isThere()) {
        return true;
      }
    }
    return false;
  }
}
