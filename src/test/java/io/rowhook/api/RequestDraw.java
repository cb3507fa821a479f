package io.rowhook.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Draws requests from the document alone: mostly as it asks for them, and then spoilt in one way or
 * another. One thread; the same seed draws the same.
 */
final class RequestDraw {

  /** What to ask. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Drawn(
      String operationId,
      String method,
      String template,
      String path,
      byte @Nullable [] body,
      Map<String, String> headers,
      String spoilt) {}

  private static final List<String> ODD =
      List.of(
          "",
          " ",
          "\u0000",
          "'; DROP TABLE event; --",
          "../../etc/passwd",
          "%2e%2e",
          "\ud83d\ude00",
          "\u202e",
          "null",
          "true",
          "-1",
          "1e999",
          "99999999999999999999",
          "0x10",
          "[]",
          "{}",
          "x".repeat(300),
          "evt_",
          "9.5",
          "2026-02-30T00:00:00Z",
          "+999999999-01-01T00:00:00Z");

  private final Random random;
  private final ObjectNode document;
  private final Map<String, List<String>> known;
  private final List<String[]> operations = new ArrayList<>();

  /**
   * @param known values that there are, by the parameter's name
   */
  RequestDraw(long seed, ObjectNode document, Map<String, List<String>> known) {
    this.random = new Random(seed);
    this.document = document;
    this.known = known;
    document
        .path("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .fieldNames()
                .forEachRemaining(method -> operations.add(new String[] {path.getKey(), method})));
  }

  Drawn next() {
    String[] chosen = operations.get(random.nextInt(operations.size()));
    JsonNode operation = document.path("paths").path(chosen[0]).path(chosen[1]);
    boolean spoil = random.nextInt(3) > 0;
    StringBuilder spoilt = new StringBuilder();
    String path = chosen[0];
    StringBuilder query = new StringBuilder();
    Map<String, String> headers = new java.util.LinkedHashMap<>();
    for (JsonNode parameter : operation.path("parameters")) {
      String name = parameter.path("name").asText();
      boolean odd = spoil && random.nextInt(4) == 0;
      if (odd) {
        spoilt.append(' ').append(name);
      }
      switch (parameter.path("in").asText()) {
        case "path" ->
            path = path.replace("{" + name + "}", encoded(odd ? odd() : value(name, parameter)));
        case "header" -> headers.put(name, value(name, parameter));
        default -> {
          boolean left = !parameter.path("required").asBoolean() && random.nextInt(2) == 0;
          if (!left || odd) {
            query.append('&').append(encoded(name)).append('=');
            query.append(encoded(odd ? odd() : value(name, parameter)));
          }
        }
      }
    }
    if (spoil && random.nextInt(8) == 0) {
      query.append("&unknown").append(random.nextInt(10)).append("=1");
      spoilt.append(" unknown parameter");
    }
    if (!query.isEmpty()) {
      path += "?" + query.substring(1);
    }
    byte[] body = body(operation, spoil, headers, spoilt);
    return new Drawn(
        operation.path("operationId").asText(),
        chosen[1].toUpperCase(java.util.Locale.ROOT),
        chosen[0],
        path,
        body,
        headers,
        spoilt.toString().strip());
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  private String value(String name, JsonNode parameter) {
    List<String> there = known.get(name);
    if (there != null && random.nextInt(4) > 0) {
      return there.get(random.nextInt(there.size()));
    }
    JsonNode schema = resolved(parameter.path("schema"));
    JsonNode one =
        schema.path("type").asText().equals("array")
            ? valid(schema.path("items"), 0)
            : valid(schema, 0);
    return one.asText();
  }

  private byte @Nullable [] body(
      JsonNode operation, boolean spoil, Map<String, String> headers, StringBuilder spoilt) {
    JsonNode content = operation.path("requestBody").path("content");
    if (content.isMissingNode()) {
      return spoil && random.nextInt(10) == 0 ? bytes("{}") : null;
    }
    String type = content.fieldNames().next();
    JsonNode body = valid(content.path(type).path("schema"), 0);
    headers.put("Content-Type", type);
    if (!spoil) {
      return bytes(Json.text(body));
    }
    int how = random.nextInt(9);
    spoilt.append(" body ").append(how);
    return switch (how) {
      case 0 -> bytes(Json.text(body).substring(0, Json.text(body).length() / 2));
      case 1 -> bytes(Json.text(spoilt(body)));
      case 2 -> bytes(Json.text(anything(0)));
      case 3 -> bytes("{\"a\":" + "[".repeat(random.nextInt(4_000)) + "}");
      case 4 -> bytes("{\"reason\":\"" + "x".repeat(random.nextInt(600_000)) + "\"}");
      case 5 -> new byte[] {(byte) random.nextInt(256), (byte) random.nextInt(256), '{'};
      case 6 -> bytes("{\"" + odd().replace("\"", "") + "\\ud800\":\"\\udc00\"}");
      case 7 -> {
        headers.put("Content-Type", random.nextBoolean() ? "text/plain" : "application/xml");
        yield bytes(Json.text(body));
      }
      default -> new byte[0];
    };
  }

  /** One member gone, of another type, or more than there may be. */
  private JsonNode spoilt(JsonNode body) {
    if (!(body instanceof ObjectNode object)) {
      return anything(0);
    }
    ObjectNode other = object.deepCopy();
    List<String> names = new ArrayList<>();
    other.fieldNames().forEachRemaining(names::add);
    if (names.isEmpty() || random.nextInt(4) == 0) {
      return other.put("unknown" + random.nextInt(10), odd());
    }
    String name = names.get(random.nextInt(names.size()));
    if (random.nextInt(3) == 0) {
      other.remove(name);
    } else {
      other.set(name, anything(0));
    }
    return other;
  }

  private JsonNode anything(int depth) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (random.nextInt(depth > 2 ? 6 : 8)) {
      case 0 -> json.nullNode();
      case 1 -> json.booleanNode(random.nextBoolean());
      case 2 -> json.numberNode(random.nextLong());
      case 3 -> json.numberNode(new java.math.BigDecimal("1e" + random.nextInt(400)));
      case 4, 5 -> json.textNode(odd());
      case 6 -> json.arrayNode().add(anything(depth + 1)).add(anything(depth + 1));
      default -> {
        ObjectNode object = json.objectNode();
        object.set(odd(), anything(depth + 1));
        yield object;
      }
    };
  }

