package io.rowhook.admin.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.SourceCatalog;
import java.math.BigDecimal;
import java.util.List;

/**
 * What a column's values are in an event, as a JSON Schema and by example; {@code docs/mapping.md},
 * "Values", says the same in words. Pure.
 */
final class ColumnSchema {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String ARRAY = "[]";

  private ColumnSchema() {}

  /** Of values that may be null unless the table forbids it. */
  static ObjectNode of(SourceCatalog.Column column) {
    ObjectNode schema = of(column.type(), column.kind());
    return column.notNull() ? schema : orNull(schema);
  }

  /** Of values of a type as SQL writes it. */
  private static ObjectNode of(String type, String kind) {
    if (type.endsWith(ARRAY)) {
      return NODES.objectNode().put("type", "array"); // any depth, elements that may be null
    }
    return switch (type) {
      case "smallint", "integer", "bigint", "oid" -> typed("integer");
      case "numeric", "real", "double precision" -> number();
      case "money" -> typed("number");
      case "boolean" -> typed("boolean");
      case "json", "jsonb" -> NODES.objectNode();
      case "bytea" -> typed("string").put("contentEncoding", "base64");
      case "uuid" -> typed("string").put("format", "uuid");
      case "timestamp with time zone" -> described("a time in UTC, or infinity");
      case "timestamp without time zone" -> described("a time without a zone, or infinity");
      case "date" -> described("a date, or infinity");
      case "interval" -> described("a duration of ISO 8601");
      default ->
          switch (kind) {
            case "number", "boolean", "array", "other" -> other(type);
            default -> typed("string");
          };
    };
  }

  /** Of a domain, whose own type nobody knows here, anything; else PostgreSQL's text. */
  private static ObjectNode other(String type) {
    return switch (type) {
      case "time with time zone",
          "time without time zone",
          "inet",
          "cidr",
          "macaddr",
          "macaddr8",
          "xml",
          "bit",
          "bit varying",
          "tsvector",
          "tsquery",
          "pg_lsn",
          "point",
          "box",
          "circle",
          "polygon",
          "path",
          "line",
          "lseg" ->
          typed("string");
      default -> NODES.objectNode().put("description", "of type " + type);
    };
  }

  private static ObjectNode typed(String type) {
    return NODES.objectNode().put("type", type);
  }

  private static ObjectNode described(String words) {
    return typed("string").put("description", words);
  }

  private static ObjectNode number() {
    ObjectNode schema = NODES.objectNode();
    ArrayNode anyOf = schema.putArray("anyOf");
    anyOf.add(typed("number"));
    anyOf.addObject().putArray("enum").add("NaN").add("Infinity").add("-Infinity");
    return schema;
  }

  /** The same, or null. */
  static ObjectNode orNull(ObjectNode schema) {
    if (schema.path("type").isTextual() && !schema.has("const") && !schema.has("enum")) {
      ObjectNode both = schema.deepCopy();
      both.set("type", NODES.arrayNode().add(schema.get("type").textValue()).add("null"));
      return both;
    }
    if (schema.has("anyOf")) {
      ObjectNode more = schema.deepCopy();
      ((ArrayNode) more.get("anyOf")).add(typed("null"));
      return more;
    }
    if (!schema.has("const") && !schema.has("enum")) {
      return schema; // anything
    }
    ObjectNode either = NODES.objectNode();
    either.putArray("anyOf").add(schema).add(typed("null"));
    return either;
  }

  /**
   * A value that the column might have.
   *
   * @param variant another one for each, where there are others
   */
  static JsonNode example(SourceCatalog.Column column, int variant) {
    List<String> few = column.values();
    if (!few.isEmpty() && column.kind().equals("text")) {
      return NODES.textNode(few.get(variant % few.size()));
    }
    if (column.type().endsWith(ARRAY)) {
      return NODES.arrayNode();
    }
    String day = "2026-05-%02d".formatted(10 + variant % 18);
    return switch (column.type()) {
      case "smallint", "integer", "bigint", "oid" -> NODES.numberNode(7L + variant);
      case "numeric", "money" ->
          NODES.numberNode(new BigDecimal("189.00").add(new BigDecimal(variant)));
      case "real", "double precision" -> NODES.numberNode(0.5 + variant);
      case "boolean" -> NODES.booleanNode(variant % 2 == 0);
      case "json", "jsonb" -> NODES.objectNode();
      case "bytea" -> NODES.textNode("3q2+7w==");
      case "uuid" ->
          NODES.textNode("8c5c0d5e-6f0a-4a57-9d3a-0000000000%02d".formatted(variant % 100));
      case "timestamp with time zone" -> NODES.textNode(day + "T13:20:44.123456Z");
      case "timestamp without time zone" -> NODES.textNode(day + "T15:20:44.123456");
      case "date" -> NODES.textNode(day);
      case "time with time zone" -> NODES.textNode("13:20:44Z");
      case "time without time zone" -> NODES.textNode("15:20:44");
      case "interval" -> NODES.textNode("P1DT2H");
      default ->
          switch (column.kind()) {
            case "text" -> NODES.textNode(column.name() + " " + (1 + variant));
            case "number" -> NODES.numberNode(7L + variant);
            case "boolean" -> NODES.booleanNode(variant % 2 == 0);
            case "time" -> NODES.textNode(day);
            default -> column.notNull() ? NODES.textNode("") : NODES.nullNode();
          };
    };
  }
}
