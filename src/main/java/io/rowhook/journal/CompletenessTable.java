package io.rowhook.journal;

/** The migration that gives the journal up to when all of the source's commits are in it. */
public final class CompletenessTable {

  public static final String SQL =
      """
      -- up to which sequence at the most stands what the source had committed by an instant
      CREATE TABLE completeness (
        head INTEGER PRIMARY KEY,
        committed_to INTEGER NOT NULL
      ) STRICT;

      -- from where on the limit of its backlog let go what it was owed, until a person accepts it
      ALTER TABLE recipient ADD COLUMN lacks_from INTEGER;
      """;

  private CompletenessTable() {}
}
