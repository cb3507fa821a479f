package io.rowhook.capture;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the source's publication held when it was last seen to be as it must be. What has left it
 * since was missed: PostgreSQL never sends what is written while a table is not in it.
 *
 * @param publication its OID; one that was dropped and made anew has another
 * @param seenAt the end of the source's log then, or before; later changes are not vouched for
 * @param tables each captured table by its name
 */
public record PublishedTables(
    long publication, Position seenAt, Map<TableId, PublishedTables.Table> tables) {

  /**
   * A table.
   *
   * @param oid its own; another table of the same name has another
   * @param routes by which it is published; null: not known, in a journal of an earlier version
   * @param lastGood where it was last captured under this name, if it is suspended; null: at {@link
   *     #seenAt}
   * @param key the columns that tell its rows apart
   */
  public record Table(
      long oid, @Nullable Routes routes, @Nullable Position lastGood, List<String> key) {
    public Table {
      key = List.copyOf(key);
    }
  }

  public PublishedTables {
    tables = Map.copyOf(tables);
  }

  /** The same without all tables but these. */
  PublishedTables only(Set<TableId> names) {
    Map<TableId, Table> kept = new HashMap<>(tables);
    kept.keySet().retainAll(names);
    return new PublishedTables(publication, seenAt, kept);
  }

  /** The position up to which changes of a table are vouched for. */
  Position seenAt(Table table) {
    return table.lastGood() == null ? seenAt : table.lastGood();
  }

  /**
   * The same after Rowhook has altered the publication itself. What somebody else had altered
   * before stays to be found.
   */
  PublishedTables follow(PublicationState from, PublicationState to) {
    Map<TableId, Table> followed = new HashMap<>(tables);
    followed.replaceAll((name, table) -> {
      PublicationState.Member after = to.tables().get(table.oid());
      return after != null && from.follows(table)
          ? new Table(table.oid(), after.routes(), table.lastGood(), table.key())
          : table;
    });
    return new PublishedTables(publication, seenAt, followed);
  }
}
