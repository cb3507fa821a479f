package io.rowhook.entity;

import io.rowhook.entity.PartHistory.RowState;

/** What is there of an entity, by what was read of it and by what the log says. Pure. */
final class Presence {

  private Presence() {}

  /**
   * Whether a root row that the transaction did not touch is there, and one that the conditions let
   * through. Where the database does not hold it, parts may name one that never was. Rows that may
   * be parts of several types of entities belong to those that are there.
   */
  static boolean existsForUs(Touched entity, Found found, boolean followed) {
    boolean shared =
        entity.shape().parts().stream()
            .allMatch(part -> part.shared() || entity.changes(part).isEmpty());
    boolean mayBeGone = entity.shape().role().condition() == null && !shared && !followed;
    return switch (entity.history().root(entity.position())) {
      case RowState.Present _ -> true;
      case RowState.Absent _ -> false;
      case RowState.AsRead _ ->
          mayBeGone
              || found.root(entity).isPresent()
              || entity.history().touches().stream().anyMatch(one -> !one.roots().isEmpty())
              || entity.key().filter(key -> found.isUnread(entity.shape().root(), key)).isPresent();
    };
  }

  /**
   * Whether parts as they were read, with the log laid over them, are all there were: not if the
   * entity was deleted meanwhile by a transaction that is not known yet.
   */
  static boolean isWhole(Touched entity, Found found) {
    return entity.key().filter(key -> found.has(entity.shape().root(), key)).isPresent()
        || entity.key().filter(key -> found.isUnread(entity.shape().root(), key)).isPresent()
        || entity.history().isGoneKnown(entity.position());
  }
}
