package io.rowhook.entity.schema;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup.Asked;
import io.rowhook.capture.RowLookup.Query;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.entity.ChildTable;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.LookupReference;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An entity as {@code entities.yaml} describes it and as the source's catalog has its tables.
 * Immutable.
 */
public final class EntitySchema {

  /**
   * A part, at any depth.
   *
   * @param path its name among all: {@code Order/lines/serials}
   * @param index its place in {@link #parts}
   * @param parent the part that it belongs to; null: the entity itself
   * @param shared whether rows of its table are parts of other types of entities as well
   * @param logged whether all of an old row is in the log
   * @param numbered whether its key has a prefix and then a whole number
   * @param spelling looks up how the row that its rows belong to writes its own key; null: there is
   *     one way only
   * @param byParent looks its rows up by the row that they belong to
   */
  public record Node(
      String path,
      int index,
      ChildTable part,
      @Nullable Node parent,
      TableRole role,
      boolean shared,
      boolean logged,
      boolean numbered,
      @Nullable Query spelling,
      Query byParent,
      RowComparator order,
      List<LookupLink> links) {

    /** The name of the attribute of the entity that holds it, itself or around it. */
    public String attribute() {
      return parent == null ? part.name() : parent.attribute();
    }

    public List<String> primaryKey() {
      return role.primaryKey();
    }

    /** Whether who names one of its rows names what that belongs to as well. */
    public boolean keyIsInPrimaryKey() {
      return part.prefix().isEmpty()
          && part.where().isEmpty()
          && role.primaryKey().containsAll(part.key());
    }

    /** Only what it belongs to, by its own primary key. */
    public Query keyOnly() {
      return new Query(
          part.table(),
          role.primaryKey(),
          ColumnFilter.only(part.key()),
          List.of(),
          null,
          "",
          part.where());
    }

    /** The key of the row that one of its rows belongs to; empty where it belongs to none. */
    public Optional<RowKey> parentKey(@Nullable ObjectNode row) {
      if (part.prefix().isEmpty() || row == null) {
        return RowKey.of(row, part.key());
      }
      Optional<String> rest = LookupReference.rest(row.get(part.key().getFirst()), part.prefix());
      if (!numbered) {
        return rest.map(text -> RowKey.of(TextNode.valueOf(text)));
      }
      return rest.filter(text -> text.matches("-?(0|[1-9][0-9]{0,18})"))
          .map(text -> RowKey.parse("[" + text + "]"));
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Node node && path.equals(node.path);
    }

    @Override
    public int hashCode() {
      return path.hashCode();
    }
  }

  private final EntityType type;
  private final TableRole role;
  private final List<String> key;
  private final Query root;
  private final List<LookupLink> links;
  private final List<Node> parts = new ArrayList<>();
  private final boolean spelled;
  private final EntityNaming naming;
  private final String keyShape;
  private final Set<String> wholeNumbers;

  /**
   * @param shared tables whose rows are parts of several types of entities
   */
  EntitySchema(EntityType type, Set<TableId> shared, EntityTargets targets) {
    Map<TableId, TableMetadata> tables = targets.tables();
    this.type = type;
    TableMetadata facts = tables.get(type.table());
    role =
        TableRole.of(
            facts,
            type.attributes(),
            type.condition(),
            LookupLink.keys(
                Stream.concat(type.id().stream(), type.key().stream()).toList(), type.references()),
            LookupLink.keys(List.of(), type.references()),
            LookupLink.names(type.references()));
    key = type.key().isEmpty() ? role.primaryKey() : type.key();
    keyShape = KeyTypes.shape(type.table(), facts, key);
    wholeNumbers = KeyTypes.wholeNumbers(facts, id());
    root =
        new Query(
            type.table(),
            key,
            ColumnFilter.ALL,
            role.columns(),
            role.named(),
            null,
            "",
            type.condition());
    links = LookupLink.of(type.table(), type.references());
    type.parts().forEach(part -> add(part, type.name(), null, tables, shared));
    spelled = parts.stream().anyMatch(part -> part.spelling() != null);
    naming = targets.naming(type, role, parts);
  }

