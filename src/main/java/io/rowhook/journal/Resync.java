package io.rowhook.journal;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What brings one recipient up to date with one entity.
 *
 * @param condition SQL on the entity's row; empty: all rows
 * @param repair whether it is of those in {@code again} alone, by their ids, and tells of those
 *     that are gone
 * @param rate rows a second, at most
 * @param state where it stands
 * @param reason why it failed; null: it did not
 * @param estimate about how many rows there were when it began
 * @param lastKey of the last row that was read; null: none was
 * @param shape what that key is of, see {@link io.rowhook.entity.ResyncProgress}
 * @param again keys that are to be read once more; of a repair ids
 * @param read how many entities were read
 * @param sent how many of them had an event
 * @param endedAt null: it runs
 */
public record Resync(
    long id,
    String recipient,
    String entity,
    String condition,
    boolean repair,
    long rate,
    State state,
    @Nullable String reason,
    long estimate,
    @Nullable String lastKey,
    String shape,
    List<String> again,
    long read,
    long sent,
    Instant beganAt,
    @Nullable Instant endedAt) {

  /** Rows a second where nobody says another: hardly noticed by the source. */
  public static final long DEFAULT_RATE = 1_000;

  /** More than any source gives. */
  public static final int MOST_RATE = 1_000_000;

  /** As the journal names them. */
  public enum State {
    running,
    done,
    cancelled,
    failed
  }

  public Resync {
    again = List.copyOf(again);
  }
}
