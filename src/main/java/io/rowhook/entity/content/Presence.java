package io.rowhook.entity.content;

import io.rowhook.entity.ChildTable;
import io.rowhook.entity.aggregate.AggregateChange;
import io.rowhook.entity.aggregate.ChildRowHistory.RowState;
import io.rowhook.entity.aggregate.ReadBackRows;
import io.rowhook.entity.schema.LookupLink;
import java.util.Set;

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

  /** What of parts and references was read, and what is not whole since the root row is gone. */
  static void mark(
      AggregateChange entity,
      boolean whole,
      boolean existed,
      Set<String> unread,
      Set<String> read,
      Set<String> missing) {
    for (ChildTable part : entity.schema().type().parts()) {
      if (!whole && existed) {
        missing.add(part.name());
      } else if (whole && !unread.contains(part.name())) {
        read.add(part.name());
      }
    }
    entity.schema().links().stream()
        .map(LookupLink::name)
        .filter(name -> !unread.contains(name))
        .forEach(read::add);
  }
}
