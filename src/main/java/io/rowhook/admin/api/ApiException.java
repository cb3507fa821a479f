package io.rowhook.admin.api;

import java.util.List;
import java.util.Map;

/** A request is not answered with what it asked for; the problem says why. */
public final class ApiException extends Exception {

  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  public ApiException(Problem problem) {
    super(problem.detail());
    this.problem = problem;
  }

  /** One that is not about values. */
  public ApiException(ProblemType type, String detail) {
    this(Problem.of(type, detail));
  }

  /** What to answer. */
  public Problem problem() {
    return problem;
  }

  /** A field of the body is wrong. */
  public static ApiException wrong(String pointer, String detail) {
    return at(ProblemType.WRONG_FIELD, pointer, detail);
  }

  /** A parameter is wrong. */
  static ApiException wrongParameter(String name, String detail) {
    return at(ProblemType.WRONG_PARAMETER, name, detail);
  }

  private static ApiException at(ProblemType type, String place, String detail) {
    return new ApiException(
        new Problem(type, detail, List.of(new FieldError(place, detail)), Map.of()));
  }
}
