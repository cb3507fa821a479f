package io.rowhook.capture.decode;

import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.TableMetadata;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Under which names the columns of an older description of a table are read. They keep those that
 * the log gives them, but for those that the mapping depends on: where only names have changed
 * since, such a column is known by its place.
 */
final class RenamedColumns {

  private RenamedColumns() {}

  /** The name of each column of the description. */
  static List<String> names(Relation relation, TableMetadata facts, CapturedTable asked) {
    List<String> logged = relation.columns().stream().map(Relation.Column::name).toList();
    List<TableMetadata.Column> now =
        facts.allColumns().stream().filter(column -> !column.generated()).toList();
    List<String> current = now.stream().map(TableMetadata.Column::name).toList();
    if (logged.equals(current) || !sameTypes(relation, now)) {
      return logged;
    }
    Set<String> needed = new HashSet<>(facts.primaryKey());
    needed.addAll(asked.demanded());
    List<String> names = new ArrayList<>(logged);
    for (int i = 0; i < names.size(); i++) {
      String name = current.get(i);
      if (needed.contains(name) && !logged.contains(name) && !current.contains(logged.get(i))) {
        names.set(i, name);
      }
    }
    return names;
  }

  private static boolean sameTypes(Relation relation, List<TableMetadata.Column> now) {
    if (relation.columns().size() != now.size()) {
      return false;
    }
    for (int i = 0; i < now.size(); i++) {
      if (Integer.toUnsignedLong(relation.columns().get(i).typeOid()) != now.get(i).type()) {
        return false;
      }
    }
    return true;
  }
}
