package io.rowhook.admin.init;

import io.rowhook.capture.SourceCatalog.ForeignKey;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.util.Map;
import java.util.Set;

/** Tells which tables most others name: the company, or the customers. Pure. */
final class Hubs {

  /** One table in this many names it, and no fewer than the other. */
  private static final int SHARE = 8;

  private static final int LEAST = 10;

  private final Map<TableId, Table> tables;
  private final Map<TableId, Set<TableId>> incoming;
  private final Set<TableId> technical;

  /**
   * @param incoming the other tables that name each; may still be filled
   * @param technical tables of the program's own
   */
  Hubs(Map<TableId, Table> tables, Map<TableId, Set<TableId>> incoming, Set<TableId> technical) {
    this.tables = tables;
    this.incoming = incoming;
    this.technical = Set.copyOf(technical);
  }

  /** A company or a customer, or whatever else most tables name. */
  boolean isHub(TableId table) {
    int many = named(table);
    return many >= LEAST && many * SHARE >= tables.size();
  }

  private int named(TableId table) {
    return incoming.getOrDefault(table, Set.of()).size();
  }

  /** The one of these whose rows have to name none that still more tables name: the company. */
  boolean isTenant(TableId id) {
    Table table = tables.get(id);
    return table != null
        && isHub(id)
        && table.foreignKeys().stream()
            .noneMatch(key ->
                isRequired(table, key)
                    && isHub(key.table())
                    && !technical.contains(key.table())
                    && named(key.table()) > named(id));
  }

  /** Whether its rows are each one customer's, as those of no list of codes are. */
  boolean isOfOne(Table table) {
    return table.foreignKeys().stream()
        .anyMatch(key ->
            isRequired(table, key)
                && isHub(key.table())
                && !technical.contains(key.table())
                && !isTenant(key.table()));
  }

  static boolean isRequired(Table table, ForeignKey key) {
    return key.columns().stream().allMatch(name -> table.column(name).notNull());
  }
}
