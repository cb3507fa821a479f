package io.rowhook.admin.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.recipient.Recipient;
import java.io.UncheckedIOException;

/** In which form it is said what a recipient gets. */
public enum CatalogFormat {
  openapi(".openapi.json"),
  asyncapi(".asyncapi.json"),
  jsonschema(".schema.json"),
  html(".html"),
  markdown(".md");

  private final String suffix;

  CatalogFormat(String suffix) {
    this.suffix = suffix;
  }

  /** {@code shop.openapi.json}. */
  public String file(String recipient) {
    return recipient + suffix;
  }

  /**
   * The text, which ends with the end of a line.
   *
   * @throws IllegalStateException in words, if the source has not what the settings name
   */
  public String text(CatalogBuilder builder, Recipient recipient) {
    RecipientCatalog catalog = builder.of(recipient);
    return switch (this) {
      case openapi -> json(OpenApiDocument.of(catalog));
      case asyncapi -> json(AsyncApiDocument.of(catalog));
      case jsonschema -> json(SchemaDocument.of(catalog));
      case html -> CatalogPage.html(catalog);
      case markdown -> CatalogPage.markdown(catalog);
    };
  }

  private static String json(ObjectNode document) {
    try {
      return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
  }
}
