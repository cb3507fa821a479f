package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.RunningService;
import io.rowhook.base.Json;
import io.rowhook.settings.EditRefusedException;
import io.rowhook.settings.SettingsDrafts.Draft;
import io.rowhook.settings.SettingsEditor;
import io.rowhook.settings.SettingsEditor.Content;
import io.rowhook.settings.SettingsEditor.Kind;
import io.rowhook.settings.SettingsEditor.Outcome;
import io.rowhook.settings.SettingsProblem;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Recipients' files and templates: read, tried, written. */
final class EditOperations {

  private static final String RECIPIENTS = "/v1/recipients";
  private static final String TEMPLATES = "/v1/templates";
  private static final String RECIPIENT = RECIPIENTS + "/{recipient}";
  private static final String TEMPLATE = TEMPLATES + "/{template}";
  private static final String VALIDATE = "/validate";
  private static final String MERGE_PATCH = "application/merge-patch+json";

  static final List<Operation> ALL =
      List.of(
          Operation.get(RECIPIENTS, "listRecipients")
              .says("Recipients", "All that have a file, with their settings")
              .about(EditSchemas.MASKS)
              .answers(
                  200,
                  "By name",
                  Schema.fields()
                      .must(
                          "recipients",
                          Schema.list(
                              Schema.named("RecipientSettings", EditSchemas.RECIPIENT_FILE))))
              .by((service, _) -> list(service, Kind.recipient)),
          Operation.post(RECIPIENTS, "createRecipient")
              .says("Recipients", "Writes the file of a new one")
              .about(EditSchemas.EDITS)
              .takesFile(
                  ApiAnswer.JSON,
                  Schema.closed()
                      .must("name", Common.RECIPIENT_NAME)
                      .and(EditSchemas.RECIPIENT_CONTENT))
              .answers(201, "It is written", EditSchemas.EDITED)
              .or(ProblemType.CONFLICT, ProblemType.READ_ONLY)
              .by((service, request) ->
                  created(service, Kind.recipient, request, recipient(request))),
          Operation.get(RECIPIENT, "getRecipient")
              .says("Recipients", "One's settings")
              .about(EditSchemas.MASKS)
              .with(Common.RECIPIENT)
              .answers(200, "The settings", EditSchemas.RECIPIENT_TEXT)
              .by((service, request) -> read(service, Kind.recipient, request.text("recipient"))),
          Operation.put(RECIPIENT, "replaceRecipient")
              .says("Recipients", "Replaces one's settings")
              .about(EditSchemas.EDITS + " " + EditSchemas.MASKS)
              .with(Common.RECIPIENT, EditSchemas.IF_MATCH)
              .takesFile(ApiAnswer.JSON, EditSchemas.RECIPIENT_CONTENT)
              .answers(200, "They are replaced", EditSchemas.EDITED)
              .or(EditSchemas.conditional())
              .by((service, request) ->
                  replaced(service, Kind.recipient, request, recipient(request))),
          Operation.patch(RECIPIENT, "changeRecipient")
              .says("Recipients", "Changes some of one's settings")
              .about(
                  "As RFC 7396 has it. "
                      + EditSchemas.EDITS
                      + " The file is written anew, without comments.")
              .with(Common.RECIPIENT, EditSchemas.IF_MATCH)
              .takesFile(MERGE_PATCH, Schema.map(Schema.anything()))
              .answers(200, "They are changed", EditSchemas.EDITED)
              .or(EditSchemas.conditional())
              .by(EditOperations::patched),
          Operation.delete(RECIPIENT, "deleteRecipient")
              .says("Recipients", "Deletes one's file")
              .about(
                  "Nothing is sent to it any more. Its backlog is kept for the retention time, in"
                      + " case the file comes back.")
              .with(Common.RECIPIENT, EditSchemas.IF_MATCH)
              .answers(200, "It is deleted", EditSchemas.EDITED)
              .or(EditSchemas.conditional())
              .by((service, request) -> deleted(service, Kind.recipient, request)),
          Operation.post(RECIPIENT + VALIDATE, "validateRecipient")
              .says("Recipients", "What would be wrong with settings; nothing is written")
              .needs(Right.read)
              .with(Common.RECIPIENT)
              .takesFile(ApiAnswer.JSON, EditSchemas.RECIPIENT_CONTENT)
              .answers(200, "What is wrong", EditSchemas.JUDGED)
              .by((service, request) -> judgedRecipient(service, request)),
          Operation.get(TEMPLATES, "listTemplates")
              .says("Templates", "All of them, by path")
              .answers(
                  200,
                  "By path",
                  Schema.fields()
                      .must(
                          "templates",
                          Schema.list(Schema.named("Template", EditSchemas.TEMPLATE_NAME))))
              .by((service, _) -> list(service, Kind.template)),
          Operation.post(TEMPLATES, "createTemplate")
              .says("Templates", "Writes a new one")
              .about(EditSchemas.EDITS)
              .takesFile(
                  ApiAnswer.JSON,
                  Schema.closed()
                      .must("name", EditSchemas.TEMPLATE_PATH.schema())
                      .and(EditSchemas.TEMPLATE_CONTENT))
              .answers(201, "It is written", EditSchemas.EDITED)
              .or(ProblemType.CONFLICT, ProblemType.READ_ONLY)
              .by((service, request) ->
                  created(service, Kind.template, request, request.text("text"))),
          Operation.get(TEMPLATE, "getTemplate")
              .says("Templates", "One's text")
              .with(EditSchemas.TEMPLATE_PATH)
              .answers(200, "The text", EditSchemas.TEMPLATE_TEXT)
              .by((service, request) -> read(service, Kind.template, request.text("template"))),
          Operation.put(TEMPLATE, "replaceTemplate")
              .says("Templates", "Replaces one's text")
              .about(EditSchemas.EDITS)
              .with(EditSchemas.TEMPLATE_PATH, EditSchemas.IF_MATCH)
              .takesFile(ApiAnswer.JSON, EditSchemas.TEMPLATE_CONTENT)
              .answers(200, "It is replaced", EditSchemas.EDITED)
              .or(EditSchemas.conditional())
              .by((service, request) ->
                  replaced(service, Kind.template, request, request.text("text"))),
          Operation.delete(TEMPLATE, "deleteTemplate")
              .says("Templates", "Deletes one that nobody gets anything by")
              .with(EditSchemas.TEMPLATE_PATH, EditSchemas.IF_MATCH)
              .answers(200, "It is deleted", EditSchemas.EDITED)
              .or(EditSchemas.conditional())
              .by((service, request) -> deleted(service, Kind.template, request)),
          Operation.post(TEMPLATE + VALIDATE, "validateTemplate")
              .says("Templates", "What would be wrong with a text; nothing is written")
              .needs(Right.read)
              .with(EditSchemas.TEMPLATE_PATH)
              .takesFile(ApiAnswer.JSON, EditSchemas.TEMPLATE_CONTENT)
              .answers(200, "What is wrong, by line and column", EditSchemas.JUDGED)
              .by((service, request) ->
                  judged(service, Kind.template, request.text("template"), request.text("text"))));

