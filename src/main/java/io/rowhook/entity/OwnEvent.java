package io.rowhook.entity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.Position;
import io.rowhook.entity.content.EventId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;

/**
 * Makes events of what happens to Rowhook itself, in the form of all others. They belong to no
 * transaction of the source, so they have no place in its log, and each is for one recipient. Pure.
 */
public final class OwnEvent {

  /** The entity that they are of; no entity of the source has this name. */
  public static final String ENTITY = "Rowhook";

  private static final DateTimeFormatter MICROSECONDS =
      new DateTimeFormatterBuilder().appendInstant(6).toFormatter().withZone(ZoneOffset.UTC);

  private OwnEvent() {}

  /**
   * Makes one.
   *
   * @param epoch of the journal: two that are of the same subject, type, time and recipient, in one
   *     epoch, are the same event
   * @param subject what it happened to: {@code recipient/shop}
   * @param since when
   * @param data without secrets, and without values of rows
   * @param audience the recipient that it is for
   */
  public static Event of(
      Epoch epoch,
      EventType type,
      String subject,
      Instant since,
      ObjectNode data,
      String audience) {
    Instant at = since.truncatedTo(ChronoUnit.MICROS);
    String id = EventId.own(epoch, subject, type, at, audience);
    Event header = new Event(id, ENTITY, subject, type, at, Position.START, new byte[0], audience);
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("id", id)
        .put("type", header.topic())
        .put("timestamp", MICROSECONDS.format(at))
        .put("entityType", ENTITY)
        .put("entityId", subject)
        .put("event", type.name());
    json.set("data", data);
    json.putObject("previous");
    json.putArray("changed");
    try {
      return new Event(
          id,
          ENTITY,
          subject,
          type,
          at,
          Position.START,
          Json.MAPPER.writeValueAsBytes(json),
          audience);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
  }
}
