package io.rowhook.journal;

import io.rowhook.journal.sqlite.TimeColumns;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which deliveries of a recipient a person means; what is null does not narrow it.
 *
 * @param fromSequence the first
 * @param toSequence the last
 * @param from committed at or after this
 * @param to committed before this
 * @param entityType of this entity
 * @param entityId with this id; with a type only
 */
public record DeliveryFilter(
    @Nullable Long fromSequence,
    @Nullable Long toSequence,
    @Nullable Instant from,
    @Nullable Instant to,
    @Nullable String entityType,
    @Nullable String entityId) {

  public static final DeliveryFilter ALL = new DeliveryFilter(null, null, null, null, null, null);

  public DeliveryFilter {
    if (entityId != null && entityType == null) {
      throw new IllegalArgumentException("an entity's id goes with its type");
    }
  }

  /** The same between these sequences. */
  public DeliveryFilter between(@Nullable Long first, @Nullable Long last) {
    return new DeliveryFilter(first, last, from, to, entityType, entityId);
  }

  /** The same for one entity; without an id: for all of a type. */
  public DeliveryFilter of(@Nullable String type, @Nullable String id) {
    return new DeliveryFilter(fromSequence, toSequence, from, to, type, id);
  }

  /** Whether an event is in the range, but for its sequence. */
  public boolean covers(long committedAt, String type, String id) {
    return (from == null || committedAt >= TimeColumns.micros(from))
        && (to == null || committedAt < TimeColumns.micros(to))
        && (entityType == null || entityType.equals(type))
        && (entityId == null || entityId.equals(id));
  }

  /** Before the first sequence. */
  public long start() {
    return fromSequence == null ? 0 : fromSequence - 1;
  }

  /** The last sequence. */
  public long end() {
    return toSequence == null ? Long.MAX_VALUE : toSequence;
  }
}