  private EditOperations() {}

  private static ApiAnswer list(RunningService service, Kind kind) throws ApiException {
    ObjectNode json = Json.MAPPER.createObjectNode();
    ArrayNode all = json.putArray(kind == Kind.recipient ? "recipients" : "templates");
    try {
      for (Content content : service.editor().all(kind)) {
        ObjectNode one = all.addObject().put("name", content.name()).put("etag", content.etag());
        if (kind == Kind.recipient) {
          one.set("settings", content.json());
        }
      }
    } catch (EditRefusedException e) {
      throw EditRefusals.of(e, FieldError.BODY); // no name was given
    }
    return ApiAnswer.ok(json);
  }

  private static ApiAnswer read(RunningService service, Kind kind, String name)
      throws ApiException {
    try {
      Content content = service.editor().read(kind, name);
      ObjectNode json = Json.MAPPER.createObjectNode();
      json.put("name", name).put("etag", content.etag());
      if (kind == Kind.recipient) {
        json.put("yaml", content.text()).set("settings", content.json());
      } else {
        json.put("text", content.text());
      }
      return ApiAnswer.ok(json).with("ETag", content.etag());
    } catch (EditRefusedException e) {
      throw EditRefusals.of(e, kind.name());
    }
  }

  /** The text of the file that is sent, as settings or as it is. */
  private static String recipient(ApiRequest request) throws ApiException {
    Optional<String> yaml = request.optional("yaml");
    boolean both = yaml.isPresent() && request.fields().has("settings");
    if (yaml.isPresent() && !both) {
      return yaml.get();
    }
    if (!both && request.fields().get("settings") instanceof ObjectNode settings) {
      return SettingsEditor.yaml(settings);
    }
    throw ApiException.wrong(FieldError.BODY, "give either settings or yaml");
  }

