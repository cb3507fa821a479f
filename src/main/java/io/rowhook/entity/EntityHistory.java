package io.rowhook.entity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.RowKey;
import io.rowhook.entity.PartHistory.RowState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the transactions of one batch did to one entity, one after the other, as the log has it.
 * What is read from the source for all of them at once may be from after the last: this tells how
 * it was after each. Immutable once its steps are filled; any thread.
 */
final class EntityHistory {

  private final List<Touched> touches;
  private final PartHistory parts;

  /**
   * @param touches in the order of their commits
   * @param parts of the whole batch
   */
  private EntityHistory(List<Touched> touches, PartHistory parts) {
    this.touches = List.copyOf(touches);
    this.parts = parts;
  }

  /** Of an entity that one transaction touched, and of which nothing else is known. */
  static EntityHistory of(Touched touched) {
    PartHistory parts = new PartHistory();
    parts.add(touched);
    return new EntityHistory(List.of(touched), parts);
  }

  /**
   * Places the entities of a batch in their histories.
   *
   * @param batch what each of its transactions touched, in their order
   * @param parts of the whole batch
   */
  static void place(List<Collection<Touched>> batch, PartHistory parts) {
    Map<Owner, List<Touched>> byOwner = new LinkedHashMap<>();
    Map<Touched, Integer> moments = new HashMap<>();
    for (int moment = 0; moment < batch.size(); moment++) {
      for (Touched touched : batch.get(moment)) {
        if (!touched.isRead()) {
          continue;
        }
        moments.put(touched, moment);
        byOwner
            .computeIfAbsent(
                new Owner(touched.shape(), touched.key().orElseThrow()), _ -> new ArrayList<>(1))
            .add(touched);
      }
    }
    for (List<Touched> touches : byOwner.values()) {
      EntityHistory history = new EntityHistory(touches, parts);
      for (int i = 0; i < touches.size(); i++) {
        touches.get(i).placeIn(history, i, moments.getOrDefault(touches.get(i), 0));
      }
    }
  }

  List<Touched> touches() {
    return touches;
  }

  /** What the batch did to the rows of parts. */
  PartHistory parts() {
    return parts;
  }

  /** The rows of a part of which the log has something while they belonged to the entity. */
  Set<RowKey> keys(Shape.Node part) {
    Set<RowKey> keys = new LinkedHashSet<>();
    for (Touched touched : touches) {
      for (NetChange change : touched.changes(part)) {
        ObjectNode image = change.after() == null ? change.before() : change.after();
        RowKey.of(image, part.primaryKey()).ifPresent(keys::add);
      }
    }
    return keys;
  }

  /** How the root row was before the transaction at a position. */
  RowState root(int position) {
    for (int i = position - 1; i >= 0; i--) {
      Optional<NetChange> there =
          touches.get(i).roots().stream().filter(root -> root.after() != null).findFirst();
      if (there.isPresent()) {
        return PartHistory.after(there.get());
      }
      if (!touches.get(i).roots().isEmpty()) {
        return PartHistory.ABSENT;
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
        return touched.roots().stream().anyMatch(NetChange::existed)
            ? PartHistory.AS_READ
            : PartHistory.ABSENT;
      }
    }
    return PartHistory.AS_READ;
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
                      .allMatch(change ->
                          !PartHistory.before(change, part.logged()).equals(PartHistory.AS_READ)));
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
