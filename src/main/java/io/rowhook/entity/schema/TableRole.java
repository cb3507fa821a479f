package io.rowhook.entity.schema;

import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.RowLookup.Condition;
import io.rowhook.capture.SqlCondition;
import io.rowhook.capture.TableMetadata;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a table's rows are for an entity or a part: which of their columns are known, which are
 * shown, and which rows exist for us at all. Immutable.
 *
 * @param primaryKey of the table
 * @param columns those that are captured, in the table's order
 * @param filtered whether others can come that are not to be let through
 * @param hidden those that are captured since something depends on them, and not shown
 * @param ignored those of the hidden that make no event when they alone change
 * @param named those of the columns that the settings name, or that tell the rows apart
 * @param condition which rows exist for us; null: all
 */
public record TableRole(
    List<String> primaryKey,
    List<String> columns,
    boolean filtered,
    Set<String> hidden,
    Set<String> ignored,
    List<String> named,
    @Nullable Condition condition) {

  public TableRole {
    primaryKey = List.copyOf(primaryKey);
    columns = List.copyOf(columns);
    hidden = Set.copyOf(hidden);
    ignored = Set.copyOf(ignored);
    named = List.copyOf(named);
  }

  /**
   * Makes one.
   *
   * @param facts null: nothing is known of the table
   * @param condition empty: none
   * @param needed columns that are captured whatever is shown
   * @param told those of these whose change shows in something else, as in an embedded row
   * @param replaced names of which something else is shown, though a column may have them
   */
  static TableRole of(
      @Nullable TableMetadata facts,
      ColumnFilter shown,
      String condition,
      Set<String> needed,
      Set<String> told,
      List<String> replaced) {
    if (facts == null) {
      return new TableRole(List.of(), List.of(), false, Set.of(), Set.of(), List.of(), null);
    }
    List<String> judged = SqlCondition.of(condition).columns(facts.columns());
    Set<String> all = new LinkedHashSet<>(facts.columns());
    all.removeIf(name ->
        !shown.test(name)
            && !needed.contains(name)
            && !judged.contains(name)
            && !facts.primaryKey().contains(name));
    Set<String> hidden = new LinkedHashSet<>(all);
    hidden.removeIf(name -> shown.test(name) || replaced.contains(name));
    Set<String> ignored = new LinkedHashSet<>(hidden);
    ignored.removeAll(told);
    List<String> named = new ArrayList<>(all);
    named.removeIf(name ->
        !shown.include().contains(name)
            && !needed.contains(name)
            && !judged.contains(name)
            && !facts.primaryKey().contains(name));
    return new TableRole(
        facts.primaryKey(),
        List.copyOf(all),
        !shown.isAll(),
        hidden,
        ignored,
        named,
        condition.isEmpty() ? null : new Condition(facts.table(), condition, judged));
  }

  /** The columns that are shown. */
  public List<String> shown() {
    return columns.stream().filter(name -> !hidden.contains(name)).toList();
  }
}
