package io.rowhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import io.rowhook.admin.api.Operation;
import io.rowhook.admin.api.Operations;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The API's document is one. */
class OpenApiTest {

  private final ApiDocument document = new ApiDocument();

  /** The schema is the specification's own; beside it stands where it is from. */
  @Test
  void itIsValidOpenApi() throws Exception {
    try (InputStream schema =
        getClass().getResourceAsStream("/io/rowhook/admin/openapi-3.1.schema.json")) {
      String text =
          new String(Objects.requireNonNull(schema).readAllBytes(), StandardCharsets.UTF_8);
      assertThat(
              ApiDocument.REGISTRY
                  .getSchema(text, InputFormat.JSON)
                  .validate(document.json().toString(), InputFormat.JSON))
          .isEmpty();
    }
  }

  /** Which that schema leaves out. */
  @Test
  void eachOfItsSchemasIsValid() {
    var meta =
        ApiDocument.REGISTRY.getSchema(
            SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
    List<JsonNode> schemas = document.json().findValues("schema");
    document.json().path("components").path("schemas").forEach(schemas::add);
    assertThat(schemas).hasSizeGreaterThan(50);
    for (JsonNode schema : schemas) {
      assertThat(meta.validate(schema.toString(), InputFormat.JSON)).as("%s", schema).isEmpty();
    }
  }

  @Test
  void itIsNotValidWithABreach() throws Exception {
    try (InputStream schema =
        getClass().getResourceAsStream("/io/rowhook/admin/openapi-3.1.schema.json")) {
      String text =
          new String(Objects.requireNonNull(schema).readAllBytes(), StandardCharsets.UTF_8);
      var broken = document.json().deepCopy();
      broken.withObject("/paths/~1v1~1status/get").remove("responses");
      broken.withObject("/paths/~1v1~1status/get").put("parameters", "none");
      assertThat(
              ApiDocument.REGISTRY
                  .getSchema(text, InputFormat.JSON)
                  .validate(broken.toString(), InputFormat.JSON))
          .isNotEmpty();
    }
  }

  @Test
  void operationsDoNotCollide() {
    List<String> ids = Operations.ALL.stream().map(Operation::id).toList();
    assertThat(ids).doesNotHaveDuplicates();
    assertThat(Operations.ALL.stream().map(one -> one.method() + " " + one.path()))
        .doesNotHaveDuplicates();
    List<String> tags = document.json().path("tags").findValuesAsText("name");
    for (Operation operation : Operations.ALL) {
      assertThat(tags).as(operation.id()).contains(operation.tag());
      assertThat(operation.answers()).as(operation.id()).isNotEmpty();
      List<String> names = new ArrayList<>();
      operation.parameters().forEach(one -> names.add(one.name()));
      operation.body().ifPresent(body -> names.addAll(members(body)));
      assertThat(names).as(operation.id()).doesNotHaveDuplicates();
      assertThat(operation.path().replaceAll("[^{}a-zA-Z0-9/.-]", "")).isEqualTo(operation.path());
    }
  }

  private static List<String> members(Operation.Body body) {
    List<String> names = new ArrayList<>();
    body.schema()
        .json(new java.util.TreeMap<>())
        .path("properties")
        .fieldNames()
        .forEachRemaining(names::add);
    return names;
  }
}
