package io.rowhook.admin.preview;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.FileErrors;
import io.rowhook.base.Json;
import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.JournalEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * An event from a file, in the shape of {@code full}: what a recipient without a template gets can
 * be saved and given back. Only {@code entityType}, {@code entityId} and {@code event} must be
 * there.
 */
public final class EventFile {

  private static final long MAX_BYTES = 64L << 20;

  private EventFile() {}

  /**
   * Reads one; its sequence is 0.
   *
   * @throws IllegalStateException if it is not an event, in words
   */
  public static JournalEntry read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IllegalStateException(file + " is larger than " + MAX_BYTES + " bytes");
      }
      return new JournalEntry(0, event(file, Json.MAPPER.readTree(Files.readAllBytes(file))));
    } catch (NoSuchFileException e) {
      throw new IllegalStateException("there is no file " + file, e);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(
          file
              + (e.getLocation() == null
                  ? ""
                  : ":" + e.getLocation().getLineNr() + ":" + e.getLocation().getColumnNr())
              + ": not JSON",
          e);
    } catch (IOException e) {
      throw new IllegalStateException(file + " cannot be read: " + FileErrors.reason(e), e);
    }
  }

  /** The event that a JSON text is. */
  public static Event event(Object place, JsonNode json) {
    JsonNode id = json.path("entityId");
    JsonNode type = json.path("event");
    if (!json.path("entityType").isTextual() || id.isMissingNode() || !type.isTextual()) {
      throw new IllegalStateException(
          place + ": an event has entityType, entityId and event, as the built-in set full");
    }
    try {
      return new Event(
          json.path("id").asText("evt_preview"),
          json.path("entityType").asText(),
          id.isValueNode() ? id.asText() : Json.text(id),
          EventType.valueOf(type.asText()),
          json.path("timestamp").isTextual()
              ? OffsetDateTime.parse(json.path("timestamp").asText()).toInstant()
              : Instant.EPOCH,
          Position.START,
          json.toString().getBytes(StandardCharsets.UTF_8));
    } catch (DateTimeException e) {
      throw new IllegalStateException(
          place + ": timestamp must be as 2026-05-24T15:20:44.123456Z", e);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          place + ": there is no event " + type.asText() + ": it is Created, Updated or Deleted",
          e);
    }
  }
}
