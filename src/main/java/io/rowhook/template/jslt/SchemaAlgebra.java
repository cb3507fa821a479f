package io.rowhook.template.jslt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is known of values that are not there yet, as JSON Schemas without references: an empty one
 * is any value. Each answer holds for all values of what it was made of, and may hold for more.
 * Pure; schemas that are given are not changed.
 */
final class SchemaAlgebra {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private SchemaAlgebra() {}

  static ObjectNode any() {
    return NODES.objectNode();
  }

  static ObjectNode type(String... names) {
    ObjectNode schema = any();
    if (names.length == 1) {
      return schema.put("type", names[0]);
    }
    ArrayNode types = schema.putArray("type");
    for (String name : names) {
      types.add(name);
    }
    return schema;
  }

  static ObjectNode constant(JsonNode value) {
    if (value.isNull()) {
      return type("null");
    }
    if (value.isContainerNode() && value.isEmpty()) {
      return value.isObject()
          ? type("object").put("additionalProperties", false)
          : type("array").put("maxItems", 0);
    }
    return any().set("const", value);
  }

  static ObjectNode list(ObjectNode items) {
    return type("array").set("items", items);
  }

  /** One of them. */
  static ObjectNode either(List<ObjectNode> schemas) {
    Set<JsonNode> different = new LinkedHashSet<>();
    for (ObjectNode schema : schemas) {
      if (schema.isEmpty()) {
        return any();
      }
      alternatives(schema).forEach(different::add);
    }
    if (different.isEmpty()) {
      return type("null");
    }
    if (different.size() == 1) {
      return (ObjectNode) different.iterator().next();
    }
    if (different.size() == 2 && different.remove(type("null"))) {
      ObjectNode other = ((ObjectNode) different.iterator().next()).deepCopy();
      if (other.path("type").isTextual() && !other.has("enum") && !other.has("const")) {
        String only = other.path("type").textValue();
        other.set("type", NODES.arrayNode().add(only).add("null"));
        return other;
      }
      different.add(type("null"));
    }
    ArrayNode anyOf = NODES.arrayNode();
    different.forEach(anyOf::add);
    return any().set("anyOf", anyOf);
  }

  static ObjectNode orNull(ObjectNode schema) {
    return either(List.of(schema, type("null")));
  }

  /** Those that it may be, each of one type, or of any. */
  static List<ObjectNode> alternatives(JsonNode schema) {
    List<ObjectNode> found = new ArrayList<>();
    if (schema.has("anyOf")) {
      schema.get("anyOf").forEach(one -> found.addAll(alternatives(one)));
    } else if (schema.path("type").isArray()) {
      for (JsonNode type : schema.get("type")) {
        found.add(
            type.asText().equals("null")
                ? type("null")
                : ((ObjectNode) schema).deepCopy().put("type", type.asText()));
      }
    } else {
      found.add((ObjectNode) schema);
    }
    return found;
  }

  /** {@code string}, {@code number} and so on; empty: it may be any. */
  static String typeOf(JsonNode schema) {
    if (schema.has("const")) {
      JsonNode value = schema.get("const");
      return switch (value.getNodeType()) {
        case STRING -> "string";
        case NUMBER -> "number";
        case BOOLEAN -> "boolean";
        case OBJECT -> "object";
        case ARRAY -> "array";
        default -> "null";
      };
    }
    if (schema.has("enum")) {
      return schema.get("enum").valueStream().allMatch(JsonNode::isTextual) ? "string" : "";
    }
    String type = schema.path("type").asText();
    return type.equals("integer") ? "number" : type;
  }

  /** Whether it is certainly of one of these types. */
  static boolean isOnly(JsonNode schema, Set<String> types) {
    return alternatives(schema).stream().allMatch(one -> types.contains(typeOf(one)));
  }

  /** What stands under a key; null where there is no object, as in JSLT. */
  static ObjectNode under(JsonNode schema, String key) {
    List<ObjectNode> found = new ArrayList<>();
    for (ObjectNode one : alternatives(schema)) {
      switch (typeOf(one)) {
        case "object" -> found.add(property(one, key));
        case "" -> {
          return any();
        }
        default -> found.add(type("null"));
      }
    }
    return either(found);
  }

  private static ObjectNode property(ObjectNode object, String key) {
    if (object.has("const")) {
      JsonNode value = object.get("const").get(key);
      return value == null ? type("null") : constant(value);
    }
    if (object.path("properties").get(key) instanceof ObjectNode property) {
      boolean always =
          object.path("required").valueStream().anyMatch(name -> name.asText().equals(key));
      return always ? property : orNull(property);
    }
    JsonNode others = object.path("additionalProperties");
    if (others.isBoolean() && !others.booleanValue()) {
      return type("null");
    }
    return others instanceof ObjectNode schema ? orNull(schema) : any();
  }

  /** What one element is; of an object, as JSLT loops over it, its pairs. */
  static ObjectNode element(JsonNode schema) {
    List<ObjectNode> found = new ArrayList<>();
    for (ObjectNode one : alternatives(schema)) {
      switch (typeOf(one)) {
        case "array" -> {
          if (one.path("maxItems").asInt(1) > 0) {
            found.add(one.get("items") instanceof ObjectNode items ? items : any());
          }
        }
        case "object" -> {
          ObjectNode pair = type("object").put("additionalProperties", false);
          ObjectNode properties = pair.putObject("properties");
          properties.set("key", type("string"));
          properties.set("value", any());
          pair.putArray("required").add("key").add("value");
          found.add(pair);
        }
        case "null" -> {}
        default -> {
          return any();
        }
      }
    }
    return found.isEmpty() ? type("null") : either(found);
  }
}
