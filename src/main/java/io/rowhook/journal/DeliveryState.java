package io.rowhook.journal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a delivery stands, and where it may go from there: {@code Pending}, {@code Blocked} and
 * {@code Retrying} to {@code InFlight}, and from there to {@code Delivered}, {@code Retrying} or
 * {@code Failed}. A move that is not legal throws {@link IllegalStateException}.
 *
 * <p>Delivered, Failed (and skipped, which leaves no trace but the cursor, or a note where a newer
 * one was sent in its place) are its ends; there is no fourth. A Failed one starts again only when
 * a person redelivers it. Pending and InFlight stand in memory alone.
 */
public sealed interface DeliveryState {

  /** It was not attempted and stands nowhere but in the journal. */
  record Pending() implements DeliveryState {}

  /**
   * An attempt is under way.
   *
   * @param from where it stood before, and still stands on disk
   */
  record InFlight(DeliveryState from) implements DeliveryState {}

  /** The recipient has acknowledged it. */
  record Delivered() implements DeliveryState {}

  /** An attempt failed, or a person wants one; it is due. */
  record Retrying(Instant at) implements DeliveryState {}

  /**
   * It waits for its turn: behind an earlier delivery of the same entity, or of one that it names
   * ({@code order: references}); or, where a person replays a range, in its place among all.
   *
   * @param behind the key of the entity that it names; {@link #ALL}: it names itself, and waits for
   *     all that is earlier; null: it waits for its own entity
   */
  record Blocked(@Nullable String behind) implements DeliveryState {

    /** Behind all that is earlier. */
    public static final String ALL = "";

    /** Behind an earlier one of its own entity. */
    public Blocked() {
      this(null);
    }
  }

  /**
   * Its retries are used up, or there was no use in retrying: kept, readable, redeliverable.
   *
   * @param reason in words, without values
   */
  record Failed(String reason) implements DeliveryState {

    /**
     * Begins the reason of one that ended because its recipient's backlog was too large. It does
     * not hold its event from retention: else a recipient that nobody mends could fill the journal.
     */
    public static final String BACKLOG_LIMIT = "backlog limit";

    /**
     * Begins the reason of one that a person has let go. It does not hold its event from retention
     * either, and a late outcome of an attempt under way opens it no more.
     */
    public static final String DISCARDED = "discarded by a person";
  }

  /** Whether it stands on disk in this state. */
  default boolean isStored() {
    return switch (this) {
      case Pending _, Delivered _ -> false;
      case InFlight(DeliveryState from) -> from.isStored();
      case Retrying _, Blocked _, Failed _ -> true;
    };
  }

  /** An attempt starts. */
  default InFlight toInFlight() {
    return switch (this) {
      case Pending _, Retrying _, Blocked _ -> new InFlight(this);
      case InFlight _, Delivered _, Failed _ -> throw illegal("in flight");
    };
  }

  /** The attempt that was about to start is not made. */
  default DeliveryState toWhereItStood() {
    if (this instanceof InFlight(DeliveryState from)) {
      return from;
    }
    throw illegal("back");
  }

  /** The attempt has failed, and another is due. */
  default Retrying toRetrying(Instant at) {
    if (this instanceof InFlight) {
      return new Retrying(at);
    }
    throw illegal("retrying");
  }

  /** An earlier one of its entity has failed, or is still to be attempted. */
  default Blocked toBlocked() {
    return toBlocked(null);
  }

  /**
   * The same of an entity that it names.
   *
   * @param behind as {@link Blocked#behind}
   */
  default Blocked toBlocked(@Nullable String behind) {
    return switch (this) {
      case Pending _, Blocked _ -> new Blocked(behind);
      case InFlight _, Delivered _, Retrying _, Failed _ -> throw illegal("blocked");
    };
  }

  /** The recipient has acknowledged it. */
  default Delivered toDelivered() {
    if (this instanceof InFlight) {
      return new Delivered();
    }
    throw illegal("delivered");
  }

  /** No attempt is made any more: after one, or by a limit without one. */
  default Failed toFailed(String reason) {
    return switch (this) {
      case Pending _, InFlight _, Retrying _, Blocked _ -> new Failed(reason);
      case Delivered _, Failed _ -> throw illegal("failed");
    };
  }

  private IllegalStateException illegal(String to) {
    return new IllegalStateException("from " + this + " no way leads to " + to);
  }
}
