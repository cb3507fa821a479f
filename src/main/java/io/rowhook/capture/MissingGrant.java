package io.rowhook.capture;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A right that a role lacks to look rows up. Immutable.
 *
 * @param columns which it may not read and should
 * @param whole whether all of the table's columns are to be read, so that no other is given away
 */
public record MissingGrant(TableId table, List<String> columns, boolean whole, String role) {

  public MissingGrant {
    columns = List.copyOf(columns);
  }

  /** The statement that gives it: of single columns where others must not be read. */
  public String statement() {
    String some = columns.stream().map(TableId::quote).collect(Collectors.joining(", ", " (", ")"));
    return "GRANT SELECT%s ON %s TO %s;"
        .formatted(whole ? "" : some, table.quoted(), TableId.quote(role));
  }

  /** The same without some columns, which nobody is to read. */
  public MissingGrant without(Collection<String> kept) {
    List<String> left = columns.stream().filter(column -> !kept.contains(column)).toList();
    return left.equals(columns) ? this : new MissingGrant(table, left, false, role);
  }

  /** This and another one of the same table and role. */
  public MissingGrant and(MissingGrant other) {
    List<String> all = Stream.concat(columns.stream(), other.columns.stream()).distinct().toList();
    return new MissingGrant(table, all, whole || other.whole, role);
  }
}
