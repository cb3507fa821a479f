package io.rowhook.journal;

/**
 * The migration by which what is particular to a kind of source becomes text that only capture
 * reads, and a transaction's id becomes text.
 */
public final class OpaqueSource {

  public static final String SQL =
      """
      ALTER TABLE epoch ADD COLUMN history TEXT NOT NULL DEFAULT '';  -- which of the source
      UPDATE epoch SET history = json_object(
        'systemIdentifier', system_identifier, 'timeline', timeline, 'slot', slot);
      ALTER TABLE epoch DROP COLUMN system_identifier;
      ALTER TABLE epoch DROP COLUMN timeline;
      ALTER TABLE epoch DROP COLUMN slot;

      -- what capture has to find again after a restart
      CREATE TABLE note (
        name TEXT PRIMARY KEY,
        text TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      INSERT INTO note SELECT 'publication', json_object('oid', oid, 'tables', json((
        SELECT json_group_array(json_object(
          'schema', schema_name, 'table', table_name, 'oid', captured_table.oid, 'routes', routes,
          'lastGood', CASE WHEN last_good IS NOT NULL THEN
            printf('%X/%X', (last_good >> 32) & 0xFFFFFFFF, last_good & 0xFFFFFFFF) END,
          'key', json(key_columns))) FROM captured_table))) FROM publication;
      INSERT INTO note SELECT 'publication-seen',
        printf('%X/%X', (seen_at >> 32) & 0xFFFFFFFF, seen_at & 0xFFFFFFFF) FROM publication;
      INSERT INTO note SELECT 'slot-intent',
        json_object('systemIdentifier', system_identifier, 'slot', slot) FROM slot_intent;
      DROP TABLE captured_table;
      DROP TABLE publication;
      DROP TABLE slot_intent;
      ALTER TABLE missed_range RENAME COLUMN after_lsn TO after_position;
      ALTER TABLE missed_range RENAME COLUMN to_lsn TO to_position;

      ALTER TABLE event RENAME COLUMN lsn TO position;
      ALTER TABLE event ADD COLUMN transaction_id TEXT NOT NULL DEFAULT '';
      UPDATE event SET transaction_id = CAST(tx AS TEXT);
      ALTER TABLE event DROP COLUMN tx;
      ALTER TABLE rejected_row RENAME COLUMN lsn TO position;
      ALTER TABLE rejected_row ADD COLUMN transaction_id TEXT NOT NULL DEFAULT '';
      UPDATE rejected_row SET transaction_id = CAST(tx AS TEXT);
      ALTER TABLE rejected_row DROP COLUMN tx;
      """;

  private OpaqueSource() {}
}
