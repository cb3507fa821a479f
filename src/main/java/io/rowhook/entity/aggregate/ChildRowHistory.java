package io.rowhook.entity.aggregate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.RowKey;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.change.NetChangeMerger;
import io.rowhook.entity.schema.EntitySchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the transactions of one batch did to the rows of parts, one after the other, as the log has
 * it, whichever entity they belonged to: a row that came into an order with the line that it
 * belongs to was elsewhere before. Immutable once it is filled; any thread.
 */
public final class ChildRowHistory {

  /**
   * A change of one row.
   *
   * @param moment the place of its transaction among those of the batch
   */
  private record Step(int moment, NetChange change) {}

  /** How a row was at some moment. */
  public sealed interface RowState {

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

  static final RowState AS_READ = new RowState.AsRead();
  static final RowState ABSENT = new RowState.Absent();

  private final Map<EntitySchema.Node, Map<RowKey, List<Step>>> rows = new HashMap<>();

  /** By part and by what they belonged to at some moment: the keys of rows. */
  private final Map<EntitySchema.Node, Map<RowKey, Set<RowKey>>> under = new HashMap<>();

  /** Adds what one transaction did to an entity of which nothing else is known. */
  void add(AggregateChange aggregateChange) {
    for (EntitySchema.Node part : aggregateChange.schema().parts()) {
      aggregateChange
          .changes(part)
          .forEach(change -> add(part, change, 0, aggregateChange.normalizer()));
    }
  }

  /** Adds what one transaction did to a row of a part; the transactions in their order. */
  public void add(EntitySchema.Node part, NetChange change, int moment, KeyNormalizer normalizer) {
    ObjectNode image = change.after() == null ? change.before() : change.after();
    RowKey.of(image, part.primaryKey())
        .ifPresent(key -> add(part, key, new Step(moment, change), normalizer));
  }

  private void add(EntitySchema.Node part, RowKey key, Step step, KeyNormalizer normalizer) {
    rows.computeIfAbsent(part, _ -> new LinkedHashMap<>())
        .computeIfAbsent(key, _ -> new ArrayList<>(1))
        .add(step);
    for (ObjectNode image : Arrays.asList(step.change().before(), step.change().after())) {
      if (image != null) {
        part.parentKey(image)
            .map(parent -> normalizer.of(part, parent))
            .ifPresent(parent ->
                under
                    .computeIfAbsent(part, _ -> new HashMap<>())
                    .computeIfAbsent(parent, _ -> new LinkedHashSet<>())
                    .add(key));
      }
    }
  }

  /** The rows that belonged to another at some moment, as far as the log tells. */
  public Set<RowKey> under(EntitySchema.Node part, RowKey parent) {
    return under.getOrDefault(part, Map.of()).getOrDefault(parent, Set.of());
  }

  /**
   * How a part's row was before the transaction at a moment, and so after the one before it.
   *
   * @param moment as many as there are: after the last
   */
  public RowState row(EntitySchema.Node part, RowKey key, int moment) {
    List<Step> steps = rows.getOrDefault(part, Map.of()).getOrDefault(key, List.of());
    for (int i = steps.size() - 1; i >= 0; i--) {
      if (steps.get(i).moment() < moment) {
        return after(steps.get(i).change());
      }
    }
    return steps.isEmpty() ? AS_READ : before(steps.getFirst().change(), part.logged());
  }

  static RowState after(NetChange change) {
    ObjectNode row = change.after();
    if (row == null) {
      return ABSENT;
    }
    if (change.unavailable().isEmpty()) {
      return new RowState.Present(row, List.of());
    }
    List<String> still = new ArrayList<>();
    ObjectNode filled = NetChangeMerger.fill(row, change.unavailable(), change.before(), still);
    return new RowState.Present(filled, still);
  }

  /** What cannot be told is as it is read. */
  static RowState before(NetChange change, boolean logged) {
    ObjectNode row = change.before();
    if (!change.existed()) {
      return ABSENT;
    }
    return row != null && logged ? new RowState.Present(row, List.of()) : AS_READ;
  }
}
