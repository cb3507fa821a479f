package io.rowhook.entity.schema;

import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.RowLookup.Asked;
import io.rowhook.capture.RowLookup.Query;
import io.rowhook.capture.TableId;
import io.rowhook.entity.LookupReference;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A reference and how its row is looked up. Immutable.
 *
 * @param query by what the reference names of that row
 * @param inner what that row names itself
 * @param hidden columns that are read for these only, and not shown
 */
public record LookupLink(
    LookupReference reference, Query query, List<LookupLink> inner, Set<String> hidden) {

  public LookupLink {
    inner = List.copyOf(inner);
    hidden = Set.copyOf(hidden);
  }

  static List<LookupLink> of(TableId from, List<LookupReference> references) {
    return references.stream().map(reference -> of(from, reference)).toList();
  }

  private static LookupLink of(TableId from, LookupReference reference) {
    ColumnFilter shown = reference.attributes();
    Set<String> hidden = new LinkedHashSet<>();
    for (LookupReference inner : reference.references()) {
      inner.key().stream().filter(name -> !shown.test(name)).forEach(hidden::add);
    }
    List<String> needed =
        reference.references().stream().flatMap(inner -> inner.key().stream()).distinct().toList();
    ColumnFilter read = shown.and(hidden);
    reference.references().forEach(inner -> hidden.remove(inner.name())); // it takes its place
    Query query =
        new Query(
            reference.table(),
            reference.to(),
            read,
            List.of(),
            needed,
            reference.prefix().isEmpty() ? new Asked(from, reference.key()) : null,
            "",
            reference.where());
    return new LookupLink(reference, query, of(reference.table(), reference.references()), hidden);
  }

  public String name() {
    return reference.name();
  }
}
