package io.rowhook.capture;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.capture.setup.NoteJson;

/**
 * That a slot is about to be made, noted before it is: whoever finds it later, and no epoch that
 * began with it, knows that nobody has read from it.
 *
 * @param systemIdentifier of the cluster that it is made in
 * @param slot its name
 */
public record SlotIntent(String systemIdentifier, String slot) {

  static SlotIntent parse(String text) {
    JsonNode json = NoteJson.parse(text);
    return new SlotIntent(json.path("systemIdentifier").asText(), json.path("slot").asText());
  }

  /** Returns it as a note. */
  String text() {
    return Json.MAPPER
        .createObjectNode()
        .put("systemIdentifier", systemIdentifier)
        .put("slot", slot)
        .toString();
  }
}
