package io.rowhook.admin.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The schema of bodies in which large whole numbers are written as texts. Pure. */
final class WideIntegers {

  private WideIntegers() {}

  /** The same, where each number may be a text. */
  static JsonNode of(JsonNode schema) {
    if (schema instanceof ArrayNode list) {
      ArrayNode wide = JsonNodeFactory.instance.arrayNode();
      list.forEach(one -> wide.add(of(one)));
      return wide;
    }
    if (!(schema instanceof ObjectNode object)) {
      return schema;
    }
    ObjectNode wide = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> one : object.properties()) {
      boolean values = Set.of("const", "enum", "required").contains(one.getKey());
      wide.set(one.getKey(), values ? one.getValue() : of(one.getValue()));
    }
    Set<String> types = new LinkedHashSet<>();
    JsonNode type = object.path("type");
    if (type.isTextual()) {
      types.add(type.textValue());
    }
    type.forEach(one -> types.add(one.asText()));
    if (types.contains("integer") || types.contains("number")) {
      types.add("string");
      ArrayNode all = wide.putArray("type");
      types.forEach(all::add);
    }
    return wide;
  }
}
