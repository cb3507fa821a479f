package io.rowhook.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.settings.entities.EntitySettings;
import io.rowhook.settings.yaml.SecretMask;
import io.rowhook.settings.yaml.Yaml;
import io.rowhook.settings.yaml.YamlDocument;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What the files of the settings say that are for all recipients, without secrets. Any thread; each
 * look reads them.
 */
public final class SettingsView {

  /** Of the source; what else stands there may be a secret. */
  private static final Set<String> SHOWN =
      Set.of(
          "database.hostname",
          "database.port",
          "database.user",
          "database.dbname",
          "slot.name",
          "publication.name");

  private final Path connectorConfig;

  public SettingsView(Path connectorConfig) {
    this.connectorConfig = connectorConfig;
  }

  /** The properties of the source; null: the file cannot be read. */
  public JsonNode source() {
    return text("source.properties").<JsonNode>flatMap(SettingsView::properties).orElse(NONE);
  }

  /** {@code entities.yaml}; null: it cannot be read, or is no YAML. */
  public JsonNode entities() {
    return yaml("entities.yaml", text -> YamlDocument.ofNamed(text, EntitySettings.ENTITY));
  }

  /** {@code rowhook.yaml}; null: there is none, it cannot be read, or is no YAML. */
  public JsonNode rowhook() {
    return yaml("rowhook.yaml", text -> YamlDocument.of(text, RowhookFileReader.OBJECT));
  }

  private static final JsonNode NONE = Json.MAPPER.nullNode();

  private JsonNode yaml(String name, Function<String, Optional<YamlDocument>> read) {
    return text(name).flatMap(read).<JsonNode>map(YamlDocument::json).orElse(NONE);
  }

  private Optional<String> text(String name) {
    Path file = connectorConfig.resolve(name);
    try {
      return Files.isRegularFile(file) && Files.size(file) <= Yaml.MAX_FILE
          ? Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // the status says what is wrong with it
    }
  }

  private static Optional<ObjectNode> properties(String text) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
    ObjectNode json = Json.MAPPER.createObjectNode();
    for (String key : new TreeSet<>(properties.stringPropertyNames())) {
      String value = properties.getProperty(key);
      json.put(key, SHOWN.contains(key) ? value : SecretMask.whole(value));
    }
    return Optional.of(json);
  }
}
