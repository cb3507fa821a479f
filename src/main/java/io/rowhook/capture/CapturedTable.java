package io.rowhook.capture;

import java.util.List;

/**
 * A table that capture is told to read.
 *
 * @param table which
 * @param excludedColumns columns that never leave the engine: not in a {@link RowChange}
 * @param demands what else must hold for it
 */
public record CapturedTable(TableId table, List<String> excludedColumns, List<Demand> demands) {

  public CapturedTable {
    excludedColumns = List.copyOf(excludedColumns);
    demands = List.copyOf(demands);
  }

  /** One that nothing else must hold for. */
  public CapturedTable(TableId table, List<String> excludedColumns) {
    this(table, excludedColumns, List.of());
  }
}