  private void add(
      ChildTable part,
      String above,
      @Nullable Node parent,
      Map<TableId, TableMetadata> tables,
      Set<TableId> shared) {
    TableMetadata facts = tables.get(part.table());
    if (facts == null) {
      throw new IllegalStateException("capture does not read " + part.table());
    }
    Set<String> told = LookupLink.keys(part.key(), part.references());
    part.orderBy().forEach(by -> told.add(by.column()));
    TableRole own =
        TableRole.of(
            facts,
            part.attributes(),
            part.where(),
            told,
            told,
            LookupLink.names(part.references()));
    TableId above1 = parent == null ? type.table() : parent.part().table();
    List<String> parentKey = parent == null ? key : parent.primaryKey();
    Query byParent =
        new Query(
            part.table(),
            part.key(),
            ColumnFilter.ALL,
            own.columns(),
            own.named(),
            parentKey.size() == part.key().size() ? new Asked(above1, parentKey) : null,
            part.prefix(),
            part.where());
    Node node =
        new Node(
            above + "/" + part.name(),
            parts.size(),
            part,
            parent,
            own,
            shared.contains(part.table()),
            facts.logsOldRows(),
            KeyTypes.isNumber(tables.get(above1), parentKey),
            part.prefix().isEmpty()
                    && !KeyTypes.isExact(facts, part.key(), tables.get(above1), parentKey)
                ? LookupLink.keyLookup(part.table(), part.key(), above1, parentKey)
                : null,
            byParent,
            new RowComparator(part.orderBy(), facts),
            LookupLink.of(part.table(), part.references()));
    parts.add(node);
    part.parts().forEach(inner -> add(inner, node.path(), node, tables, shared));
  }

  public EntityType type() {
    return type;
  }

  public String name() {
    return type.name();
  }

  /** Its root row. */
  public TableRole role() {
    return role;
  }

  /** The columns that tell its root row, as its parts name it; the primary key, or another. */
  public List<String> key() {
    return key;
  }

  /** What keys are of: table, columns and types. Those of another shape are not to be compared. */
  public String keyShape() {
    return keyShape;
  }

  /** The columns of the root table that recipients know it by. */
  public List<String> id() {
    return type.id().isEmpty() ? role.primaryKey() : type.id();
  }

  /** Those of the {@link #id} that are whole numbers. */
  public Set<String> wholeNumbers() {
    return wholeNumbers;
  }

  /** Each before its own parts. */
  public List<Node> parts() {
    return parts;
  }

  /** What its root row names. */
  public List<LookupLink> links() {
    return links;
  }

  /** Which other entities its rows name. */
  public EntityNaming naming() {
    return naming;
  }

  /** Whether some of its rows' keys can be written in several ways. */
  public boolean isSpelled() {
    return spelled;
  }

  /** What its root row and the rows of its parts name. */
  public List<LookupLink> allLinks() {
    return Stream.concat(links.stream(), parts.stream().flatMap(part -> part.links().stream()))
        .toList();
  }

  /** Whether other rows than the root's own belong to it. */
  public boolean hasParts() {
    return !parts.isEmpty();
  }

  /** Whether its data is not in the log alone. */
  public boolean isRead() {
    return hasParts() || !links.isEmpty();
  }

  /** Whether its data is just its row in the log. */
  public boolean isPlain() {
    return !isRead() && role.hidden().isEmpty();
  }

  /**
   * What of changed columns is said: of one that is not shown, the references that it is the key
   * of. Null: unknown.
   */
  @Nullable
  public List<String> shownChanges(@Nullable List<String> changed) {
    if (changed == null || role.hidden().isEmpty()) {
      return changed;
    }
    Set<String> told = new LinkedHashSet<>();
    for (String column : changed) {
      if (role.hidden().contains(column)) {
        links.stream()
            .filter(link -> link.reference().key().contains(column))
            .forEach(link -> told.add(link.name()));
      } else {
        told.add(column);
      }
    }
    return new ArrayList<>(told);
  }

  /** The references of which a row as it was has the key, but must show what the key named. */
  public List<LookupLink> replaced(ObjectNode before) {
    return links.stream()
        .filter(link -> link.reference().key().stream().allMatch(before::has))
        .filter(link ->
            link.reference().replacesItsKey()
                || link.reference().key().stream().anyMatch(role.hidden()::contains))
        .toList();
  }

  /** The root row. */
  public Query root() {
    return root;
  }
}
