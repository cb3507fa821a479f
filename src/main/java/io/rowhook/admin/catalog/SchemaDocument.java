package io.rowhook.admin.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;

/** The bodies of a recipient's requests, as one JSON Schema 2020-12: one of its definitions. */
final class SchemaDocument {

  private SchemaDocument() {}

  static ObjectNode of(RecipientCatalog catalog) {
    ObjectNode document = Json.MAPPER.createObjectNode();
    document.put("$schema", OpenApiDocument.DIALECT);
    document.put("title", "Bodies of webhooks for " + catalog.name());
    document.setAll(catalog.all("#/$defs/"));
    ObjectNode definitions = document.putObject("$defs");
    for (CatalogEntry entry : catalog.entries()) {
      ObjectNode schema = Json.MAPPER.createObjectNode().put("title", entry.summary());
      schema.setAll(entry.schema());
      definitions.set(entry.name(), schema);
    }
    return document;
  }
}
