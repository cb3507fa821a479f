package io.rowhook.admin.api;

import io.rowhook.settings.EditRefusedException;
import io.rowhook.settings.SettingsProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is answered where an edit is refused. */
final class EditRefusals {

  private EditRefusals() {}

  /**
   * What to answer.
   *
   * @param name where the file's name was given: a parameter, or a place in the body
   */
  static ApiException of(EditRefusedException e, String name) {
    List<FieldError> errors = new ArrayList<>();
    if (e.reason() == EditRefusedException.Reason.NAME) {
      errors.add(new FieldError(name, String.valueOf(e.getMessage())));
    }
    for (SettingsProblem problem : e.problems()) {
      errors.add(new FieldError(FieldError.BODY + problem.pointer(), problem.toString()));
    }
    ProblemType type =
        switch (e.reason()) {
          case UNKNOWN -> ProblemType.NOT_FOUND;
          case NAME ->
              name.startsWith(FieldError.BODY)
                  ? ProblemType.WRONG_FIELD
                  : ProblemType.WRONG_PARAMETER;
          case EXISTS, SOURCE -> ProblemType.CONFLICT;
          case UNCONDITIONAL -> ProblemType.MISSING_PRECONDITION;
          case STALE -> ProblemType.CHANGED_MEANWHILE;
          case INVALID -> ProblemType.WRONG_FIELD;
          case READ_ONLY -> ProblemType.READ_ONLY;
          case FORBIDDEN -> ProblemType.FORBIDDEN;
          case BUSY -> ProblemType.BUSY;
        };
    return new ApiException(new Problem(type, String.valueOf(e.getMessage()), errors, Map.of()));
  }
}
