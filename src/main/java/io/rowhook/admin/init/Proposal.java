package io.rowhook.admin.init;

import io.rowhook.capture.SourceCatalog.Column;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is proposed to be captured. Immutable.
 *
 * @param entities in the order of their names
 * @param leftOut why each other table is no entity, and no part of one
 */
record Proposal(List<Proposal.Entity> entities, Map<TableId, String> leftOut) {

  Proposal {
    entities = List.copyOf(entities);
    leftOut = java.util.Collections.unmodifiableMap(new TreeMap<>(leftOut));
  }

  /**
   * An entity.
   *
   * @param id where it is not the table's own key
   * @param deleted a condition; empty: none
   * @param asked columns with personal data that are sent, if nobody objects
   * @param notes what was found and no setting can say
   * @param why it is one
   */
  record Entity(
      String name,
      Table table,
      List<String> id,
      String deleted,
      List<Hide> hidden,
      List<String> asked,
      List<Part> parts,
      List<Reference> references,
      List<Column> states,
      List<String> notes,
      String why) {

    Entity named(String other) {
      return new Entity(
          other, table, id, deleted, hidden, asked, parts, references, states, notes, why);
    }
  }

  /**
   * A part, which may have parts itself.
   *
   * @param declared whether a foreign key says so
   */
  record Part(
      String name,
      Table table,
      List<String> key,
      boolean declared,
      List<String> to,
      List<String> orderBy,
      List<Hide> hidden,
      List<String> asked,
      List<Part> parts,
      List<Reference> references,
      List<String> notes) {}

  /**
   * A row that is looked up.
   *
   * @param declared whether a foreign key says so, or values do
   * @param prefix what stands before its key in the column; empty: nothing
   */
  record Reference(
      String name,
      Table table,
      List<String> key,
      boolean declared,
      String prefix,
      List<String> to,
      List<String> attributes,
      List<Reference> references) {}

  /** A column that is not sent. */
  record Hide(String column, Columns.Hidden why) {}

  /** Only these entities. */
  Proposal only(java.util.function.Predicate<Entity> wanted) {
    Map<TableId, String> left = new TreeMap<>(leftOut);
    List<Entity> kept = new ArrayList<>();
    for (Entity entity : entities) {
      if (wanted.test(entity)) {
        kept.add(entity);
      } else {
        left.put(entity.table().id(), "not asked for");
      }
    }
    return new Proposal(kept, left);
  }

  /** Each table whose rows are captured: of entities and parts. */
  List<Table> captured() {
    List<Table> tables = new ArrayList<>();
    for (Entity entity : entities) {
      tables.add(entity.table());
      entity.parts().forEach(part -> add(part, tables));
    }
    return tables.stream().distinct().toList();
  }

  private static void add(Part part, List<Table> tables) {
    tables.add(part.table());
    part.parts().forEach(inner -> add(inner, tables));
  }
}
