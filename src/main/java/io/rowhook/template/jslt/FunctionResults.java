package io.rowhook.template.jslt;

import static io.rowhook.template.jslt.SchemaAlgebra.any;
import static io.rowhook.template.jslt.SchemaAlgebra.either;
import static io.rowhook.template.jslt.SchemaAlgebra.isOnly;
import static io.rowhook.template.jslt.SchemaAlgebra.orNull;
import static io.rowhook.template.jslt.SchemaAlgebra.type;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What JSLT's functions and Rowhook's give, by what they are given. Pure. */
final class FunctionResults {

  private static final Set<String> NOT_NULL =
      Set.of("string", "number", "boolean", "object", "array");

  private FunctionResults() {}

  /** Of a function that is not known, anything. */
  static ObjectNode of(String function, List<ObjectNode> given) {
    return switch (function) {
      case "not",
          "boolean",
          "is-array",
          "is-boolean",
          "is-decimal",
          "is-integer",
          "is-number",
          "is-object",
          "is-string",
          "any",
          "all",
          "contains",
          "starts-with",
          "ends-with" ->
          type("boolean");
      case "string", "to-json" -> type("string");
      case "lowercase", "uppercase", "trim", "join", "sha256-hex", "format-time" ->
          strictly(given, type("string"));
      case "now", "random", "hash-int" -> type("number");
      case "uuid" -> type("string");
      case "round", "floor", "ceiling", "size", "decimal-compare" ->
          strictly(given, type("integer"));
      case "decimal-add",
          "decimal-subtract",
          "decimal-multiply",
          "decimal-divide",
          "decimal-round" ->
          strictly(given, type("number"));
      case "split" -> strictly(given, SchemaAlgebra.list(type("string")));
      case "fallback" -> fallback(given);
      default -> any();
    };
  }

  /** Null where it is given a null first; what it is given otherwise ends it, or is converted. */
  private static ObjectNode strictly(List<ObjectNode> given, ObjectNode result) {
    boolean certain = given.stream().allMatch(one -> isOnly(one, NOT_NULL));
    return certain ? result : orNull(result);
  }

  /** The first that is there: JSLT passes null, {} and [] over. */
  private static ObjectNode fallback(List<ObjectNode> given) {
    List<ObjectNode> found = new ArrayList<>();
    boolean ends = false;
    for (ObjectNode one : given) {
      for (ObjectNode alternative : SchemaAlgebra.alternatives(one)) {
        if (!SchemaAlgebra.typeOf(alternative).equals("null")) {
          found.add(alternative);
        }
      }
      if (isOnly(one, Set.of("string", "number", "boolean"))) {
        ends = true;
        break;
      }
    }
    return ends ? either(found) : orNull(either(found));
  }
}
