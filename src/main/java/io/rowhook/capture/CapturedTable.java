package io.rowhook.capture;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A table that capture is told to read.
 *
 * @param table which
 * @param columns those that are read; others never leave the engine: they are not in a {@link
 *     RowChange}
 * @param demands what else must hold for it
 */
public record CapturedTable(TableId table, ColumnFilter columns, List<Demand> demands) {

  public CapturedTable {
    demands = List.copyOf(demands);
  }

  /** All its columns but some. */
  public CapturedTable(TableId table, List<String> excludedColumns, List<Demand> demands) {
    this(table, ColumnFilter.without(excludedColumns), demands);
  }

  /**
   * True if a column is to be read. Where only some are wanted, one that the catalog did not have
   * when that was decided is none of them: it may be an excluded one under a new name. What
   * PostgreSQL computes is never read, also where a publication sends it.
   */
  boolean reads(String column, TableFacts facts) {
    if (facts.generatedColumns().contains(column)) {
      return false;
    }
    if (columns.isAll() || facts.primaryKey().contains(column)) {
      return true;
    }
    return columns.test(column) && facts.columns().contains(column);
  }

  /** The columns that its demands name. */
  Set<String> demanded() {
    Set<String> demanded = new LinkedHashSet<>();
    for (Demand demand : demands) {
      switch (demand) {
        case Demand.Id id -> demanded.addAll(id.columns());
        case Demand.Part part -> {
          demanded.addAll(part.key());
          demanded.addAll(part.orderBy());
        }
        case Demand.Columns columns -> demanded.addAll(columns.columns());
        case Demand.Reference reference -> demanded.addAll(reference.key());
        case Demand.Where where -> {}
      }
    }
    return demanded;
  }

  /** One that nothing else must hold for. */
  public CapturedTable(TableId table, List<String> excludedColumns) {
    this(table, excludedColumns, List.of());
  }
}
