package io.rowhook.journal;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What holds one recipient against the source: for each entity of a type what it acknowledged last,
 * and what the source has.
 *
 * @param rate entities a second, at most
 * @param repair whether what differs is sent again
 * @param state where it stands
 * @param reason why it failed; null: it did not
 * @param estimate about how many entities there were when it began
 * @param progress how far it is
 * @param resync the number of what mends it; null: nothing does
 * @param counts how many differences were found, by kind
 * @param endedAt null: it runs
 */
public record StateAudit(
    long id,
    String recipient,
    String entity,
    long rate,
    boolean repair,
    Resync.State state,
    @Nullable String reason,
    long estimate,
    Progress progress,
    @Nullable Long resync,
    Map<Difference.Kind, Long> counts,
    Instant beganAt,
    @Nullable Instant endedAt) {

  /** Entities a second where nobody says another. */
  public static final long DEFAULT_RATE = 5_000;

  /** Differences that are told one by one; with more a resync is the way. */
  public static final long MOST = 100_000;

  /** What it does. */
  public enum Phase {
    /** Goes through the source's entities. */
    source,
    /** Counts what the recipient has, in buckets. */
    recipient,
    /** Goes through the buckets in which it has what was not found in the source. */
    doubtful,
    /** Looks again at what seemed to differ, once it has settled. */
    settling,
    /** All was looked at. */
    ended
  }

  /**
   * How far one is.
   *
   * @param lastKey up to where the phase is; null: at its beginning
   * @param shape what that is of, see {@link io.rowhook.entity.ResyncProgress}
   * @param read entities of the source that were looked at
   * @param has of these so many the recipient has, in whatever state
   * @param outside of these so many its subscriptions do not want
   * @param unread so many could not be read, or not whole
   * @param buckets what of the recipient's was not found in the source yet
   */
  public record Progress(
      Phase phase,
      @Nullable String lastKey,
      String shape,
      long read,
      long has,
      long outside,
      long unread,
      Buckets buckets) {

    /** At the beginning. */
    public static Progress none() {
      return new Progress(Phase.source, null, "", 0, 0, 0, 0, new Buckets());
    }

    /** The next phase, at its beginning. */
    public Progress to(Phase next) {
      return new Progress(next, null, "", read, has, outside, unread, buckets);
    }

    /** The same phase, further on. */
    public Progress at(@Nullable String key) {
      return new Progress(phase, key, shape, read, has, outside, unread, buckets);
    }
  }

  public StateAudit {
    counts = Map.copyOf(counts);
  }
}
