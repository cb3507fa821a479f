package io.rowhook.capture.checks;

import io.rowhook.base.Finding.Area;
import io.rowhook.capture.MissingGrant;
import io.rowhook.capture.SourceWarning;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableProblem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a check of the source has found so far, in the order found. One use, one thread. */
public final class Findings {

  private final List<String> problems = new ArrayList<>();
  private final Set<TableProblem> tables = new LinkedHashSet<>();
  private final List<SourceWarning> warnings = new ArrayList<>();
  private final Map<TableId, MissingGrant> missing = new LinkedHashMap<>();

  /** Nothing at all can be captured. */
  public void refuse(String problem) {
    problems.add(problem);
  }

  /** This table cannot be captured. */
  void suspend(TableId table, String place, String what) {
    tables.add(new TableProblem(table, true, place, what));
  }

  /** What is looked up in this table is unavailable; its row changes can be told. */
  void unavailable(TableId table, String place, String what) {
    tables.add(new TableProblem(table, false, place, what));
  }

  /** An administrator should know. */
  void warn(Area area, String text) {
    warnings.add(new SourceWarning(area, false, text));
  }

  /** The same, where it is as often meant so. */
  void advise(Area area, String text) {
    warnings.add(new SourceWarning(area, true, text));
  }

  /** A right that is lacked; of one table all columns together. */
  void lacks(MissingGrant right) {
    missing.merge(right.table(), right, MissingGrant::and);
  }

  /** The rights that are lacked, by table. */
  public List<MissingGrant> missing() {
    return List.copyOf(missing.values());
  }

  public List<String> problems() {
    return problems;
  }

  public List<TableProblem> tables() {
    return List.copyOf(tables);
  }

  public List<SourceWarning> warnings() {
    return warnings;
  }
}
