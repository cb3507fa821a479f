package io.rowhook.template.jslt;

import static io.rowhook.template.jslt.JsltNodes.hidden;
import static io.rowhook.template.jslt.SchemaAlgebra.any;
import static io.rowhook.template.jslt.SchemaAlgebra.constant;
import static io.rowhook.template.jslt.SchemaAlgebra.either;
import static io.rowhook.template.jslt.SchemaAlgebra.element;
import static io.rowhook.template.jslt.SchemaAlgebra.isOnly;
import static io.rowhook.template.jslt.SchemaAlgebra.list;
import static io.rowhook.template.jslt.SchemaAlgebra.orNull;
import static io.rowhook.template.jslt.SchemaAlgebra.type;
import static io.rowhook.template.jslt.SchemaAlgebra.under;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.impl.AbstractInvocationExpression;
import com.schibsted.spt.data.jslt.impl.AbstractOperator;
import com.schibsted.spt.data.jslt.impl.ArrayExpression;
import com.schibsted.spt.data.jslt.impl.ArraySlicer;
import com.schibsted.spt.data.jslt.impl.DotExpression;
import com.schibsted.spt.data.jslt.impl.ExpressionImpl;
import com.schibsted.spt.data.jslt.impl.ForExpression;
import com.schibsted.spt.data.jslt.impl.FunctionDeclaration;
import com.schibsted.spt.data.jslt.impl.FunctionExpression;
import com.schibsted.spt.data.jslt.impl.IfExpression;
import com.schibsted.spt.data.jslt.impl.JstlFile;
import com.schibsted.spt.data.jslt.impl.LetExpression;
import com.schibsted.spt.data.jslt.impl.LiteralExpression;
import com.schibsted.spt.data.jslt.impl.MacroExpression;
import com.schibsted.spt.data.jslt.impl.ObjectComprehension;
import com.schibsted.spt.data.jslt.impl.ObjectExpression;
import com.schibsted.spt.data.jslt.impl.PipeOperator;
import com.schibsted.spt.data.jslt.impl.PlusOperator;
import com.schibsted.spt.data.jslt.impl.VariableExpression;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds without an event which JSON a compiled template can make: computes with schemas in the
 * place of values, through variables, loops, functions and imports. Where it cannot be known, any
 * value is. One use.
 */
public final class OutputSchema {

  /** Functions that call themselves end here. */
  private static final int DEEPEST = 8;

  private static final Set<String> NUMERIC = Set.of("number", "null");

  private int depth;

  private OutputSchema() {}

  /**
   * The schema of a template's output.
   *
   * @param input that of its events, without references
   */
  public static ObjectNode of(Expression expression, ObjectNode input) {
    try {
      return new OutputSchema().made(expression, input, new HashMap<>());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("JSLT's classes are in no module, and so are open", e);
    }
  }

  private ObjectNode made(
      @Nullable Object node, ObjectNode context, Map<String, ObjectNode> variables)
      throws IllegalAccessException {
    return switch (node) {
      case null -> context; // a full stop
      case LiteralExpression _ ->
          constant((JsonNode) Objects.requireNonNull(hidden(node, "value")));
      case DotExpression _ -> dot(node, context, variables);
      case VariableExpression _ ->
          variables.getOrDefault(String.valueOf(hidden(node, "variable")), any());
      case LetExpression let -> {
        variables.put(let.getVariable(), made(hidden(node, "value"), context, variables));
        yield type("null");
      }
      case IfExpression _ ->
          either(
              List.of(
                  branch(node, "thenlets", "then", context, variables),
                  hidden(node, "orelse") == null
                      ? type("null")
                      : branch(node, "elselets", "orelse", context, variables)));
      case ForExpression _ -> loop(node, context, variables);
      case ObjectComprehension _ -> comprehension(node, context, variables);
      case ObjectExpression _ -> object(node, context, new HashMap<>(variables));
      case ArrayExpression _ -> array(node, context, variables);
      case ArraySlicer _ -> slice(node, context, variables);
      case PipeOperator _ -> {
        ObjectNode left = made(hidden(node, "left"), context, variables);
        yield made(hidden(node, "right"), left, variables);
      }
      case PlusOperator _ -> plus(node, context, variables);
      case AbstractOperator _ -> operator(node);
      case AbstractInvocationExpression _ -> call(node, context, variables);
      case ExpressionImpl _ -> {
        Map<String, ObjectNode> own = new HashMap<>(variables);
        lets(hidden(node, "lets"), context, own);
        yield made(hidden(node, "actual"), context, own);
      }
      default -> any();
    };
  }