  private static ApiAnswer created(
      RunningService service, Kind kind, ApiRequest request, String text)
      throws ApiException, InterruptedException {
    String name = request.text("name");
    try {
      Outcome outcome = service.editor().create(kind, name, text, AuditTrail.actor(request));
      String list = kind == Kind.recipient ? RECIPIENTS : TEMPLATES;
      return edited(201, name, outcome).with("Location", list + "/" + name.replace("/", "%2F"));
    } catch (EditRefusedException e) {
      throw EditRefusals.of(e, FieldError.inside(FieldError.BODY, "name"));
    }
  }

  private static ApiAnswer replaced(
      RunningService service, Kind kind, ApiRequest request, String text)
      throws ApiException, InterruptedException {
    String name = request.text(kind.name());
    try {
      return edited(
          200,
          name,
          service.editor().replace(kind, name, text, ifMatch(request), AuditTrail.actor(request)));
    } catch (EditRefusedException e) {
      throw EditRefusals.of(e, kind.name());
    }
  }

  private static ApiAnswer patched(RunningService service, ApiRequest request)
      throws ApiException, InterruptedException {
    String name = request.text("recipient");
    JsonNode patch;
    try {
      patch = Json.MAPPER.readTree(request.body());
    } catch (IOException e) {
      throw new ApiException(ProblemType.MALFORMED, "the body is not JSON");
    }
    try {
      return edited(
          200,
          name,
          service.editor().patch(name, patch, ifMatch(request), AuditTrail.actor(request)));
    } catch (EditRefusedException e) {
      throw EditRefusals.of(e, Kind.recipient.name());
    }
  }

  private static ApiAnswer deleted(RunningService service, Kind kind, ApiRequest request)
      throws ApiException, InterruptedException {
    String name = request.text(kind.name());
    try {
      return edited(
          200,
          name,
          service.editor().delete(kind, name, ifMatch(request), AuditTrail.actor(request)));
    } catch (EditRefusedException e) {
      throw EditRefusals.of(e, kind.name());
    }
  }

  static String ifMatch(ApiRequest request) {
    return request.optional("If-Match").orElse("");
  }

  private static ApiAnswer judgedRecipient(RunningService service, ApiRequest request)
      throws ApiException, InterruptedException {
    String name = request.text("recipient");
    String text = recipient(request);
    if (!request.caller().right().covers(Right.operate)) {
      try {
        service.drafts().checkReferences(new Draft(Map.of(), Map.of(name, Optional.of(text))));
      } catch (EditRefusedException e) {
        throw EditRefusals.of(e, Kind.recipient.name());
      }
    }
    return judged(service, Kind.recipient, name, text);
  }

  private static ApiAnswer judged(RunningService service, Kind kind, String name, String text)
      throws ApiException, InterruptedException {
    try {
      List<SettingsProblem> problems = service.editor().problems(kind, name, text);
      ObjectNode json = Json.MAPPER.createObjectNode().put("good", problems.isEmpty());
      ArrayNode all = json.putArray("problems");
      for (SettingsProblem problem : problems) {
        all.addObject()
            .put("file", problem.file())
            .put("line", problem.line())
            .put("column", problem.column())
            .put("pointer", problem.pointer())
            .put("detail", problem.sentence());
      }
      return ApiAnswer.ok(json);
    } catch (EditRefusedException e) {
      throw EditRefusals.of(e, kind.name());
    }
  }

  static ApiAnswer edited(int status, String name, Outcome outcome) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("name", name).put("etag", outcome.etag());
    outcome.changes().forEach(json.putArray("changes")::add);
    json.put("inForce", outcome.inForce());
    outcome.problems().forEach(json.putArray("problems")::add);
    ApiAnswer answer = ApiAnswer.of(status, json);
    String etag = outcome.etag();
    return etag == null ? answer : answer.with("ETag", etag);
  }
}
