package io.rowhook.entity.aggregate;

import io.rowhook.capture.RowKey;
import io.rowhook.entity.EventCollector;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.schema.EntitySchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One entity that a transaction has touched: what it did to its root row, and to the rows of its
 * parts. Filled while the transaction's changes are sorted, then only read.
 */
public final class AggregateChange {

  private final EventCollector outcome;
  private final EntitySchema schema;
  private final Optional<RowKey> key;
  private final List<NetChange> roots = new ArrayList<>(1);
  private final List<List<NetChange>> parts;
  private @Nullable EntityHistory history;
  private KeyNormalizer normalizer = KeyNormalizer.NONE;
  private int position;
  private int moment;

  /**
   * @param key of the root row; empty where the log does not have it, and nothing can be read
   */
  public AggregateChange(EventCollector outcome, EntitySchema schema, Optional<RowKey> key) {
    this.outcome = outcome;
    this.schema = schema;
    this.key = key;
    parts = new ArrayList<>(schema.parts().size());
    schema.parts().forEach(_ -> parts.add(new ArrayList<>(0)));
  }

  public void add(NetChange change, EntitySchema.Node part) {
    parts.get(part.index()).add(change);
  }

  public void addRoot(NetChange change) {
    roots.add(change);
  }

  /** What happened to it in the same batch, of which this is one step; itself, if nothing else. */
  public EntityHistory history() {
    EntityHistory known = history;
    if (known == null) {
      known = EntityHistory.of(this);
      history = known;
    }
    return known;
  }

  /** Its place in {@link #history}. */
  public int position() {
    return position;
  }

  /** The place of its transaction in {@link EntityHistory#parts}. */
  public int moment() {
    return moment;
  }

  void placeIn(EntityHistory whole, int at, int atMoment) {
    history = whole;
    position = at;
    moment = atMoment;
  }

  /** How keys are written that can be written in several ways. */
  public KeyNormalizer normalizer() {
    return normalizer;
  }

  public void spell(KeyNormalizer all) {
    normalizer = all;
  }

  /** What comes of it goes there. */
  public EventCollector outcome() {
    return outcome;
  }

  public EntitySchema schema() {
    return schema;
  }

  public Optional<RowKey> key() {
    return key;
  }

  /** Two where the id has changed and the primary key has not: the old one and the new one. */
  public List<NetChange> roots() {
    return roots;
  }

  /** Whether the root row is there after the transaction, as far as the log tells. */
  public boolean isThere() {
    return roots.isEmpty() || roots.stream().anyMatch(root -> root.after() != null);
  }

  /**
   * Whether rows of its parts can be in the source: of what no longer exists for us the root row is
   * there all the same.
   */
  public boolean mayHaveParts() {
    return isThere() || schema.role().condition() != null;
  }

  public List<NetChange> changes(EntitySchema.Node part) {
    return parts.get(part.index());
  }

  /** Names of the attributes of parts that have changed. */
  public List<String> changedParts() {
    return schema.parts().stream()
        .filter(part -> !changes(part).isEmpty())
        .map(EntitySchema.Node::attribute)
        .distinct()
        .toList();
  }

  /** Whether rows that the log does not have are needed for its events. */
  public boolean isRead() {
    return key.isPresent() && (schema.isRead() || roots.stream().anyMatch(root -> !root.isWhole()));
  }
}