  private ObjectNode dot(Object node, ObjectNode context, Map<String, ObjectNode> variables)
      throws IllegalAccessException {
    Object parent = hidden(node, "parent");
    ObjectNode base = parent == null ? context : made(parent, context, variables);
    Object key = hidden(node, "key");
    return key == null ? base : under(base, String.valueOf(key));
  }

  private ObjectNode branch(
      Object node, String lets, String then, ObjectNode context, Map<String, ObjectNode> outer)
      throws IllegalAccessException {
    Map<String, ObjectNode> variables = new HashMap<>(outer);
    lets(hidden(node, lets), context, variables);
    return made(hidden(node, then), context, variables);
  }

  private ObjectNode loop(Object node, ObjectNode context, Map<String, ObjectNode> outer)
      throws IllegalAccessException {
    ObjectNode over = made(hidden(node, "valueExpr"), context, outer);
    ObjectNode element = element(over);
    Map<String, ObjectNode> variables = new HashMap<>(outer);
    lets(hidden(node, "lets"), element, variables);
    ObjectNode loop = list(made(hidden(node, "loopExpr"), element, variables));
    boolean maybe = !isOnly(over, Set.of("array", "object"));
    return maybe ? orNull(loop) : loop;
  }

  private ObjectNode comprehension(Object node, ObjectNode context, Map<String, ObjectNode> outer)
      throws IllegalAccessException {
    ObjectNode over = made(hidden(node, "loop"), context, outer);
    ObjectNode element = element(over);
    Map<String, ObjectNode> variables = new HashMap<>(outer);
    lets(hidden(node, "lets"), element, variables);
    ObjectNode value = made(hidden(node, "value"), element, variables);
    ObjectNode object = type("object").set("additionalProperties", value);
    return isOnly(over, Set.of("array", "object")) ? object : orNull(object);
  }

  private ObjectNode object(Object node, ObjectNode context, Map<String, ObjectNode> variables)
      throws IllegalAccessException {
    lets(hidden(node, "lets"), context, variables);
    ObjectNode schema = type("object").put("additionalProperties", false);
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = schema.putArray("required");
    List<ObjectNode> computed = new ArrayList<>();
    if (hidden(node, "children") instanceof Object[] pairs) {
      for (Object pair : pairs) {
        ObjectNode value = made(hidden(pair, "value"), context, variables);
        Object key = hidden(pair, "key");
        if (key != null && hidden(key, "value") instanceof JsonNode name) {
          properties.set(name.asText(), value);
          required.add(name.asText());
        } else {
          computed.add(value);
        }
      }
    }
    Object matcher = hidden(node, "matcher");
    if (matcher != null) {
      takeOver(node, matcher, schema, context, variables, computed);
    }
    if (!computed.isEmpty()) {
      schema.set("additionalProperties", either(computed));
    }
    return schema;
  }

