package io.rowhook.journal;

import java.util.List;
import java.util.Set;

/** How far one recipient has come in the journal. Reads see what is durable. */
public interface DeliveryCursor {

  /** The sequence up to which everything is settled or stands on disk. */
  long cursor();

  /** Above this sequence nothing is settled or on disk. */
  long lastKnown();

  /**
   * Sequences after {@code after} up to {@code through} that are settled, skipped or on disk
   * already, in no order.
   */
  Set<Long> decided(long after, long through);

  /** Which subscriptions have decided, and about what: by ascending sequence. */
  List<Matching> matchings();
}
