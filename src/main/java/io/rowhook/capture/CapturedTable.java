package io.rowhook.capture;

import java.util.List;

/**
 * A table that capture is told to read.
 *
 * @param table which
 * @param excludedColumns columns that never leave the engine: not in a {@link RowChange}
 */
public record CapturedTable(TableId table, List<String> excludedColumns) {

  public CapturedTable {
    excludedColumns = List.copyOf(excludedColumns);
  }
}
