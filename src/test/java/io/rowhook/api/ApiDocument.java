package io.rowhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.rowhook.admin.api.OpenApi;
import io.rowhook.admin.api.Operation;
import io.rowhook.admin.api.Operations;
import io.rowhook.base.Json;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the document says that an answer may be. Of objects only the members that it names are
 * allowed here: whatever else a service answers ought to stand in the document.
 */
public final class ApiDocument {

  static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private final ObjectNode document = OpenApi.document();
  private final ObjectNode strict = strict(document.deepCopy());
  private final Map<JsonNode, Schema> schemas = new ConcurrentHashMap<>();

  /** As it is served. */
  public ObjectNode json() {
    return document;
  }

  /** The operation that a request is for; empty: it is for none. */
  public Optional<Operation> operation(String method, String path) {
    List<String> segments =
        Arrays.stream(URI.create(path).getRawPath().substring(1).split("/", -1))
            .map(part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8))
            .toList();
    return Operations.ALL.stream()
        .filter(one -> one.method().equals(method) && one.match(segments).isPresent())
        .findFirst();
  }

  /** Fails unless the document names such an answer of the operation, with such a body. */
  public void check(Operation operation, ApiClient.Reply reply) {
    String what = reply.method() + " " + reply.path() + " " + reply.status();
    JsonNode response =
        strict
            .path("paths")
            .path(operation.path())
            .path(operation.method().toLowerCase(Locale.ROOT))
            .path("responses")
            .path(Integer.toString(reply.status()));
    assertThat(response.isObject()).as(what + " is in the document: " + reply.text()).isTrue();
    JsonNode content = response.path("content");
    if (content.isMissingNode()) {
      assertThat(reply.body()).as(what).isEmpty();
      return;
    }
    assertThat(content.has(reply.contentType())).as(what + " " + reply.contentType()).isTrue();
    if (reply.contentType().contains("json")) {
      assertThat(errors(content.path(reply.contentType()).path("schema"), reply.text()))
          .as(what + ": " + reply.text())
          .isEmpty();
    }
  }

  private List<Error> errors(JsonNode schema, String body) {
    return schemas
        .computeIfAbsent(
            schema,
            _ -> {
              ObjectNode whole = Json.MAPPER.createObjectNode();
              whole.putArray("allOf").add(schema);
              whole.set("components", strict.path("components"));
              return REGISTRY.getSchema(whole.toString(), InputFormat.JSON);
            })
        .validate(body, InputFormat.JSON);
  }

  /** Objects with named members have no others. */
  private static <T extends JsonNode> T strict(T node) {
    if (node instanceof ObjectNode object) {
      if (object.path("properties").isObject()
          && object.path("type").toString().contains("object")) {
        object.put("additionalProperties", false);
      }
      object.forEach(ApiDocument::strict);
    } else if (node instanceof ArrayNode array) {
      array.forEach(ApiDocument::strict);
    }
    return node;
  }
}
