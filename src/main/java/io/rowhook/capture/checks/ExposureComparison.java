package io.rowhook.capture.checks;

import io.rowhook.capture.MissingGrant;
import io.rowhook.capture.StructureChange;
import io.rowhook.capture.StructureChange.Kind;
import io.rowhook.capture.TableId;
import io.rowhook.capture.catalog.TableColumns;
import io.rowhook.capture.catalog.TableExposure;
import io.rowhook.capture.catalog.TableStructure;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Holds what a role and a publication get to see of a table against what they get to see of the
 * same table elsewhere. Adds to a list; one thread.
 *
 * @param changes what is found is added to it
 */
public record ExposureComparison(
    String role, String publication, TableId table, List<StructureChange> changes) {

  /** Adds what is not shown there any more. */
  public void compare(TableExposure one, TableExposure two) {
    if (one.publication() && two.publication()) {
      String quoted = TableId.quote(publication);
      if (one.published() && !two.published()) {
        published(
            "is not in publication %s there".formatted(publication),
            "ALTER PUBLICATION %s ADD TABLE %s;".formatted(quoted, table.quoted()));
      } else if (one.part().isEmpty() && !two.part().isEmpty()) {
        published(
            "is in publication %s there with %s only".formatted(publication, two.part()),
            "ALTER PUBLICATION %s DROP TABLE %s; ALTER PUBLICATION %s ADD TABLE %s;"
                .formatted(quoted, table.quoted(), quoted, table.quoted()));
      } else if (one.operations() && !two.operations()) {
        published(
            "is in publication %s there, which lacks inserts, updates, deletes or truncates"
                .formatted(publication),
            "ALTER PUBLICATION %s SET (publish = 'insert, update, delete, truncate');"
                .formatted(quoted));
      }
    }
    if (one.role() && two.role()) {
      String user = TableId.quote(role);
      if (one.usable() && !two.usable()) {
        seen(
            "stands in a schema that %s may not use there".formatted(role),
            "GRANT USAGE ON SCHEMA %s TO %s;".formatted(TableId.quote(table.schema()), user));
      }
      if (!one.secured() && two.secured()) {
        seen(
            "has row-level security there, which hides rows from %s".formatted(role),
            "CREATE POLICY rowhook ON %s FOR SELECT TO %s USING (true);"
                .formatted(table.quoted(), user));
      }
    }
  }

  /** Adds that columns may not be read there that may be here. */
  public void rights(
      TableExposure one, TableExposure two, TableColumns columns, TableColumns columnsThere) {
    if (!one.role() || !two.role()) {
      return;
    }
    List<String> lost =
        columns.readable().stream()
            .filter(
                name -> !columns.closed().contains(name) && columnsThere.closed().contains(name))
            .toList();
    if (!lost.isEmpty()) {
      seen(
          "may not be read by %s there, or not all its columns".formatted(role),
          new MissingGrant(table, lost, one.whole(), role).statement());
    }
  }

  /**
   * Adds the columns that are new there and that the role may not read, since it reads the table by
   * column: a right that it has on others does not hold for these. A column that has another name
   * has kept its number, and the rights.
   *
   * @param closed those that the role may not read there; means nothing where it does not exist
   */
  public void unreadable(
      TableStructure one,
      TableStructure two,
      TableExposure shown,
      TableExposure shownThere,
      Set<String> closed) {
    if (!shown.role() || shown.whole()) {
      return;
    }
    Set<Integer> numbers = new HashSet<>();
    one.columns().values().forEach(column -> numbers.add(column.number()));
    for (TableStructure.Column column : two.columns().values()) {
      String name = column.name();
      boolean added = !one.columns().containsKey(name) && !numbers.contains(column.number());
      if (added && !column.generated() && (!shownThere.role() || closed.contains(name))) {
        String what =
            "is new there, and %s, which reads this table by column, has no right to it"
                .formatted(role);
        String mend = new MissingGrant(table, List.of(name), false, role).statement();
        changes.add(
            new StructureChange(Kind.UNREADABLE, table, name, what, "", "", List.of(), mend));
      }
    }
  }

  private void published(String what, String mend) {
    add(Kind.PUBLICATION, what, mend);
  }

  private void seen(String what, String mend) {
    add(Kind.RIGHTS, what, mend);
  }

  private void add(Kind kind, String what, String mend) {
    changes.add(new StructureChange(kind, table, "", what, "", "", List.of(), mend));
  }
}
