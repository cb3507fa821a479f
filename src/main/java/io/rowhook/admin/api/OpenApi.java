package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.api.Operation.Answer;
import io.rowhook.admin.api.Operation.Answerer;
import io.rowhook.base.Json;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The API's document, OpenAPI 3.1, made of the {@link Operations}. Pure. */
public final class OpenApi {

  private static final String VERSION = "3.1.1";
  private static final String BEARER = "token";

  /** Problems that each operation can answer with, whatever it is. */
  private static final Set<ProblemType> ALWAYS =
      EnumSet.of(
          ProblemType.MALFORMED,
          ProblemType.FORBIDDEN,
          ProblemType.WRONG_HOST,
          ProblemType.FAULT,
          ProblemType.BUSY);

  /** Those of whatever needs a right. */
  private static final Set<ProblemType> WITH_TOKEN =
      EnumSet.of(ProblemType.UNAUTHORIZED, ProblemType.TOO_MANY_TOKENS);

  /** A body is read everywhere, and refused where there is to be none. */
  private static final Set<ProblemType> WITH_BODY =
      EnumSet.of(ProblemType.TOO_LARGE, ProblemType.WRONG_MEDIA_TYPE, ProblemType.WRONG_FIELD);

  private OpenApi() {}

  /** As JSON. */
  public static ObjectNode document() {
    Map<String, ObjectNode> components = new TreeMap<>();
    ObjectNode document = Json.MAPPER.createObjectNode().put("openapi", VERSION);
    String version = OpenApi.class.getPackage().getImplementationVersion();
    document
        .putObject("info")
        .put("title", "Rowhook's admin API")
        .put("summary", "Committed row changes of an ERP's database, as webhooks: operating them")
        .put(
            "description",
            "Each error is a problem as RFC 9457 has it, also for a path that there is not (404)"
                + " and a method that a path has not (405, with `Allow`). Tokens go into"
                + " `Authorization: Bearer`; of the two, `read` is enough to look, and `operate` to"
                + " change. Without a token: on the loopback and a Unix socket, where none is set.")
        .put("version", version == null ? "development" : version)
        .putObject("license")
        .put("name", "Apache-2.0")
        .put("identifier", "Apache-2.0");
    document.putArray("servers").addObject().put("url", "/");
    ArrayNode tags = document.putArray("tags");
    Operations.TAGS.forEach(
        tag -> tags.addObject().put("name", tag.name()).put("description", tag.about()));
    ObjectNode paths = document.putObject("paths");
    for (Operation operation : Operations.ALL) {
      paths
          .withObjectProperty(operation.path())
          .set(operation.method().toLowerCase(Locale.ROOT), json(operation, components));
    }
    Problem.SCHEMA.json(components);
    ObjectNode parts = document.putObject("components");
    parts
        .putObject("securitySchemes")
        .putObject(BEARER)
        .put("type", "http")
        .put("scheme", "bearer");
    ObjectNode schemas = parts.putObject("schemas");
    components.forEach(schemas::set);
    return document;
  }

  private static ObjectNode json(Operation operation, Map<String, ObjectNode> components) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.putArray("tags").add(operation.tag());
    json.put("operationId", operation.id()).put("summary", operation.summary());
    if (!operation.about().isEmpty()) {
      json.put("description", operation.about());
    }
    if (operation.answerer() != Answerer.any) {
      json.put("x-answered-by", operation.answerer().name());
    }
    ArrayNode security = json.putArray("security");
    if (operation.right() != Right.anybody) {
      json.put("x-right", operation.right().name());
      security.addObject().putArray(BEARER);
    }
    if (!operation.parameters().isEmpty()) {
      ArrayNode parameters = json.putArray("parameters");
      operation.parameters().forEach(one -> parameters.add(one.json(components)));
    }
    operation
        .body()
        .ifPresent(body -> {
          ObjectNode request = json.putObject("requestBody");
          if (body.required()) {
            request.put("required", true);
          }
          request
              .putObject("content")
              .putObject(body.contentType())
              .set("schema", body.schema().json(components));
        });
    ObjectNode responses = json.putObject("responses");
    for (Answer answer : operation.answers()) {
      ObjectNode response = responses.withObjectProperty(Integer.toString(answer.status()));
      response.put("description", answer.about());
      if (!answer.contentType().isEmpty()) {
        response
            .withObjectProperty("content")
            .putObject(answer.contentType())
            .set("schema", answer.schema().json(components));
      }
    }
    problems(operation)
        .forEach((status, titles) -> {
          ObjectNode response = responses.putObject(Integer.toString(status));
          response.put("description", String.join("; or: ", titles));
          response
              .putObject("content")
              .putObject(Problem.CONTENT_TYPE)
              .set("schema", Problem.SCHEMA.json(components));
        });
    return json;
  }

  /** By status, in order, what each may mean. */
  private static Map<Integer, List<String>> problems(Operation operation) {
    Set<ProblemType> types = EnumSet.copyOf(ALWAYS);
    types.addAll(operation.problems());
    types.addAll(WITH_BODY);
    if (operation.answerer() != Answerer.any) {
      types.add(ProblemType.UNAVAILABLE);
    }
    if (operation.right() != Right.anybody) {
      types.addAll(WITH_TOKEN);
    }
    for (Parameter parameter : operation.parameters()) {
      types.add(ProblemType.WRONG_PARAMETER);
      if (parameter.place() == Parameter.Place.path) {
        types.add(ProblemType.NOT_FOUND);
      }
    }
    return types.stream()
        .collect(
            Collectors.groupingBy(
                ProblemType::status,
                TreeMap::new,
                Collectors.mapping(ProblemType::title, Collectors.toList())));
  }
}
