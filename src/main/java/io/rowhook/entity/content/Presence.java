package io.rowhook.entity.content;

import io.rowhook.entity.aggregate.AggregateChange;
import io.rowhook.entity.aggregate.ChildRowHistory.RowState;
import io.rowhook.entity.aggregate.ReadBackRows;

/** What is there of an entity, by what was read of it and by what the log says. Pure. */
public final class Presence {

  private Presence() {}

  /**
   * Whether a root row that the transaction did not touch is there, and one that the conditions let
   * through. Where the database does not hold it, parts may name one that never was. Rows that may
   * be parts of several types of entities belong to those that are there.
   */
  public static boolean existsForUs(
      AggregateChange entity, ReadBackRows readBack, boolean followed) {
    boolean shared =
        entity.schema().parts().stream()
            .allMatch(part -> part.shared() || entity.changes(part).isEmpty());
    boolean mayBeGone = entity.schema().role().condition() == null && !shared && !followed;
    return switch (entity.history().root(entity.position())) {
      case RowState.Present _ -> true;
      case RowState.Absent _ -> false;
      case RowState.AsRead _ ->
          mayBeGone
              || readBack.root(entity).isPresent()
              || entity.history().touches().stream().anyMatch(one -> !one.roots().isEmpty())
              || entity
                  .key()
                  .filter(key -> readBack.isUnread(entity.schema().root(), key))
                  .isPresent();
    };
  }

  /**
   * Whether parts as they were read, with the log laid over them, are all there were: not if the
   * entity was deleted meanwhile by a transaction that is not known yet.
   */
  public static boolean isWhole(AggregateChange entity, ReadBackRows readBack) {
    return entity.key().filter(key -> readBack.has(entity.schema().root(), key)).isPresent()
        || entity.key().filter(key -> readBack.isUnread(entity.schema().root(), key)).isPresent()
        || entity.history().isGoneKnown(entity.position());
  }
}