  /** {@code * : .}: the other pairs of the object of the same place. */
  private void takeOver(
      Object node,
      Object matcher,
      ObjectNode schema,
      ObjectNode context,
      Map<String, ObjectNode> variables,
      List<ObjectNode> computed)
      throws IllegalAccessException {
    ObjectNode matched = made(hidden(node, "contextQuery"), context, variables);
    Set<String> named = new LinkedHashSet<>();
    ObjectNode properties = (ObjectNode) schema.get("properties");
    properties.fieldNames().forEachRemaining(named::add);
    if (hidden(matcher, "minuses") instanceof Collection<?> minuses) {
      minuses.forEach(name -> named.add(String.valueOf(name)));
    }
    for (ObjectNode one : SchemaAlgebra.alternatives(matched)) {
      boolean closed = one.path("additionalProperties").isBoolean() && one.has("properties");
      if (!SchemaAlgebra.typeOf(one).equals("object") || !closed) {
        if (!SchemaAlgebra.typeOf(one).equals("null")) {
          computed.add(any());
        }
        continue;
      }
      for (Map.Entry<String, JsonNode> property : one.get("properties").properties()) {
        if (!named.contains(property.getKey())) {
          ObjectNode value =
              made(hidden(matcher, "expr"), (ObjectNode) property.getValue(), variables);
          JsonNode before = properties.get(property.getKey());
          properties.set(
              property.getKey(),
              before instanceof ObjectNode already ? either(List.of(already, value)) : value);
        }
      }
    }
  }

  private ObjectNode array(Object node, ObjectNode context, Map<String, ObjectNode> variables)
      throws IllegalAccessException {
    List<ObjectNode> items = new ArrayList<>();
    if (hidden(node, "children") instanceof Object[] children) {
      for (Object child : children) {
        items.add(made(child, context, variables));
      }
    }
    return items.isEmpty() ? type("array").put("maxItems", 0) : list(either(items));
  }

  private ObjectNode slice(Object node, ObjectNode context, Map<String, ObjectNode> variables)
      throws IllegalAccessException {
    ObjectNode whole = made(hidden(node, "parent"), context, variables);
    if (!isOnly(whole, Set.of("array", "null"))) {
      return any();
    }
    return Boolean.TRUE.equals(hidden(node, "colon")) ? whole : orNull(element(whole));
  }

  private ObjectNode plus(Object node, ObjectNode context, Map<String, ObjectNode> variables)
      throws IllegalAccessException {
    ObjectNode left = made(hidden(node, "left"), context, variables);
    ObjectNode right = made(hidden(node, "right"), context, variables);
    if (isOnly(left, Set.of("string")) || isOnly(right, Set.of("string"))) {
      return type("string");
    }
    if (isOnly(left, NUMERIC) && isOnly(right, NUMERIC)) {
      return isOnly(left, Set.of("number")) && isOnly(right, Set.of("number"))
          ? type("number")
          : type("number", "null");
    }
    return any();
  }

  private static ObjectNode operator(Object node) {
    return switch (node.getClass().getSimpleName()) {
      case "MinusOperator", "MultiplyOperator", "DivideOperator" -> any();
      default -> type("boolean"); // comparisons, and, or
    };
  }

  /** A template's own functions are followed; of JSLT's and Rowhook's the result is known. */
  private ObjectNode call(Object node, ObjectNode context, Map<String, ObjectNode> variables)
      throws IllegalAccessException {
    List<ObjectNode> given = new ArrayList<>();
    if (hidden(node, "arguments") instanceof Object[] arguments) {
      for (Object argument : arguments) {
        given.add(made(argument, context, variables));
      }
    }
    Object function = hidden(node, "function");
    if (depth >= DEEPEST) {
      return any();
    }
    depth++;
    try {
      if (function instanceof JstlFile) {
        return made(hidden(function, "body"), given.getFirst(), new HashMap<>());
      }
      if (function instanceof FunctionDeclaration) {
        Map<String, ObjectNode> own = new HashMap<>(variables);
        String[] names = (String[]) hidden(function, "parameters");
        for (int i = 0; names != null && i < names.length && i < given.size(); i++) {
          own.put(names[i], given.get(i));
        }
        lets(hidden(function, "lets"), context, own);
        return made(hidden(function, "body"), context, own);
      }
    } finally {
      depth--;
    }
    return switch (node) {
      case MacroExpression _ -> FunctionResults.of("fallback", given);
      case FunctionExpression named -> FunctionResults.of(named.getFunctionName(), given);
      default -> any();
    };
  }

  private void lets(@Nullable Object lets, ObjectNode context, Map<String, ObjectNode> variables)
      throws IllegalAccessException {
    if (lets instanceof Object[] all) {
      for (Object let : all) {
        made(let, context, variables);
      }
    }
  }
}
