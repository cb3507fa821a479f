package io.rowhook.capture;

import java.util.List;

/**
 * What is different in a table of another database in a way that can be seen in events.
 *
 * @param kind which difference
 * @param column which column; empty: the whole table
 * @param what in words, after the table's or the column's name: {@code is gone}
 * @param from what it was: a type, a name, columns
 * @param to what it is; for a column that is gone the one that probably is it now; empty: nothing
 * @param mend the statement that undoes it there; empty: there is none
 */
public record StructureChange(
    Kind kind, TableId table, String column, String what, String from, String to, String mend) {

  /** Which difference. */
  public enum Kind {
    /** The column is not there, or not under this name. */
    GONE,
    /** PostgreSQL computes it there, so it is not in the log. */
    GENERATED,
    /** Its values are sent in another form. */
    TYPE,
    /** It can be null there. */
    NULLABLE,
    /** An enum has no longer all of its values. */
    VALUES,
    /** Other columns are the primary key there. */
    KEY,
    /** Old rows are not logged whole any more. */
    IDENTITY,
    /** The publication does not send all of it. */
    PUBLICATION,
    /** The role does not see all of its rows. */
    RIGHTS
  }

  /** Of {@link Kind#VALUES} those that are gone. */
  public List<String> gone() {
    return kind == Kind.VALUES ? List.of(from.split(", ", -1)) : List.of();
  }
}
