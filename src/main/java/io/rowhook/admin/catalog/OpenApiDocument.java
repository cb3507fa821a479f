package io.rowhook.admin.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.recipient.Authentication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/** What a recipient gets, as OpenAPI 3.1: each subscription is a webhook. */
final class OpenApiDocument {

  static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

  private OpenApiDocument() {}

  static ObjectNode of(RecipientCatalog catalog) {
    ObjectNode document = Json.MAPPER.createObjectNode();
    document.put("openapi", "3.1.0");
    info(document, catalog);
    document.put("jsonSchemaDialect", DIALECT);
    ObjectNode webhooks = document.putObject("webhooks");
    ObjectNode schemas = Json.MAPPER.createObjectNode();
    ArrayNode security = security(catalog.recipient().authentication());
    for (CatalogEntry entry : catalog.entries()) {
      ObjectNode item = webhooks.putObject(entry.name());
      for (String method : entry.methods()) {
        item.set(method.toLowerCase(Locale.ROOT), operation(catalog, entry, method, security));
      }
      schemas.set(entry.name(), entry.schema());
    }
    ObjectNode components = document.putObject("components");
    components.set("schemas", schemas);
    ObjectNode schemes = schemes(catalog.recipient().authentication());
    if (!schemes.isEmpty()) {
      components.set("securitySchemes", schemes);
    }
    return document;
  }

  static void info(ObjectNode document, RecipientCatalog catalog) {
    document
        .putObject("info")
        .put("title", "Webhooks for " + catalog.name())
        .put("version", "1")
        .put("description", String.join("\n", catalog.rules()));
  }

  private static ObjectNode operation(
      RecipientCatalog catalog, CatalogEntry entry, String method, ArrayNode security) {
    ObjectNode operation = Json.MAPPER.createObjectNode();
    String suffix = entry.methods().size() > 1 ? "-" + method.toLowerCase(Locale.ROOT) : "";
    operation.put("operationId", entry.name() + suffix);
    operation.put("summary", entry.summary());
    operation.put("description", description(entry));
    operation.putArray("tags").add(entry.entity());
    ArrayNode parameters = operation.putArray("parameters");
    for (CatalogEntry.Header header : entry.headers()) {
      if (!header.name().equals("Authorization")) { // that is said by security
        ObjectNode parameter = parameters.addObject();
        parameter.put("name", header.name()).put("in", "header");
        parameter.put("required", !header.name().equals("Rowhook-Redelivery"));
        parameter.put("description", header.means());
        parameter.putObject("schema").put("type", "string");
        parameter.put("example", header.value());
      }
    }
    ObjectNode body = operation.putObject("requestBody").put("required", true);
    ObjectNode media = body.putObject("content").putObject(mediaType(entry));
    media.set("schema", entry.isXml() ? xml() : catalog.body("#/components/schemas/", entry));
    if (!entry.examples().isEmpty()) {
      ObjectNode examples = media.putObject("examples");
      entry.examples().forEach(one -> examples.putObject(key(one)).set("value", value(entry, one)));
    }
    ObjectNode responses = operation.putObject("responses");
    responses.putObject("2XX").put("description", "It was taken, unless another rule is agreed.");
    responses.putObject("410").put("description", "Nothing more is wanted: Rowhook pauses.");
    responses.putObject("default").put("description", "It was not taken: it comes again later.");
    if (!security.isEmpty()) {
      operation.set("security", security);
    }
    return operation;
  }

  /** Without its parameters. */
  static String mediaType(CatalogEntry entry) {
    int semicolon = entry.contentType().indexOf(';');
    return semicolon < 0 ? entry.contentType() : entry.contentType().substring(0, semicolon);
  }

  static String description(CatalogEntry entry) {
    StringBuilder text = new StringBuilder();
    text.append("Topics: ").append(String.join(", ", entry.topics())).append(". ");
    text.append("Sent to ").append(entry.url()).append('.');
    entry.notes().forEach(note -> text.append('\n').append(note));
    return text.toString();
  }

  static String key(CatalogEntry.Example example) {
    return example.name().replaceAll("[^A-Za-z0-9._-]", "-");
  }

  static JsonNode value(CatalogEntry entry, CatalogEntry.Example example) {
    try {
      return entry.isXml()
          ? Json.MAPPER.getNodeFactory().textNode(example.body())
          : Json.MAPPER.readTree(example.body());
    } catch (IOException e) {
      throw new UncheckedIOException("a body is JSON", e);
    }
  }

  private static ObjectNode xml() {
    return Json.MAPPER
        .createObjectNode()
        .put("type", "string")
        .put("description", "XML; the tree that it is written from is among the schemas");
  }

  private static ObjectNode schemes(Authentication authentication) {
    ObjectNode schemes = Json.MAPPER.createObjectNode();
    if (authentication.basic().isPresent()) {
      schemes.putObject("basic").put("type", "http").put("scheme", "basic");
    }
    if (authentication.bearer().isPresent() || authentication.oauth2().isPresent()) {
      schemes.putObject("bearer").put("type", "http").put("scheme", "bearer");
    }
    return schemes;
  }

  private static ArrayNode security(Authentication authentication) {
    ArrayNode security = Json.MAPPER.createArrayNode();
    schemes(authentication)
        .fieldNames()
        .forEachRemaining(name -> security.addObject().putArray(name));
    return security;
  }
}
