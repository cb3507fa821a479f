package io.rowhook.entity;

import java.util.List;
import java.util.Optional;

/**
 * What was staged of a transaction too large for memory, while its events are made: net changes on
 * disk, one for each row that an entity is made of. Neither reading nor assigning keeps anybody
 * from the journal. Used by the capture thread.
 */
public interface SpilledChanges {

  /**
   * A change.
   *
   * @param ordinal grows in the order of first touch; from 1
   */
  record Spilled(long ordinal, NetChange change) {}

  /**
   * A change belongs to this entity; it may belong to two.
   *
   * @param ordinal of the change
   */
  record Assignment(long ordinal, String owner) {}

  /**
   * An entity with all its changes, in order.
   *
   * @param ordinal grows in the order in which entities were first assigned to; from 1
   * @param changes the first alone, where all together weigh more than {@link #MOST_OWNED}
   * @param whole whether they are all
   */
  record Owned(long ordinal, String owner, List<NetChange> changes, boolean whole) {}

  /** Bytes of heap that the changes of one entity may hold. */
  long MOST_OWNED = Runtime.getRuntime().maxMemory() / 6;

  /** Those after an ordinal, in order; ends with the one that brings them to a weight. */
  List<Spilled> after(long ordinal, int limit, int maxWeight);

  /** The change of one row, by {@link NetChange#entityKey}. */
  Optional<NetChange> find(String entityKey);

  /** Notes what changes belong to; in the order of their ordinals. */
  void assign(List<Assignment> assignments);

  /**
   * The entities after an ordinal, in order; ends with the one that brings them to a weight. Not
   * until all is assigned.
   */
  List<Owned> ownedAfter(long ordinal, int limit, int maxWeight);
}
