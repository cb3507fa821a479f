package io.rowhook.capture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One committed INSERT, UPDATE or DELETE of one row, its values already as {@code docs/mapping.md}
 * says they are sent (numeric exact, timestamps ISO 8601, bytea base64, json as JSON).
 *
 * <p>A column that is missing in {@code before} or {@code after} is unknown; one that is null there
 * is null in the row. The placeholder for an unchanged large value never gets this far: the column
 * is missing and named in {@code unavailable}.
 *
 * @param table where
 * @param operation what happened
 * @param key the columns of the primary key, in its order; empty where the table has none
 * @param before the row as it was: all columns with {@code REPLICA IDENTITY FULL}; for a DELETE
 *     otherwise only those of the identity; null for an INSERT and where it is unknown
 * @param after the row as it is; null for a DELETE
 * @param unavailable columns missing in {@code after} because they are large, were not changed and
 *     so were not logged (TOAST)
 * @param weight about how many bytes of heap it holds
 */
public record RowChange(
    TableId table,
    Operation operation,
    ObjectNode key,
    @Nullable ObjectNode before,
    @Nullable ObjectNode after,
    List<String> unavailable,
    int weight) {

  /** What happened to the row. */
  public enum Operation {
    INSERT,
    UPDATE,
    DELETE
  }
}
