package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.rowhook.base.Json;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** The kinds of {@link Schema}. */
final class Schemas {

  private Schemas() {}

  static ObjectNode type(String name) {
    return Json.MAPPER.createObjectNode().put("type", name);
  }

  private static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      case STRING -> "a text";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case NULL -> "null";
      case BINARY, MISSING, POJO -> "nothing";
    };
  }

  static void wrong(List<FieldError> wrong, String place, String must, JsonNode got) {
    wrong.add(new FieldError(place, "must be " + must + ", got: " + kind(got)));
  }

  record Whole(long min, long max) implements Schema {

    @Override
    public ObjectNode json(Map<String, ObjectNode> components) {
      ObjectNode json = type("integer").put("minimum", min);
      return max == Long.MAX_VALUE ? json.put("format", "int64") : json.put("maximum", max);
    }

    @Override
    public void check(JsonNode value, String place, List<FieldError> wrong) {
      String must =
          "a whole number "
              + (max == Long.MAX_VALUE ? "from " + min : "from " + min + " to " + max);
      if (!value.isNumber()) {
        wrong(wrong, place, must, value);
        return;
      }
      BigDecimal number = value.decimalValue();
      if (number.compareTo(BigDecimal.valueOf(min)) < 0
          || number.compareTo(BigDecimal.valueOf(max)) > 0
          || number.stripTrailingZeros().scale() > 0) {
        wrong.add(new FieldError(place, "must be " + must + ", got: " + Json.number(number)));
      }
    }

    @Override
    public JsonNode parse(String text) {
      try {
        return LongNode.valueOf(Long.parseLong(text));
      } catch (NumberFormatException e) {
        return TextNode.valueOf(text);
      }
    }
  }

  record Decimal() implements Schema {

    @Override
    public ObjectNode json(Map<String, ObjectNode> components) {
      return type("number");
    }

    @Override
    public void check(JsonNode value, String place, List<FieldError> wrong) {
      if (!value.isNumber()) {
        wrong(wrong, place, "a number", value);
      }
    }
  }

  record Flag() implements Schema {

    @Override
    public ObjectNode json(Map<String, ObjectNode> components) {
      return type("boolean");
    }

    @Override
    public void check(JsonNode value, String place, List<FieldError> wrong) {
      if (!value.isBoolean()) {
        wrong(wrong, place, "true or false", value);
      }
    }

    @Override
    public JsonNode parse(String text) {
      return text.equals("true") || text.equals("false")
          ? BooleanNode.valueOf(text.equals("true"))
          : TextNode.valueOf(text);
    }
  }

  record Anything() implements Schema {

    @Override
    public ObjectNode json(Map<String, ObjectNode> components) {
      return Json.MAPPER.createObjectNode();
    }

    @Override
    public void check(JsonNode value, String place, List<FieldError> wrong) {}
  }

  record ListOf(Schema item, int max) implements Schema {

    @Override
    public ObjectNode json(Map<String, ObjectNode> components) {
      ObjectNode json = type("array");
      json.set("items", item.json(components));
      return max == Integer.MAX_VALUE ? json : json.put("maxItems", max);
    }

    @Override
    public void check(JsonNode value, String place, List<FieldError> wrong) {
      if (!value.isArray()) {
        wrong(wrong, place, "a list", value);
      } else if (value.size() > max) {
        wrong.add(
            new FieldError(place, "must have at most " + max + " entries, has " + value.size()));
      } else {
        for (int i = 0; i < value.size(); i++) {
          item.check(value.path(i), FieldError.inside(place, Integer.toString(i)), wrong);
        }
      }
    }
  }

  record MapOf(Schema value) implements Schema {

    @Override
    public ObjectNode json(Map<String, ObjectNode> components) {
      ObjectNode json = type("object");
      json.set("additionalProperties", value.json(components));
      return json;
    }

    @Override
    public void check(JsonNode map, String place, List<FieldError> wrong) {
      if (!map.isObject()) {
        wrong(wrong, place, "an object", map);
      } else {
        map.properties()
            .forEach(
                one -> value.check(one.getValue(), FieldError.inside(place, one.getKey()), wrong));
      }
    }
  }

  record Named(String name, Schema schema) implements Schema {

    @Override
    public ObjectNode json(Map<String, ObjectNode> components) {
      if (!components.containsKey(name)) {
        components.put(name, Json.MAPPER.createObjectNode()); // it may name itself
        components.put(name, schema.json(components));
      }
      return Json.MAPPER.createObjectNode().put("$ref", "#/components/schemas/" + name);
    }

    @Override
    public void check(JsonNode value, String place, List<FieldError> wrong) {
      schema.check(value, place, wrong);
    }

    @Override
    public Schema bare() {
      return schema.bare();
    }
  }

  record Described(Schema schema, String words) implements Schema {

    @Override
    public ObjectNode json(Map<String, ObjectNode> components) {
      return schema.json(components).put("description", words);
    }

    @Override
    public void check(JsonNode value, String place, List<FieldError> wrong) {
      schema.check(value, place, wrong);
    }

    @Override
    public JsonNode parse(String text) {
      return schema.parse(text);
    }

    @Override
    public Schema bare() {
      return schema.bare();
    }
  }

  record Example(Schema schema, String value) implements Schema {

    @Override
    public ObjectNode json(Map<String, ObjectNode> components) {
      ObjectNode json = schema.json(components);
      json.putArray("examples").add(schema.parse(value));
      return json;
    }

    @Override
    public void check(JsonNode one, String place, List<FieldError> wrong) {
      schema.check(one, place, wrong);
    }

    @Override
    public JsonNode parse(String text) {
      return schema.parse(text);
    }

    @Override
    public Schema bare() {
      return schema.bare();
    }
  }

  record OrNull(Schema schema) implements Schema {

    @Override
    public ObjectNode json(Map<String, ObjectNode> components) {
      ObjectNode json = schema.json(components);
      JsonNode type = json.get("type");
      if (type != null && type.isTextual() && !json.has("enum")) {
        json.putArray("type").add(type.asText()).add("null");
        return json;
      }
      ObjectNode either = Json.MAPPER.createObjectNode();
      ArrayNode any = either.putArray("anyOf");
      any.add(json);
      any.add(type("null"));
      return either;
    }

    @Override
    public void check(JsonNode value, String place, List<FieldError> wrong) {
      if (!value.isNull()) {
        schema.check(value, place, wrong);
      }
    }

    @Override
    public Schema bare() {
      return schema.bare();
    }
  }
}
