package io.rowhook.entity.schema;

import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.RowLookup.Asked;
import io.rowhook.capture.RowLookup.Query;
import io.rowhook.capture.TableId;
import io.rowhook.entity.LookupReference;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /** The columns of the references' keys, after some others. */
  static Set<String> keys(List<String> own, List<LookupReference> references) {
    return Stream.concat(own.stream(), references.stream().flatMap(one -> one.key().stream()))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  static List<String> names(List<LookupReference> references) {
    return references.stream().map(LookupReference::name).toList();
  }

  /** How a row of a part names one that it belongs to, if that can be written in several ways. */
  static Query keyLookup(TableId from, List<String> key, TableId to, List<String> target) {
    return new Query(
        to, target, ColumnFilter.only(target), List.of(), new Asked(from, key), "", "");
  }
}
