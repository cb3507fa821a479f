package io.rowhook.entity;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * What was staged of a transaction, while its events are made: net changes on disk, one for each
 * row that an entity is made of.
 */
public interface Staged {

  /**
   * A change.
   *
   * @param ordinal grows in the order of first touch; from 1
   */
  record Ordered(long ordinal, NetChange change) {}

  /** Those after an ordinal, in order; ends with the one that brings them to a weight. */
  List<Ordered> after(long ordinal, int limit, int maxWeight);

  /** The change of one row, by {@link NetChange#entityKey}. */
  Optional<NetChange> find(String entityKey);

  /** Notes that a change belongs to this entity; it may belong to two. */
  void assign(long ordinal, String owner);

  /** Each owner noted, in the order of its first change, with all its changes in order. */
  void eachOwner(BiConsumer<String, List<NetChange>> taker);
}
