package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.testing.Docs;
import io.rowhook.testing.Docs.Block;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The settings that the pages show are good ones, and the reference has them all. */
class DocumentedSettingsTest {

  private static final Path REFERENCE = Path.of("docs/reference.md");

  /** What the pages' examples take from the environment. */
  private static final Map<String, String> ENV =
      Map.of(
          "SHOP_SECRET", SettingsDirectory.SECRET,
          "SHOP_OLD", SettingsDirectory.SECRET,
          "SHOP_PASSWORD", "secret",
          "TRIAL_SECRET", SettingsDirectory.SECRET);

  private static final String ENTITIES =
      """
      Article:
        table: public.article
      Order:
        table: sales.sales_order
      Customer:
        table: crm.customer
      """;

  /** Of a row of a table: setting, meaning, limits, default. A bar in code does not occur. */
  private static final Pattern ROW =
      Pattern.compile("^\\| `([^`]+)` \\| (.*) \\| (.*?) ?\\| (.*) \\|$", Pattern.MULTILINE);

  @TempDir Path temp;

  private record Row(String text, String limits, String otherwise) {}

  @TestFactory
  Stream<DynamicTest> everyYamlBlockIsAGoodFile() {
    return Docs.blocks().stream()
        .filter(block -> block.info().startsWith("yaml"))
        .map(block -> DynamicTest.dynamicTest(block.place(), () -> read(block)));
  }

  private void read(Block block) throws SettingsException {
    Path root = temp.resolve(block.place().replace('/', '-').replace(':', '-'));
    SettingsDirectory directory =
        new SettingsDirectory(root)
            .entities(ENTITIES)
            .write("templates/order-status.jslt", "{\"status\": .data.status}");
    switch (block.info()) {
      case "yaml entities" ->
          directory.entities(block.text()).delete("config/recipients/shop.yaml");
      case "yaml recipient" -> directory.shop(block.text());
      case "yaml rowhook" -> directory.write("config/rowhook.yaml", block.text());
      default -> throw new AssertionError("of which file is this: " + block.info());
    }
    Settings.read(root.resolve("config"), root.resolve("templates"), ENV);
  }

  @Test
  void theReferenceHasEachSettingOfEntities() throws IOException {
    check("entities.yaml", "entities", "/additionalProperties");
  }

  @Test
  void theReferenceHasEachSettingOfARecipient() throws IOException {
    check("recipients/&lt;name&gt;.yaml", "recipient", "");
  }

  @Test
  void theReferenceHasEachSettingOfRowhook() throws IOException {
    check("rowhook.yaml", "rowhook", "");
  }

  private static void check(String heading, String name, String at) throws IOException {
    JsonNode root = schema(name);
    Map<String, JsonNode> settings = new LinkedHashMap<>();
    collect(root, root.at(at), "", settings);
    Map<String, Row> rows = rows(heading);
    assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(settings.keySet());
    List<String> wrong = new ArrayList<>();
    settings.forEach((String setting, JsonNode schema) ->
        wrong.addAll(problems(setting, schema, Objects.requireNonNull(rows.get(setting)))));
    assertThat(wrong).isEmpty();
  }

  private static List<String> problems(String setting, JsonNode schema, Row row) {
    List<String> wrong = new ArrayList<>();
    if (schema.has("default") && !row.otherwise().equals(written(schema.path("default")))) {
      wrong.add(setting + ": the default is " + written(schema.path("default")));
    }
    boolean required = schema.path("required").asBoolean() && !schema.has("default");
    if (required != row.otherwise().startsWith("required")) {
      wrong.add(setting + ": the schema says otherwise of whether it is required");
    }
    for (JsonNode one : forms(schema)) {
      Stream.of("minimum", "maximum")
          .filter(one::has)
          .filter(bound -> !row.limits().matches(".*\\b" + one.path(bound).asText() + "\\b.*"))
          .forEach(bound -> wrong.add(setting + ": " + bound + " " + one.path(bound)));
      for (JsonNode value : one.path("enum")) {
        if (!row.text().contains("`" + value.asText() + "`")) {
          wrong.add(setting + ": " + value);
        }
      }
    }
    return wrong;
  }

