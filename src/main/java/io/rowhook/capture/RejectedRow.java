package io.rowhook.capture;

/**
 * A row change that no event can be made of. It is reported and kept in the journal; capture goes
 * on.
 *
 * @param table where
 * @param operation INSERT, UPDATE, DELETE or TRUNCATE
 * @param key the row's key as JSON: enough to find it again, and no more of its values
 * @param reason which rule it broke
 */
public record RejectedRow(TableId table, String operation, String key, String reason) {}
