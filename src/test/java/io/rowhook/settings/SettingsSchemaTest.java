package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rowhook.entity.EventType;
import io.rowhook.recipient.Authentication.Style;
import io.rowhook.recipient.Pause;
import io.rowhook.recipient.Processing;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Retry;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The JSON Schemas that editors complete by say the same as the readers do. */
class SettingsSchemaTest {

  @Test
  void recipientKeysAgree() throws IOException {
    assertThat(keys(schema("recipient"))).isEqualTo(known(RecipientFile.KEYS));
    assertThat(required(schema("recipient"))).isEqualTo(requiredBy(RecipientFile.KEYS));
  }

  @Test
  void entityKeysAgree() throws IOException {
    assertThat(keys(schema("entities"))).isEqualTo(known(EntitiesFile.KEYS));
    assertThat(required(schema("entities"))).isEqualTo(requiredBy(EntitiesFile.KEYS));
  }

  @Test
  void rowhookKeysAgree() throws IOException {
    assertThat(keys(schema("rowhook"))).isEqualTo(known(RowhookFile.KEYS));
    assertThat(required(schema("rowhook"))).isEqualTo(requiredBy(RowhookFile.KEYS));
  }

  @Test
  void namesAndDefaultsAgree() throws IOException {
    JsonNode recipient = schema("recipient");
    JsonNode properties = recipient.path("properties");
    JsonNode style = properties.at("/authentication/properties/hmac/properties/style");
    assertThat(texts(style.path("enum"))).isEqualTo(names(Style.values()));
    assertThat(texts(recipient.at("/definitions/event/enum"))).isEqualTo(names(EventType.values()));
    JsonNode retry = properties.at("/retry/anyOf/1/properties");
    assertThat(texts(retry.at("/from/enum"))).isEqualTo(names(Retry.From.values()));
    assertThat(retry.at("/from/default").asText()).isEqualTo(Retry.DEFAULT.from().name());
    assertThat(retry.at("/jitter/default").asDouble()).isEqualTo(Retry.DEFAULT.jitter());
    assertThat(
            StreamSupport.stream(retry.at("/delays/default").spliterator(), false)
                .map(JsonNode::asText))
        .containsExactlyElementsOf(Retry.DEFAULT.delays().stream().map(Rule::written).toList());
    JsonNode pause = properties.at("/pause/anyOf/1/properties");
    assertThat(pause.at("/failures/default").asInt()).isEqualTo(Pause.DEFAULT.failures());
    assertThat(pause.at("/within/default").asText())
        .isEqualTo(Rule.written(Pause.DEFAULT.within()));
    assertThat(
            StreamSupport.stream(pause.at("/probe/default").spliterator(), false)
                .map(JsonNode::asText))
        .containsExactlyElementsOf(Pause.DEFAULT.probe().stream().map(Rule::written).toList());
    assertThat(properties.at("/jobs/anyOf/0/maximum").asInt()).isEqualTo(Processing.MAX_JOBS);
    assertThat(new Processing.Parallel(properties.at("/jobs/default").asInt()))
        .isEqualTo(Processing.DEFAULT);
    assertThat(properties.at("/timeout/default").asText())
        .isEqualTo(Rule.written(Recipient.DEFAULT_TIMEOUT));
    JsonNode rowhook = schema("rowhook").path("properties");
    assertThat(rowhook.at("/journal/default").asText())
        .isEqualTo(RowhookFile.DEFAULT_JOURNAL.toString());
    assertThat(rowhook.at("/retention/default").asText())
        .isEqualTo(Rule.written(RowhookFile.DEFAULT_RETENTION));
  }

  private static JsonNode schema(String name) throws IOException {
    String resource = "schema/" + name + ".schema.json";
    try (InputStream in =
        Objects.requireNonNull(Settings.class.getResourceAsStream(resource), resource)) {
      return new ObjectMapper().readTree(in);
    }
  }

  private static Map<String, Set<String>> known(Map<String, YamlKeys> keys) {
    Map<String, Set<String>> known = new TreeMap<>();
    keys.forEach((mapping, of) -> known.put(mapping, new TreeSet<>(of.known())));
    return known;
  }

  private static Map<String, Set<String>> requiredBy(Map<String, YamlKeys> keys) {
    Map<String, Set<String>> required = new TreeMap<>();
    keys.forEach((mapping, of) -> required.put(mapping, new TreeSet<>(of.required())));
    return required;
  }

  private static Map<String, Set<String>> keys(JsonNode schema) {
    Map<String, JsonNode> mappings = new TreeMap<>();
    walk("", schema, schema.path("definitions"), mappings);
    Map<String, Set<String>> keys = new TreeMap<>();
    mappings.forEach((mapping, node) -> {
      assertThat(node.path("additionalProperties").isBoolean())
          .as("%s refuses unknown keys", mapping)
          .isTrue();
      keys.put(mapping, fieldNames(node.path("properties")));
    });
    return keys;
  }

  private static Map<String, Set<String>> required(JsonNode schema) {
    Map<String, JsonNode> mappings = new TreeMap<>();
    walk("", schema, schema.path("definitions"), mappings);
    Map<String, Set<String>> required = new TreeMap<>();
    mappings.forEach((mapping, node) -> required.put(mapping, texts(node.path("required"))));
    return required;
  }

  /** Collects each mapping with named keys, under the path by which the readers know it. */
  private static void walk(
      String path, JsonNode node, JsonNode definitions, Map<String, JsonNode> mappings) {
    if (node.has("$ref")) {
      String name = node.path("$ref").asText().replace("#/definitions/", "");
      walk(path, definitions.path(name), definitions, mappings);
      return;
    }
    if (node.has("properties")) {
      mappings.put(path, node);
      node.path("properties")
          .properties()
          .forEach(field ->
              walk(
                  path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                  field.getValue(),
                  definitions,
                  mappings));
    }
    if (node.path("additionalProperties").isObject()) {
      String inside = path.isEmpty() ? "*" : path + ".*";
      walk(inside, node.path("additionalProperties"), definitions, mappings);
    }
    if (node.path("items").isObject()) {
      walk(path + "[]", node.path("items"), definitions, mappings);
    }
    node.path("anyOf").forEach(one -> walk(path, one, definitions, mappings));
  }

  private static Set<String> fieldNames(JsonNode node) {
    Set<String> names = new TreeSet<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static Set<String> texts(JsonNode array) {
    Set<String> texts = new TreeSet<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static Set<String> names(Enum<?>[] values) {
    return new TreeSet<>(Arrays.stream(values).map(Enum::name).toList());
  }
}
