package io.rowhook.entity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction has done to one entity so far: from its state before the transaction to its
 * state now.
 *
 * @param entityType {@code Order}
 * @param entityId the id as text, see {@link Event#entityId}
 * @param id the id as recipients get it: a number or text, or an object of several columns
 * @param existed whether it was there before the transaction
 * @param before its attributes before the transaction; a missing one is unknown, and null means
 *     that all are
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

  /** One key for one entity: as {@link Event#entityKey}. */
  public String entityKey() {
    return entityType + '\0' + entityId;
  }
}
