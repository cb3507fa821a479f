package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.RunningService;
import io.rowhook.settings.EditRefusedException;
import io.rowhook.settings.SettingsDrafts.Draft;
import io.rowhook.settings.SettingsDrafts.Tried;
import io.rowhook.settings.SettingsProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Edits that come along with a question, and are neither written nor put in force. */
final class Drafts {

  static final String TEMPLATES = "templates";
  static final String FILES = "recipientFiles";

  static final Schema TEMPLATE_TEXTS =
      Schema.map(Schema.text(0, EditSchemas.MOST).orNull())
          .about("edited templates by their path in the directory; null: without that file");

  static final Schema FILE_TEXTS =
      Schema.map(Schema.text(0, EditSchemas.MOST).orNull())
          .about("edited files by the recipient's name, as YAML; null: without that file");

  static final String RULES =
      "Edits are held against all rules; nothing is written, put in force or sent. In a recipient's"
          + " file `***` means as it was; references to the environment or a file may stand, for"
          + " who may only look, where the file has them.";

  private Drafts() {}

  /** The texts of a map from names; those that are null stand for no file. */
  static Map<String, Optional<String>> texts(ApiRequest request, String field) {
    Map<String, Optional<String>> texts = new HashMap<>();
    request
        .fields()
        .path(field)
        .properties()
        .forEach(one ->
            texts.put(
                one.getKey(),
                Optional.of(one.getValue()).filter(JsonNode::isTextual).map(JsonNode::asText)));
    return texts;
  }

  /** The settings without and with them. */
  static Tried tried(RunningService service, ApiRequest request, Draft draft)
      throws ApiException, InterruptedException {
    try {
      return service.drafts().tried(draft, request.caller().right().covers(Right.operate));
    } catch (EditRefusedException e) {
      if (e.reason() != EditRefusedException.Reason.INVALID) {
        throw EditRefusals.of(e, FieldError.BODY);
      }
      List<FieldError> errors = new ArrayList<>();
      for (SettingsProblem problem : e.problems()) {
        errors.add(new FieldError(place(request, draft, problem.file()), problem.toString()));
      }
      throw new ApiException(
          new Problem(ProblemType.WRONG_FIELD, String.valueOf(e.getMessage()), errors, Map.of()));
    }
  }

  /** Where in the request the text stands that a problem is about; else the request. */
  private static String place(ApiRequest request, Draft draft, String file) {
    for (String name : draft.templates().keySet()) {
      if (file.equals(name) || file.endsWith("/" + name)) {
        return FieldError.inside(FieldError.inside(FieldError.BODY, TEMPLATES), name);
      }
    }
    for (String name : draft.recipients().keySet()) {
      if (file.equals(name) || file.matches("(?s).*/\\Q" + name + "\\E\\.ya?ml")) {
        return request.fields().has(FILES)
            ? FieldError.inside(FieldError.inside(FieldError.BODY, FILES), name)
            : FieldError.inside(FieldError.BODY, "yaml");
      }
    }
    return FieldError.BODY;
  }
}
