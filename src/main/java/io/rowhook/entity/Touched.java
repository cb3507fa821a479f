package io.rowhook.entity;

import io.rowhook.capture.RowKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One entity that a transaction has touched: what it did to its root row, and to the rows of its
 * parts. Filled while the transaction's changes are sorted, then only read.
 */
final class Touched {

  private final Outcome outcome;
  private final Shape shape;
  private final Optional<RowKey> key;
  private final List<NetChange> roots = new ArrayList<>(1);
  private final List<List<NetChange>> parts;
  private @Nullable EntityHistory history;
  private Spellings spellings = Spellings.NONE;
  private int position;
  private int moment;

  /**
   * @param key of the root row; empty where the log does not have it, and nothing can be read
   */
  Touched(Outcome outcome, Shape shape, Optional<RowKey> key) {
    this.outcome = outcome;
    this.shape = shape;
    this.key = key;
    parts = new ArrayList<>(shape.parts().size());
    shape.parts().forEach(_ -> parts.add(new ArrayList<>(0)));
  }

  void add(NetChange change, Shape.Node part) {
    parts.get(part.index()).add(change);
  }

  void addRoot(NetChange change) {
    roots.add(change);
  }

  /** What happened to it in the same batch, of which this is one step; itself, if nothing else. */
  EntityHistory history() {
    EntityHistory known = history;
    if (known == null) {
      known = EntityHistory.of(this);
      history = known;
    }
    return known;
  }

  /** Its place in {@link #history}. */
  int position() {
    return position;
  }

  /** The place of its transaction in {@link EntityHistory#parts}. */
  int moment() {
    return moment;
  }

  void placeIn(EntityHistory whole, int at, int atMoment) {
    history = whole;
    position = at;
    moment = atMoment;
  }

  /** How keys are written that can be written in several ways. */
  Spellings spellings() {
    return spellings;
  }

  void spell(Spellings all) {
    spellings = all;
  }

  /** What comes of it goes there. */
  Outcome outcome() {
    return outcome;
  }

  Shape shape() {
    return shape;
  }

  Optional<RowKey> key() {
    return key;
  }

  /** Two where the id has changed and the primary key has not: the old one and the new one. */
  List<NetChange> roots() {
    return roots;
  }

  /** Whether the root row is there after the transaction, as far as the log tells. */
  boolean isThere() {
    return roots.isEmpty() || roots.stream().anyMatch(root -> root.after() != null);
  }

  /**
   * Whether rows of its parts can be in the source: of what no longer exists for us the root row is
   * there all the same.
   */
  boolean mayHaveParts() {
    return isThere() || shape.role().condition() != null;
  }

  List<NetChange> changes(Shape.Node part) {
    return parts.get(part.index());
  }

  /** Names of the attributes of parts that have changed. */
  List<String> changedParts() {
    return shape.parts().stream()
        .filter(part -> !changes(part).isEmpty())
        .map(Shape.Node::attribute)
        .distinct()
        .toList();
  }

  /** Whether rows that the log does not have are needed for its events. */
  boolean isRead() {
    return key.isPresent() && (shape.isRead() || roots.stream().anyMatch(root -> !root.isWhole()));
  }
}
