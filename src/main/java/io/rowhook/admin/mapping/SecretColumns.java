package io.rowhook.admin.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.TableId;
import io.rowhook.entity.ChildTable;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.LookupReference;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Takes out of an event's data what seems to be a secret, in each row by its table: a mapping that
 * a person has written may send some.
 *
 * @param secrets the columns of a table
 */
record SecretColumns(Function<TableId, Set<String>> secrets) {

  void remove(ObjectNode data, EntityType type) {
    remove(data, type.table(), type.parts(), type.references());
  }

  /** Parts and references come first: their names are no columns, or stand in place of one. */
  private void remove(
      ObjectNode row, TableId table, List<ChildTable> parts, List<LookupReference> references) {
    Set<String> columns = new java.util.HashSet<>(secrets.apply(table));
    for (ChildTable part : parts) {
      columns.remove(part.name());
      for (JsonNode one : row.path(part.name())) {
        if (one instanceof ObjectNode inner) {
          remove(inner, part.table(), part.parts(), part.references());
        }
      }
    }
    for (LookupReference reference : references) {
      columns.remove(reference.name());
      if (row.path(reference.name()) instanceof ObjectNode inner) {
        remove(inner, reference.table(), List.of(), reference.references());
      }
    }
    row.remove(columns);
  }
}