  private static String written(JsonNode value) {
    if (!value.isArray()) {
      return "`" + value.asText() + "`";
    }
    return value.isEmpty()
        ? "none"
        : StreamSupport.stream(value.spliterator(), false)
            .map(JsonNode::asText)
            .collect(Collectors.joining(" ", "`", "`"));
  }

  /** The rows under a heading of the second level. */
  private static Map<String, Row> rows(String heading) {
    String text = Docs.text(REFERENCE);
    String section = text.substring(text.indexOf("\n## " + heading + "\n") + 4);
    int end = section.indexOf("\n## ");
    Map<String, Row> rows = new LinkedHashMap<>();
    ROW.matcher(end < 0 ? section : section.substring(0, end))
        .results()
        .forEach(row -> rows.put(row.group(1), new Row(row.group(), row.group(3), row.group(4))));
    return rows;
  }

  /**
   * The settings of a mapping by their whole names, those of nested mappings with them. Parts and
   * references look the same wherever they are, so they are listed once.
   */
  private static void collect(
      JsonNode root, JsonNode mapping, String before, Map<String, JsonNode> settings) {
    List<String> required =
        StreamSupport.stream(mapping.path("required").spliterator(), false)
            .map(JsonNode::asText)
            .toList();
    mapping
        .path("properties")
        .properties()
        .forEach(property -> {
          String name = before + property.getKey();
          JsonNode schema = resolved(root, property.getValue());
          List<JsonNode> inner = mappings(root, schema);
          boolean known = !before.isEmpty() && isRelation(property.getKey());
          boolean bare = inner.stream().allMatch(one -> one.equals(schema));
          if (known || inner.isEmpty() || !bare || schema.has("items")) {
            if (!isRelation(property.getKey()) || known) {
              addOnce(settings, name, schema, required.contains(property.getKey()));
            }
          }
          if (!known) {
            for (JsonNode one : inner) {
              collect(root, one, name + suffix(property.getKey(), schema), settings);
            }
          }
        });
  }

  private static void addOnce(
      Map<String, JsonNode> settings, String name, JsonNode schema, boolean required) {
    if (name.endsWith("attributes") && !name.startsWith("subscriptions")) {
      return; // what it may hold is listed
    }
    ObjectNode copy = schema.deepCopy();
    copy.put("required", required);
    settings.put(name, copy);
  }

  private static boolean isRelation(String key) {
    return key.equals("contains") || key.equals("refers");
  }

  private static String suffix(String key, JsonNode schema) {
    if (isRelation(key)) {
      return ".<name>.";
    }
    return schema.has("items") ? "[]." : ".";
  }

  /** The mappings that a value may be, or hold by name or as an item. */
  private static List<JsonNode> mappings(JsonNode root, JsonNode schema) {
    return Stream.concat(
            forms(schema).stream(),
            Stream.of(schema.path("additionalProperties"), schema.path("items")))
        .map(one -> resolved(root, one))
        .filter(one -> one.has("properties"))
        .toList();
  }

  /** What a value may be: the schema itself, or each of {@code anyOf}. */
  private static List<JsonNode> forms(JsonNode schema) {
    List<JsonNode> forms = new ArrayList<>(List.of(schema));
    schema.path("anyOf").forEach(forms::add);
    return forms;
  }

  private static JsonNode resolved(JsonNode root, JsonNode schema) {
    return schema.has("$ref")
        ? merged(root.at(schema.path("$ref").asText().substring(1)), schema)
        : schema;
  }

  /** What is said beside a reference counts too: a default. */
  private static JsonNode merged(JsonNode named, JsonNode beside) {
    ObjectNode both = named.deepCopy();
    if (beside.has("default")) {
      both.set("default", beside.get("default"));
    }
    return both;
  }

  private static JsonNode schema(String name) throws IOException {
    String resource = "schema/" + name + ".schema.json";
    try (InputStream in =
        Objects.requireNonNull(Settings.class.getResourceAsStream(resource), resource)) {
      return new ObjectMapper().readTree(in);
    }
  }
}
