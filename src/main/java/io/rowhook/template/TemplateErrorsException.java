package io.rowhook.template;

import java.util.List;

/**
 * The files of {@code jslt-templates/} are not all good; names every problem by file, line and
 * column.
 */
public final class TemplateErrorsException extends Exception {

  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  TemplateErrorsException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** Whole sentences. */
  public List<String> problems() {
    return problems;
  }
}
