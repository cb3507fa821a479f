package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.mapping.Mapping;
import io.rowhook.base.Json;
import io.rowhook.capture.SourceException;
import io.rowhook.settings.EditRefusedException;
import io.rowhook.settings.SettingsEditor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which tables make which entity: looked at, tried on a row, and chosen. */
final class MappingOperations {

  private static final String MAPPING = "/v1/mapping";
  private static final int MOST = 10_000;
  private static final int TABLE = 300; // two names of 63 bytes, with quotes

  private static final Schema NAME = Schema.text(SettingsEditor.ENTITY_NAME, 63);

  private static final Schema ENTITY =
      Schema.named(
          "MappedEntity",
          Schema.fields()
              .must("table", Schema.text())
              .must("name", Schema.text())
              .must("was", Schema.text().orNull().about("the name in force; null: it is proposed"))
              .must("inForce", Schema.flag())
              .must(
                  "key", Schema.list(Schema.text()).about("the columns that recipients know it by"))
              .must("parts", Schema.list(Schema.text()))
              .must("references", Schema.list(Schema.text()))
              .must("rows", Schema.count().orNull().about("about, by the source's statistics"))
              .must("why", Schema.text().orNull().about("why it is proposed")));

  static final List<Operation> ALL =
      List.of(
          Operation.get(MAPPING, "getMapping")
              .says("Entities", "Entities in force, and those that init proposes besides")
              .about("What the source's catalog says may be a minute old.")
              .answers(
                  200,
                  "Those in force first",
                  Schema.named(
                      "Mapping",
                      Schema.fields()
                          .must("etag", Schema.text().about("of `entities.yaml`, for `If-Match`"))
                          .must("entities", Schema.list(ENTITY))))
              .or(ProblemType.UNAVAILABLE)
              .by((service, _) -> shown(service)),
          Operation.put(MAPPING, "replaceMapping")
              .says("Entities", "Chooses entities")
              .about(
                  "Those that are not named are taken out of `entities.yaml`, proposed ones are"
                      + " added, and a name may be another; all else in the file stays as it"
                      + " stands. "
                      + EditSchemas.EDITS
                      + " Where the source is not ready for it `errors` has the statements that the"
                      + " tables' owner has to run.")
              .with(EditSchemas.IF_MATCH)
              .requires(
                  Schema.closed()
                      .must(
                          "entities",
                          Schema.list(
                              Schema.closed()
                                  .must("table", Schema.text(1, TABLE))
                                  .must("name", NAME)
                                  .may(
                                      "was",
                                      Schema.text(1, TABLE)
                                          .orNull()
                                          .about(
                                              "the name in force, where several have the table")),
                              MOST)))
              .answers(200, "They are chosen", EditSchemas.EDITED)
              .or(EditSchemas.conditional())
              .or(ProblemType.CONFLICT, ProblemType.UNAVAILABLE)
              .by(MappingOperations::replaced),
          Operation.get(MAPPING + "/{table}/sample", "getMappingSample")
              .says("Entities", "A row of a table as an event, without what seems to be a secret")
              .needs(Right.operate)
              .with(
                  Parameter.path(
                      "table",
                      Schema.text(1, TABLE).example("public.article"),
                      "as the mapping has it"),
                  Parameter.query(
                      "entity", Common.ENTITY, "which one in force, where several have the table"))
              .answers(
                  200, "The event", Schema.fields().must("event", Schema.map(Schema.anything())))
              .or(ProblemType.CONFLICT, ProblemType.UNAVAILABLE)
              .by(MappingOperations::sample));

  private MappingOperations() {}

  private static ApiAnswer shown(RunningService service) throws ApiException, InterruptedException {
    try {
      ObjectNode json = Json.MAPPER.createObjectNode().put("etag", service.mapping().etag());
      ArrayNode all = json.putArray("entities");
      for (Mapping.Entity entity : service.mapping().entities()) {
        ObjectNode one =
            all.addObject()
                .put("table", entity.table().toString())
                .put("name", entity.name())
                .put("was", entity.was())
                .put("inForce", entity.was() != null);
        entity.key().forEach(one.putArray("key")::add);
        entity.parts().forEach(one.putArray("parts")::add);
        entity.references().forEach(one.putArray("references")::add);
        one.put("rows", entity.rows()).put("why", entity.why());
      }
      return ApiAnswer.ok(json).with("ETag", json.path("etag").asText());
    } catch (EditRefusedException e) {
      throw EditRefusals.of(e, FieldError.BODY);
    } catch (SourceException e) {
      throw new ApiException(ProblemType.UNAVAILABLE, String.join(" ", e.problems()));
    }
  }

  private static ApiAnswer sample(RunningService service, ApiRequest request)
      throws ApiException, InterruptedException {
    String table = request.text("table");
    try {
      JsonNode event =
          service
              .mapping()
              .sample(table, request.optional("entity"))
              .orElseThrow(() ->
                  new ApiException(
                      ProblemType.NOT_FOUND,
                      "no entity has table '" + table + "', and none is proposed of it"));
      ObjectNode json = Json.MAPPER.createObjectNode();
      json.set("event", event);
      return ApiAnswer.ok(json);
    } catch (SourceException e) {
      throw new ApiException(ProblemType.CONFLICT, String.join(" ", e.problems()));
    } catch (IllegalStateException e) {
      throw new ApiException(ProblemType.CONFLICT, String.valueOf(e.getMessage()));
    }
  }

  private static ApiAnswer replaced(RunningService service, ApiRequest request)
      throws ApiException, InterruptedException {
    List<Mapping.Wanted> wanted = new ArrayList<>();
    for (JsonNode one : request.fields().path("entities")) {
      wanted.add(
          new Mapping.Wanted(
              one.path("table").asText(),
              one.path("name").asText(),
              Optional.ofNullable(one.get("was"))
                  .filter(JsonNode::isTextual)
                  .map(JsonNode::asText)));
    }
    try {
      return EditOperations.edited(
          200,
          SettingsEditor.ENTITIES,
          service
              .mapping()
              .replace(wanted, EditOperations.ifMatch(request), AuditTrail.actor(request)));
    } catch (EditRefusedException e) {
      throw EditRefusals.of(e, FieldError.BODY);
    } catch (SourceException e) {
      throw new ApiException(ProblemType.UNAVAILABLE, String.join(" ", e.problems()));
    }
  }
}
