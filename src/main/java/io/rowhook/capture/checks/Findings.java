package io.rowhook.capture.checks;

import io.rowhook.capture.TableId;
import io.rowhook.capture.TableProblem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a check of the source has found so far, in the order found. One use, one thread. */
public final class Findings {

  private final List<String> problems = new ArrayList<>();
  private final Set<TableProblem> tables = new LinkedHashSet<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> advice = new ArrayList<>();

  /** Nothing at all can be captured. */
  public void refuse(String problem) {
    problems.add(problem);
  }

  /** This table cannot be captured. */
  void suspend(TableId table, String problem) {
    tables.add(new TableProblem(table, true, problem));
  }

  /** What is looked up in this table is unavailable; its row changes can be told. */
  void unavailable(TableId table, String problem) {
    tables.add(new TableProblem(table, false, problem));
  }

  /** An administrator should know. */
  void warn(String warning) {
    warnings.add(warning);
  }

  /** The same, where it is as often meant so. */
  void advise(String advice) {
    warnings.add(advice);
    this.advice.add(advice);
  }

  public List<String> problems() {
    return problems;
  }

  public List<TableProblem> tables() {
    return List.copyOf(tables);
  }

  public List<String> warnings() {
    return warnings;
  }

  /** Those of the warnings that may be meant so. */
  public List<String> advice() {
    return advice;
  }
}
