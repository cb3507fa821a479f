package io.rowhook.template.jslt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.Function;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.impl.AbstractOperator;
import com.schibsted.spt.data.jslt.impl.BiggerComparison;
import com.schibsted.spt.data.jslt.impl.BiggerOrEqualComparison;
import com.schibsted.spt.data.jslt.impl.ComparisonOperator;
import com.schibsted.spt.data.jslt.impl.EqualsComparison;
import com.schibsted.spt.data.jslt.impl.FunctionDeclaration;
import com.schibsted.spt.data.jslt.impl.FunctionExpression;
import com.schibsted.spt.data.jslt.impl.JstlFile;
import com.schibsted.spt.data.jslt.impl.Location;
import com.schibsted.spt.data.jslt.impl.PlusOperator;
import com.schibsted.spt.data.jslt.impl.SmallerComparison;
import com.schibsted.spt.data.jslt.impl.SmallerOrEqualsComparison;
import com.schibsted.spt.data.jslt.impl.UnequalsComparison;
import io.rowhook.base.Json;
import io.rowhook.template.TemplateExecutor;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Mends in a compiled template what JSLT 0.1.14 has no setting for: comparisons of numbers go
 * through a double, numbers in text have exponents, and what a function throws has no place. JSLT
 * hides its tree, so that it is reached by reflection; a test fails if another version has another
 * one. Finds by the way whether it {@link Mended#endsSoon}. Used once for each template, by one
 * thread.
 */
public final class ExactJslt {

  private static final String JSLT = "com.schibsted.spt.data.jslt.impl.";

  /** Those that make text of what they are given. */
  private static final Set<String> OF_TEXT =
      Set.of(
          "string",
          "test",
          "capture",
          "split",
          "replace",
          "lowercase",
          "uppercase",
          "trim",
          "starts-with",
          "ends-with",
          "sha256-hex");

  /**
   * A compiled template, mended.
   *
   * @param endsSoon whether it takes no longer than its text and a small event are long,
   *     multiplied: it has no variables, functions of its own, imports or regular expressions, and
   *     loops only over what is in the event
   */
  public record Mended(Expression expression, boolean endsSoon) {}

  private boolean endsSoon = true;
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> next = new ArrayDeque<>();

  private ExactJslt() {}

  /** Mends an expression and all that it calls or imports. */
  public static Mended mended(Expression expression) {
    ExactJslt mending = new ExactJslt();
    mending.next.add(expression);
    try {
      while (!mending.next.isEmpty()) {
        Object node = mending.next.remove();
        if (mending.seen.add(node)) {
          mending.endsSoon &= Boundedness.isBounded(node);
          mending.mendInside(node);
        }
      }
      return new Mended(expression, mending.endsSoon);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("JSLT's classes are in no module, and so are open", e);
    }
  }

  private void mendInside(Object node) throws IllegalAccessException {
    for (Class<?> type = node.getClass(); type != null; type = type.getSuperclass()) {
      if (!type.getName().startsWith(JSLT)) {
        continue;
      }
      for (Field field : type.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) {
          continue;
        }
        field.setAccessible(true);
        Object value = field.get(node);
        if (node instanceof FunctionExpression call && field.getType().equals(Function.class)) {
          field.set(node, located(value, call.getLocation()));
        } else if (value instanceof AbstractOperator) {
          field.set(node, mended(value));
        } else {
          mended(value);
        }
      }
    }
  }

  /** What stands in place of a value; it is looked into later. */
  private @Nullable Object mended(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Object[] array -> {
        for (int i = 0; i < array.length; i++) {
          Array.set(array, i, mended(array[i]));
        }
        yield array;
      }
      case Collection<?> all -> {
        all.forEach(this::mended);
        yield all;
      }
      case Map<?, ?> all -> {
        all.values().forEach(this::mended);
        yield all;
      }
      case AbstractOperator operator -> {
        AbstractOperator exact = exact(operator);
        next.add(exact);
        yield exact;
      }
      default -> {
        if (value.getClass().getName().startsWith(JSLT)) {
          next.add(value);
        }
        yield value;
      }
    };
  }

  private static AbstractOperator exact(AbstractOperator operator) {
    return switch (operator) {
      case EqualsComparison _ -> new Equality(operator, true);
      case UnequalsComparison _ -> new Equality(operator, false);
      case BiggerComparison _ -> new Comparison(operator, sign -> sign > 0);
      case BiggerOrEqualComparison _ -> new Comparison(operator, sign -> sign >= 0);
      case SmallerComparison _ -> new Comparison(operator, sign -> sign < 0);
      case SmallerOrEqualsComparison _ -> new Comparison(operator, sign -> sign <= 0);
      case PlusOperator _ -> new Plus(operator);
      default -> operator;
    };
  }

  private @Nullable Object located(@Nullable Object function, Location place) {
    if (function instanceof FunctionDeclaration || function instanceof JstlFile) {
      next.add(function); // it has places inside
      return function;
    }
    return function instanceof Function plain ? new Located(plain, place) : function;
  }

  private static boolean areExact(JsonNode left, JsonNode right) {
    return left.isNumber() && right.isNumber() && isFinite(left) && isFinite(right);
  }

  private static boolean isFinite(JsonNode number) {
    return !number.isFloatingPointNumber()
        || number.isBigDecimal()
        || Double.isFinite(number.doubleValue());
  }

  /** A number as text without an exponent; anything else as it is. */
  private static JsonNode plain(JsonNode value) {
    if (value.isArray()) {
      ArrayNode items = JsonNodeFactory.instance.arrayNode();
      value.forEach(item -> items.add(plain(item)));
      return items;
    }
    if (value.isBigDecimal()) {
      return new TextNode(Json.number(value.decimalValue()));
    }
    return value.isFloatingPointNumber() && isFinite(value)
        ? new TextNode(new BigDecimal(value.asText()).toPlainString())
        : value;
  }

  static final class Equality extends AbstractOperator {
    private final boolean equal;

    Equality(AbstractOperator old, boolean equal) {
      super(old.getLeft(), old.getRight(), old.getOperator(), old.getLocation());
      this.equal = equal;
    }

    @Override
    public JsonNode perform(JsonNode left, JsonNode right) {
      boolean same =
          areExact(left, right)
              ? left.decimalValue().compareTo(right.decimalValue()) == 0
              : EqualsComparison.equals(left, right);
      return BooleanNode.valueOf(same == equal);
    }
  }

  static final class Comparison extends AbstractOperator {
    private final IntPredicate holds;

    Comparison(AbstractOperator old, IntPredicate holds) {
      super(old.getLeft(), old.getRight(), old.getOperator(), old.getLocation());
      this.holds = holds;
    }

    @Override
    public JsonNode perform(JsonNode left, JsonNode right) {
      int sign =
          areExact(left, right)
              ? left.decimalValue().compareTo(right.decimalValue())
              : (int) Math.signum(ComparisonOperator.compare(left, right, location));
      return BooleanNode.valueOf(holds.test(sign));
    }
  }

  static final class Plus extends PlusOperator {

    Plus(AbstractOperator old) {
      super(old.getLeft(), old.getRight(), old.getLocation());
    }

    @Override
    public JsonNode perform(JsonNode left, JsonNode right) {
      boolean text = left.isTextual() || right.isTextual();
      return text ? super.perform(plain(left), plain(right)) : super.perform(left, right);
    }
  }

  /** A function where it is called; one that runs without an end is ended at its next call. */
  private record Located(Function function, Location place) implements Function {

    @Override
    public String getName() {
      return function.getName();
    }

    @Override
    public int getMinArguments() {
      return function.getMinArguments();
    }

    @Override
    public int getMaxArguments() {
      return function.getMaxArguments();
    }

    @Override
    public @Nullable JsonNode call(JsonNode input, JsonNode[] arguments) {
      TemplateExecutor.checkpoint().run();
      try {
        if (OF_TEXT.contains(getName()) && !arguments[0].isContainerNode()) {
          arguments[0] = plain(arguments[0]);
        } else if (getName().equals("join")) {
          arguments[0] = plain(arguments[0]);
        }
        return function.call(input, arguments);
      } catch (TemplateExecutor.GivenUpException e) {
        throw e;
      } catch (JsltException e) {
        throw e.getSource() == null
            ? new JsltException(e.getMessageWithoutLocation(), e, place)
            : e;
      } catch (RuntimeException e) {
        throw new JsltException(
            getName() + "() broke off, " + e.getClass().getSimpleName(), e, place);
      }
    }
  }
}
