package io.rowhook.capture.setup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.capture.CheckpointStore;

/** Reads back what this room has given the {@link CheckpointStore} to keep. */
public final class NoteJson {

  private NoteJson() {}

  /**
   * Reads it.
   *
   * @throws IllegalStateException if it is no JSON: the journal was damaged or edited
   */
  public static JsonNode parse(String text) {
    try {
      return Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the journal has a note of the source that is no JSON", e);
    }
  }
}
