package io.rowhook.entity.aggregate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.RowKey;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.aggregate.ChildRowHistory.RowState;
import io.rowhook.entity.schema.EntitySchema;
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
public final class EntityHistory {

  private final List<AggregateChange> touches;
  private final ChildRowHistory parts;

  /**
   * @param touches in the order of their commits
   * @param parts of the whole batch
   */
  private EntityHistory(List<AggregateChange> touches, ChildRowHistory parts) {
    this.touches = List.copyOf(touches);
    this.parts = parts;
  }

  /** Of an entity that one transaction touched, and of which nothing else is known. */
  static EntityHistory of(AggregateChange change) {
    ChildRowHistory parts = new ChildRowHistory();
    parts.add(change);
    return new EntityHistory(List.of(change), parts);
  }

  /**
   * Places the entities of a batch in their histories.
   *
   * @param batch what each of its transactions touched, in their order
   * @param parts of the whole batch
   */
  public static void place(List<Collection<AggregateChange>> batch, ChildRowHistory parts) {
    Map<AggregateRoot, List<AggregateChange>> byOwner = new LinkedHashMap<>();
    Map<AggregateChange, Integer> moments = new HashMap<>();
    for (int moment = 0; moment < batch.size(); moment++) {
      for (AggregateChange change : batch.get(moment)) {
        if (!change.isRead()) {
          continue;
        }
        moments.put(change, moment);
        byOwner
            .computeIfAbsent(
                new AggregateRoot(change.schema(), change.key().orElseThrow()),
                _ -> new ArrayList<>(1))
            .add(change);
      }
    }
    for (List<AggregateChange> touches : byOwner.values()) {
      EntityHistory history = new EntityHistory(touches, parts);
      for (int i = 0; i < touches.size(); i++) {
        touches.get(i).placeIn(history, i, moments.getOrDefault(touches.get(i), 0));
      }
    }
  }

  public List<AggregateChange> touches() {
    return touches;
  }

  /** What the batch did to the rows of parts. */
  public ChildRowHistory parts() {
    return parts;
  }

  /** The rows of a part of which the log has something while they belonged to the entity. */
  Set<RowKey> keys(EntitySchema.Node part) {
    Set<RowKey> keys = new LinkedHashSet<>();
    for (AggregateChange aggregateChange : touches) {
      for (NetChange change : aggregateChange.changes(part)) {
        ObjectNode image = change.after() == null ? change.before() : change.after();
        RowKey.of(image, part.primaryKey()).ifPresent(keys::add);
      }
    }
    return keys;
  }

  /** How the root row was before the transaction at a position. */
  public RowState root(int position) {
    for (int i = position - 1; i >= 0; i--) {
      Optional<NetChange> there =
          touches.get(i).roots().stream().filter(root -> root.after() != null).findFirst();
      if (there.isPresent()) {
        return ChildRowHistory.after(there.get());
      }
      if (!touches.get(i).roots().isEmpty()) {
        return ChildRowHistory.ABSENT;
      }
    }
    for (int i = position; i < touches.size(); i++) {
      AggregateChange change = touches.get(i);
      for (NetChange root : change.roots()) {
        ObjectNode row = root.before();
        if (root.existed() && row != null && isWhole(row, change.schema())) {
          return new RowState.Present(row, List.of());
        }
      }
      if (!change.roots().isEmpty()) {
        return change.roots().stream().anyMatch(NetChange::existed)
            ? ChildRowHistory.AS_READ
            : ChildRowHistory.ABSENT;
      }
    }
    return ChildRowHistory.AS_READ;
  }

  private static boolean isWhole(ObjectNode row, EntitySchema schema) {
    return schema.role().columns().stream().allMatch(row::has);
  }

  /**
   * Whether a later transaction took the entity away, and the log has all that it took: then
   * nothing need be read to tell how it was.
   *
   * @param position of the transaction after which it was there
   */
  public boolean isGoneKnown(int position) {
    for (int i = position + 1; i < touches.size(); i++) {
      AggregateChange later = touches.get(i);
      boolean known =
          later.schema().parts().stream()
              .allMatch(part ->
                  later.changes(part).stream()
                      .allMatch(change ->
                          !ChildRowHistory.before(change, part.logged())
                              .equals(ChildRowHistory.AS_READ)));
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
