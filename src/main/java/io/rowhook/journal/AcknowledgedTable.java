package io.rowhook.journal;

/** The migration that gives the journal what recipients have of each entity. */
public final class AcknowledgedTable {

  public static final String SQL =
      """
      -- what a recipient acknowledged last of an entity; where it is not known, there is no row
      CREATE TABLE acknowledged (
        recipient INTEGER NOT NULL,
        entity_key BLOB NOT NULL,
        sequence INTEGER NOT NULL,
        digest BLOB NOT NULL,         -- of the request: SHA-256
        PRIMARY KEY (recipient, entity_key)
      ) STRICT, WITHOUT ROWID;
      """;

  private AcknowledgedTable() {}
}
