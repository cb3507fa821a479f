package io.rowhook.capture.setup;

import io.rowhook.capture.Checkpoints;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.catalog.Slot;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A standby goes on where another Rowhook has read from the slot before: that the slot is further
 * than the journal is no gap then, since the other one's journal has the rest. Holds for one join,
 * and only after this process has seen the other one at work. Any thread.
 */
final class Takeover {

  private static final Logger log = LoggerFactory.getLogger(Takeover.class);

  private final SourceConfig source;
  private final Checkpoints checkpoints;
  private volatile @Nullable String predecessor;

  Takeover(SourceConfig source, Checkpoints checkpoints) {
    this.source = source;
    this.checkpoints = checkpoints;
  }

  void from(String holder) {
    predecessor = holder;
  }

  /** It is done, or was not needed. */
  void end() {
    predecessor = null;
  }

  /** Whether all that the journal lacks was journaled by the other one. */
  boolean covers(ContinuityCheck.Verdict verdict, PublicationDrift drift) {
    return predecessor != null
        && !drift.unreadable()
        && drift.lost() == null
        && verdict instanceof ContinuityCheck.Verdict.Gap(_, boolean ahead)
        && ahead;
  }

  /** Records, and says, which range this journal has not. */
  void record(Slot slot) {
    String what =
        "from %s, which held slot '%s': what was committed %sup to %s is in its journal and not in this one. What it had not delivered of that waits there; what it had delivered in its last second may come a second time, with another id"
            .formatted(
                predecessor,
                source.slot(),
                checkpoints.epoch().isEmpty()
                    ? ""
                    : "after %s, this journal's end, and ".formatted(checkpoints.watermark()),
                slot.confirmed());
    checkpoints.takenOver("at %s %s".formatted(Instant.now(), what));
    log.warn("taken over {}", what);
  }
}