  private JsonNode resolved(JsonNode schema) {
    String reference = schema.path("$ref").asText();
    return reference.isEmpty() ? schema : document.at(reference.substring(1));
  }

  /** What a schema allows, as far as it says. */
  private JsonNode valid(JsonNode given, int depth) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    JsonNode schema = resolved(given);
    if (schema.has("anyOf")) {
      return valid(schema.path("anyOf").path(0), depth);
    }
    if (schema.has("enum")) {
      return schema.path("enum").path(random.nextInt(schema.path("enum").size()));
    }
    JsonNode type = schema.path("type");
    return switch (type.isArray() ? type.path(0).asText() : type.asText()) {
      case "string" -> json.textNode(text(schema));
      case "integer" -> {
        long min = schema.path("minimum").asLong(0);
        long max = Math.min(schema.path("maximum").asLong(1_000), min + 1_000);
        yield json.numberNode(min + random.nextLong(max - min + 1));
      }
      case "number" -> json.numberNode(random.nextInt(100));
      case "boolean" -> json.booleanNode(random.nextBoolean());
      case "array" -> {
        ArrayNode array = json.arrayNode();
        int count = random.nextInt(3);
        for (int i = 0; i < count; i++) {
          array.add(valid(schema.path("items"), depth + 1));
        }
        yield array;
      }
      case "object" -> {
        ObjectNode object = json.objectNode();
        List<String> required = new ArrayList<>();
        schema.path("required").forEach(one -> required.add(one.asText()));
        schema
            .path("properties")
            .properties()
            .forEach(one -> {
              if (required.contains(one.getKey()) || random.nextInt(2) == 0) {
                object.set(one.getKey(), member(one.getKey(), one.getValue(), depth));
              }
            });
        yield object;
      }
      default -> anything(depth + 1);
    };
  }

  private JsonNode member(String name, JsonNode schema, int depth) {
    List<String> there = known.get(name);
    return there != null && random.nextInt(4) > 0
        ? JsonNodeFactory.instance.textNode(there.get(random.nextInt(there.size())))
        : valid(schema, depth + 1);
  }

  private String text(JsonNode schema) {
    if (schema.path("format").asText().equals("date-time")) {
      return "20" + (20 + random.nextInt(10)) + "-06-0" + (1 + random.nextInt(9)) + "T10:00:00Z";
    }
    if (schema.has("pattern")) {
      return random.nextInt(100) + "." + random.nextInt(5);
    }
    int min = schema.path("minLength").asInt(0);
    int max = Math.min(schema.path("maxLength").asInt(20), min + 20);
    return "aZ9 -_.'\"\u00e9".repeat(20).substring(0, min + random.nextInt(max - min + 1));
  }

  private String odd() {
    return ODD.get(random.nextInt(ODD.size()));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
