package io.rowhook.journal;

/** The migration that gives events what they name, and deliveries what they wait for by that. */
public final class ReferencesTable {

  public static final String SQL =
      """
      -- the entities that it names, as JSON: ids by type; null: none, or written before this
      ALTER TABLE event ADD COLUMN named TEXT;

      -- of a blocked one: the entity that it names and whose earlier delivery it waits for, as in
      -- entity_key; empty: for all that is earlier; null: for its own entity
      ALTER TABLE delivery ADD COLUMN behind BLOB;
      CREATE INDEX delivery_behind ON delivery (recipient, behind, sequence)
        WHERE behind IS NOT NULL AND state = 'blocked';
      """;

  private ReferencesTable() {}
}
