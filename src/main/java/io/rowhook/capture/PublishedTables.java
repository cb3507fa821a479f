package io.rowhook.capture;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the source's publication held when it was last seen to be as it must be. What has left it
 * since was missed: PostgreSQL never sends what is written while a table is not in it.
 *
 * @param publication its OID; one that was dropped and made anew has another
 * @param seenAt the end of the source's log then, or before; later changes are not vouched for
 * @param tables the OID of each captured table by its name
 */
public record PublishedTables(long publication, Lsn seenAt, Map<TableId, Long> tables) {

  public PublishedTables {
    tables = Map.copyOf(tables);
  }

  /** The same without all tables but these. */
  PublishedTables only(Set<TableId> names) {
    Map<TableId, Long> kept = new HashMap<>(tables);
    kept.keySet().retainAll(names);
    return new PublishedTables(publication, seenAt, kept);
  }
}
