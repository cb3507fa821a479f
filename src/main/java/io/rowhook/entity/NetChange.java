package io.rowhook.entity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction has done so far to one row that an entity is made of: from its state before
 * the transaction to its state now.
 *
 * @param entityType {@code Order}; for the row of a part its path, {@code Order/lines}
 * @param entityId the id as text, see {@link Event#entityId}; for the row of a part its primary key
 * @param id the id as recipients get it: a number or text, or an object of several columns
 * @param existed whether it was there before the transaction
 * @param before its attributes before the transaction; a missing one is unknown, and null means
 *     that all are. Of a row that did not exist for us, whether or not it was there, they say no
 *     more than its key and what is large
 * @param after its attributes now; null: it is gone
 * @param unavailable attributes missing in {@code after}: large, unchanged and so not in the log
 * @param weight about how many bytes of heap it holds
 */
public record NetChange(
    String entityType,
    String entityId,
    JsonNode id,
    boolean existed,
    @Nullable ObjectNode before,
    @Nullable ObjectNode after,
    List<String> unavailable,
    int weight) {

  /** Whether all that is known of its attributes now, or was before, fills what is not logged. */
  public boolean isWhole() {
    ObjectNode known = before;
    return after == null
        || unavailable.isEmpty()
        || (known != null && unavailable.stream().allMatch(known::has));
  }

  /** One key for one entity: as {@link Event#entityKey}. */
  public String entityKey() {
    return entityType + '\0' + entityId;
  }
}
