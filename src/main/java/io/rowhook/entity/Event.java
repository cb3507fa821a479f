package io.rowhook.entity;

import io.rowhook.capture.Position;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What happened to one entity in one transaction: the net change.
 *
 * @param id the same after any crash, replay or redelivery, and never shared by two events: see
 *     {@link io.rowhook.entity.content.EventId}
 * @param entityType {@code Order}
 * @param entityId the id as text: the value of a single column, else a JSON object of the columns
 * @param type what happened
 * @param committedAt the transaction's commit, to the microsecond
 * @param position the transaction's END
 * @param json the whole event, UTF-8 JSON, as {@code docs/templates.md} describes {@code full}:
 *     what a template is given and the built-in {@code full} sends. Not to be changed by whoever
 *     reads it
 * @param audience the one recipient that it is for, by name; null: for all
 * @param indexed what it is found by beside its entity; the journal takes it, and gives none back
 * @param named the entities that it names
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copied nowhere, for speed
public record Event(
    String id,
    String entityType,
    String entityId,
    EventType type,
    Instant committedAt,
    Position position,
    byte[] json,
    @Nullable String audience,
    List<IndexedValue> indexed,
    NamedEntities named) {

  /** One that is found by nothing but its entity, and names no other. */
  public Event(
      String id,
      String entityType,
      String entityId,
      EventType type,
      Instant committedAt,
      Position position,
      byte[] json,
      @Nullable String audience) {
    this(
        id,
        entityType,
        entityId,
        type,
        committedAt,
        position,
        json,
        audience,
        List.of(),
        NamedEntities.NONE);
  }

  /** Between two words of a name. */
  private static final Pattern WORDS = Pattern.compile("(?<=[a-z])(?=[A-Z])");

  /** One that is for all. */
  public Event(
      String id,
      String entityType,
      String entityId,
      EventType type,
      Instant committedAt,
      Position position,
      byte[] json) {
    this(id, entityType, entityId, type, committedAt, position, json, null);
  }

  /** The same for one recipient only. */
  public Event to(String recipient) {
    return new Event(
        id, entityType, entityId, type, committedAt, position, json, recipient, indexed, named);
  }

  /** The same, naming these. */
  public Event naming(NamedEntities others) {
    return new Event(
        id, entityType, entityId, type, committedAt, position, json, audience, indexed, others);
  }

  /** Whether a recipient may be told of it. */
  public boolean isFor(String recipient) {
    return audience == null || audience.equals(recipient);
  }

  /** One key for one entity, whatever its type and id: for order, and for finding it again. */
  public String entityKey() {
    return entityKey(entityType, entityId);
  }

  /** That of an entity's events. */
  public static String entityKey(String entityType, String entityId) {
    return entityType + '\0' + entityId;
  }

  /** {@code order.updated}: what a recipient sees unless its subscription names another topic. */
  public String topic() {
    return topic(entityType, type);
  }

  /** The topic of all events of this kind. */
  public static String topic(String entityType, EventType type) {
    String what = type.isOwn() ? WORDS.matcher(type.name()).replaceAll("-") : type.name();
    return (entityType + "." + what).toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return "Event[" + id + " " + entityType + " " + type + "]"; // no values: they are personal data
  }
}
