package io.rowhook.capture.setup;

import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.TableId;
import io.rowhook.capture.catalog.TableLocks;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tables cannot be put into the publication now, since other sessions have locked them. */
final class TablesLockedException extends Exception {

  private static final long serialVersionUID = 1;

  private final transient Map<TableId, String> reasons;

  private TablesLockedException(Map<TableId, String> reasons) {
    super(String.join("\n", reasons.values()));
    this.reasons = Map.copyOf(reasons);
  }

  static TablesLockedException of(SourceConfig source, Map<TableId, TableLocks.Holder> locked) {
    Map<TableId, String> reasons = new LinkedHashMap<>();
    locked.forEach((table, holder) ->
        reasons.put(
            table,
            "%s: table %s is locked by another session (server process %d, %s), so it cannot be put into publication '%s' now; it is tried again by itself. Look at SELECT pid, usename, state, xact_start, query FROM pg_stat_activity WHERE pid = %d;"
                .formatted(
                    source.place(),
                    table,
                    holder.pid(),
                    holder.mode(),
                    source.publication(),
                    holder.pid())));
    return new TablesLockedException(reasons);
  }

  /** Why, of each table, in a sentence. */
  Map<TableId, String> reasons() {
    return reasons;
  }
}
