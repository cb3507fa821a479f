package io.rowhook.admin.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The fields of a schema, line by line, for people. Pure. */
final class BodyFields {

  /** Deeper ones are left to the schema. */
  private static final int DEEPEST = 6;

  /**
   * A field.
   *
   * @param path {@code data.lines[].sku}
   * @param type in words
   * @param always whether it is there in each body, if what is around it is
   */
  record Field(String path, String type, boolean always) {}

  private final List<Field> fields = new ArrayList<>();
  private final Set<String> seen = new LinkedHashSet<>();

  private BodyFields() {}

  static List<Field> of(JsonNode schema) {
    BodyFields all = new BodyFields();
    all.add("", schema, 0);
    return all.fields;
  }

  private void add(String path, JsonNode schema, int depth) {
    if (depth > DEEPEST) {
      return;
    }
    schema.path("anyOf").forEach(one -> add(path, one, depth));
    if (schema.path("items").isObject()) {
      add(path + "[]", schema.get("items"), depth);
    }
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      String name = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
      if (seen.add(name)) {
        boolean always =
            schema
                .path("required")
                .valueStream()
                .anyMatch(one -> one.asText().equals(property.getKey()));
        fields.add(new Field(name, words(property.getValue()), always));
      }
      add(name, property.getValue(), depth + 1);
    }
  }

  /** {@code string or null}. */
  static String words(JsonNode schema) {
    Set<String> types = new LinkedHashSet<>();
    collect(schema, types);
    return types.isEmpty() ? "anything" : String.join(" or ", types);
  }

  private static void collect(JsonNode schema, Set<String> types) {
    JsonNode type = schema.path("type");
    if (schema.has("const")) {
      types.add(schema.get("const").toString());
    } else if (schema.has("enum")) {
      schema.get("enum").forEach(value -> types.add(value.toString()));
    } else if (schema.has("anyOf")) {
      schema.get("anyOf").forEach(one -> collect(one, types));
    } else if (type.isArray()) {
      type.forEach(one -> types.add(one.asText()));
    } else if (type.asText().equals("array") && schema.path("items").isObject()) {
      types.add("array of " + words(schema.get("items")));
    } else if (type.isTextual()) {
      types.add(type.asText());
    } else {
      types.add("anything");
    }
  }
}
