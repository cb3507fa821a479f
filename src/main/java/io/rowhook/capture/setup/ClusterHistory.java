package io.rowhook.capture.setup;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.capture.Epoch;

/**
 * Which history of PostgreSQL an epoch belongs to: one cluster and one life of one slot.
 *
 * @param systemIdentifier of the cluster, from {@code pg_control_system()}
 * @param timeline of the cluster when the epoch was last joined; a promoted standby counts it up
 * @param slot the replication slot's name
 */
public record ClusterHistory(String systemIdentifier, int timeline, String slot) {

  public static ClusterHistory of(Epoch epoch) {
    JsonNode json = NoteJson.parse(epoch.history());
    return new ClusterHistory(
        json.path("systemIdentifier").asText(),
        json.path("timeline").asInt(),
        json.path("slot").asText());
  }

  /** Returns it as {@link Epoch#history}. */
  public String text() {
    return Json.MAPPER
        .createObjectNode()
        .put("systemIdentifier", systemIdentifier)
        .put("timeline", timeline)
        .put("slot", slot)
        .toString();
  }
}
