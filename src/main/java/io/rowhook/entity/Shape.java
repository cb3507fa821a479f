package io.rowhook.entity;

import io.rowhook.capture.RowLookup.Query;
import io.rowhook.capture.TableFacts;
import io.rowhook.capture.TableFacts.ReplicaIdentity;
import io.rowhook.capture.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entity as {@code entities.yaml} describes it and as the source's catalog has its tables.
 * Immutable.
 */
final class Shape {

  /**
   * A part, at any depth.
   *
   * @param path its name among all: {@code Order/lines/serials}
   * @param index its place in {@link #parts}
   * @param parent the part that it belongs to; null: the entity itself
   * @param primaryKey of its table
   * @param logged whether all of an old row is in the log
   */
  record Node(
      String path,
      int index,
      Part part,
      @Nullable Node parent,
      List<String> primaryKey,
      boolean logged) {

    /** The name of the attribute of the entity that holds it, itself or around it. */
    String attribute() {
      return parent == null ? part.name() : parent.attribute();
    }

    /** Whether who names one of its rows names what that belongs to as well. */
    boolean keyIsInPrimaryKey() {
      return primaryKey.containsAll(part.key());
    }

    /** By the row that it belongs to. */
    Query byParent() {
      return new Query(part.table(), part.key(), List.of(), part.excluded());
    }

    /** Only what it belongs to, by its own primary key. */
    Query keyOnly() {
      return new Query(part.table(), primaryKey, part.key(), List.of());
    }
  }

  private final EntityType type;
  private final List<String> primaryKey;
  private final List<String> columns;
  private final List<Node> parts = new ArrayList<>();

  Shape(EntityType type, Map<TableId, TableFacts> tables) {
    this.type = type;
    TableFacts root = tables.get(type.table());
    this.primaryKey = root == null ? List.of() : root.primaryKey();
    this.columns =
        root == null
            ? List.of()
            : root.columns().stream().filter(name -> !type.excluded().contains(name)).toList();
    type.parts().forEach(part -> add(part, type.name(), null, tables));
  }

  private void add(
      Part part, String above, @Nullable Node parent, Map<TableId, TableFacts> tables) {
    TableFacts facts = tables.get(part.table());
    if (facts == null) {
      throw new IllegalStateException("capture does not read " + part.table());
    }
    Node node =
        new Node(
            above + "/" + part.name(),
            parts.size(),
            part,
            parent,
            facts.primaryKey(),
            facts.identity() == ReplicaIdentity.FULL);
    parts.add(node);
    part.parts().forEach(inner -> add(inner, node.path(), node, tables));
  }

  EntityType type() {
    return type;
  }

  String name() {
    return type.name();
  }

  List<String> primaryKey() {
    return primaryKey;
  }

  /** The columns of the root table that recipients know it by. */
  List<String> id() {
    return type.id().isEmpty() ? primaryKey : type.id();
  }

  /** All columns of the root table that are captured. */
  List<String> columns() {
    return columns;
  }

  /** Each before its own parts. */
  List<Node> parts() {
    return parts;
  }

  /** Whether other rows than the root's own belong to it. */
  boolean hasParts() {
    return !parts.isEmpty();
  }

  /** Whether its data is not in the log alone. */
  boolean isRead() {
    return hasParts() || !type.references().isEmpty();
  }

  /** The root row. */
  Query root() {
    return new Query(type.table(), primaryKey, List.of(), type.excluded());
  }

  /** The row that a reference names, by its primary key. */
  static Query named(Reference reference) {
    return new Query(reference.table(), List.of(), reference.attributes(), List.of());
  }
}
