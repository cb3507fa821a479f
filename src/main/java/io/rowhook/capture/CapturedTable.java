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
 * @param requirements what else must hold for it
 */
public record CapturedTable(
    TableId table, ColumnFilter columns, List<TableRequirement> requirements) {

  public CapturedTable {
    requirements = List.copyOf(requirements);
  }

  /** All its columns but some. */
  public CapturedTable(
      TableId table, List<String> excludedColumns, List<TableRequirement> requirements) {
    this(table, ColumnFilter.without(excludedColumns), requirements);
  }

  /**
   * True if a column is to be read. Where only some are wanted, one that the catalog did not have
   * when that was decided is none of them: it may be an excluded one under a new name. What
   * PostgreSQL computes is never read, also where a publication sends it.
   */
  public boolean reads(String column, TableMetadata facts) {
    if (facts.generatedColumns().contains(column)) {
      return false;
    }
    if (columns.isAll() || facts.primaryKey().contains(column)) {
      return true;
    }
    return columns.test(column) && facts.columns().contains(column);
  }

  /** The columns that its demands name. */
  public Set<String> demanded() {
    Set<String> demanded = new LinkedHashSet<>();
    for (TableRequirement requirement : requirements) {
      switch (requirement) {
        case TableRequirement.Id id -> demanded.addAll(id.columns());
        case TableRequirement.Part part -> {
          demanded.addAll(part.key());
          demanded.addAll(part.orderBy());
        }
        case TableRequirement.Columns columns -> demanded.addAll(columns.columns());
        case TableRequirement.Reference reference -> demanded.addAll(reference.key());
        case TableRequirement.Where where -> {}
      }
    }
    return demanded;
  }

  /** One that nothing else must hold for. */
  public CapturedTable(TableId table, List<String> excludedColumns) {
    this(table, excludedColumns, List.of());
  }
}
