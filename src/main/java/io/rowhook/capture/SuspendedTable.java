package io.rowhook.capture;

import java.time.Instant;
import java.util.List;

/**
 * A table whose row changes cannot be told at present; all other tables go on.
 *
 * @param table which
 * @param since by this machine's clock
 * @param reason in a sentence, with what mends it
 * @param sent whether the source sends its row changes, so that they are rejected
 * @param key the columns that tell its rows apart, as last known; empty: not known
 */
public record SuspendedTable(
    TableId table, Instant since, String reason, boolean sent, List<String> key) {

  public SuspendedTable {
    key = List.copyOf(key);
  }

  /** What becomes of its row changes, in words. */
  public String effect() {
    return sent
        ? "its row changes are rejected"
        : "its row changes are missing, since the publication does not hold all of it and the source does not send them";
  }
}
