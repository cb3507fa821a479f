package io.rowhook.journal;

import org.jspecify.annotations.Nullable;

/**
 * An entity of which a recipient has not what the source has.
 *
 * @param id of the entity, as its events have it
 * @param key its id as what it is read by; null: it is none of that entity
 */
public record Difference(String id, @Nullable String key, Kind kind, Why why) {

  /** In what way. */
  public enum Kind {
    /** It seemed to differ, and has to be looked at again. */
    suspect,
    /** The source has it, the recipient does not. */
    missing,
    /** The recipient has another state of it. */
    stale,
    /** The recipient has it, the source does not. */
    superfluous,
    /** Something is under way to the recipient. */
    pending
  }

  /** Why. */
  public enum Why {
    /** Not known yet. */
    open,
    /** Its delivery ended failed. */
    failed,
    /** A person has discarded its delivery. */
    discarded,
    /** The limit of the backlog let its delivery go. */
    limit,
    /** The subscriptions did not want the event. */
    unwanted,
    /**
     * It was never told of it: it is older than the recipient or than what is kept, or {@link
     * #untold}.
     */
    before,
    /** It was sent by another attribute set than now. */
    template,
    /** It was sent without what could not be read then. */
    partial,
    /** No event tells of it: an embedded row, a gap, a muted transaction, an ALTER TABLE. */
    untold,
    /** A delivery of it is under way or waits. */
    waiting
  }
}
