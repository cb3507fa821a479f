package io.rowhook.capture.setup;

import io.rowhook.capture.PublishedTables;
import io.rowhook.capture.TableId;
import io.rowhook.capture.catalog.PublicationState;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is known of the publication as to tables that cannot be captured at present. Pure. */
final class SuspendedTables {

  private SuspendedTables() {}

  /**
   * What is known of suspended tables. One that has kept its name and its place in the publication
   * misses nothing; of another it stays known when it was so last.
   */
  static Map<TableId, PublishedTables.Table> known(
      Optional<PublishedTables> before, Set<TableId> suspended, PublicationState now) {
    Map<TableId, PublishedTables.Table> kept = new LinkedHashMap<>();
    before.ifPresent(known -> {
      kept.putAll(known.tables());
      kept.keySet().retainAll(suspended);
      kept.replaceAll((name, table) -> {
        PublicationState.Member member = now.tables().get(table.oid());
        return member != null && member.name().equals(name) && member.whole() && now.follows(table)
            ? new PublishedTables.Table(table.oid(), member.routes(), null, table.key())
            : new PublishedTables.Table(
                table.oid(), table.routes(), known.seenAt(table), table.key());
      });
    });
    return kept;
  }

  /** What suspended tables are called, and were. */
  static Set<TableId> names(
      Set<TableId> suspended, Optional<PublishedTables> before, Optional<PublicationState> state) {
    Set<TableId> names = new HashSet<>(suspended);
    for (TableId name : suspended) {
      PublishedTables.Table table = before.map(known -> known.tables().get(name)).orElse(null);
      PublicationState.Member member =
          table == null ? null : state.map(now -> now.tables().get(table.oid())).orElse(null);
      if (member != null) {
        names.add(member.name());
      }
    }
    return names;
  }
}
