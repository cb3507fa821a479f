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
 * @param gone of {@link Kind#VALUES} those that are gone
 * @param mend the statement that undoes it there; empty: there is none
 */
public record StructureChange(
    Kind kind,
    TableId table,
    String column,
    String what,
    String from,
    String to,
    List<String> gone,
    String mend) {

  public StructureChange {
    gone = List.copyOf(gone);
  }

  /** One of a whole table. */
  StructureChange(Kind kind, TableId table, String what, String from, String to, String mend) {
    this(kind, table, "", what, from, to, List.of(), mend);
  }

  /** Which difference. */
  public enum Kind {
    /** The column is not there, or not under this name. */
    GONE,
    /** PostgreSQL computes it there, so it is not in the log. */
    GENERATED,
    /** Its values are sent in another form. */
    TYPE,
    /** Its values are ordered in another way there. */
    ORDER,
    /** Other values of it are equal there. */
    EQUALITY,
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
    RIGHTS,
    /** It is new, and the role, which reads the table by column, may not read it. */
    UNREADABLE
  }
}
