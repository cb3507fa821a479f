package io.rowhook.admin.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;

/** What a recipient gets, as AsyncAPI 3.0, from its side: it receives. */
final class AsyncApiDocument {

  private AsyncApiDocument() {}

  static ObjectNode of(RecipientCatalog catalog) {
    ObjectNode document = Json.MAPPER.createObjectNode();
    document.put("asyncapi", "3.0.0");
    OpenApiDocument.info(document, catalog);
    document.put("defaultContentType", "application/json");
    ObjectNode channels = document.putObject("channels");
    ObjectNode operations = document.putObject("operations");
    ObjectNode components = document.putObject("components");
    ObjectNode messages = components.putObject("messages");
    ObjectNode schemas = components.putObject("schemas");
    for (CatalogEntry entry : catalog.entries()) {
      String name = entry.name();
      ObjectNode channel = channels.putObject(name);
      channel.put("address", entry.url()).put("description", OpenApiDocument.description(entry));
      channel.putObject("messages").putObject(name).put("$ref", "#/components/messages/" + name);
      ObjectNode operation = operations.putObject(name);
      operation.put("action", "receive").put("summary", entry.summary());
      operation.putObject("channel").put("$ref", "#/channels/" + name);
      operation
          .putArray("messages")
          .addObject()
          .put("$ref", "#/channels/" + name + "/messages/" + name);
      operation
          .putObject("bindings")
          .putObject("http")
          .put("method", entry.methods().getFirst())
          .put("bindingVersion", "0.3.0");
      messages.set(name, message(catalog, entry));
      schemas.set(name, entry.schema());
    }
    return document;
  }

  private static ObjectNode message(RecipientCatalog catalog, CatalogEntry entry) {
    ObjectNode message = Json.MAPPER.createObjectNode();
    message.put("name", entry.name()).put("title", entry.summary());
    message.put("contentType", entry.contentType());
    ObjectNode headers = message.putObject("headers").put("type", "object");
    ObjectNode properties = headers.putObject("properties");
    for (CatalogEntry.Header header : entry.headers()) {
      properties.putObject(header.name()).put("type", "string").put("description", header.means());
    }
    if (!entry.isXml()) {
      ObjectNode payload = message.putObject("payload");
      payload.put("schemaFormat", "application/schema+json;version=draft-2020-12");
      payload.set("schema", catalog.body("#/components/schemas/", entry));
    }
    entry
        .examples()
        .forEach(example ->
            message
                .withArray("/examples")
                .addObject()
                .put("name", OpenApiDocument.key(example))
                .set("payload", OpenApiDocument.value(entry, example)));
    return message;
  }
}
