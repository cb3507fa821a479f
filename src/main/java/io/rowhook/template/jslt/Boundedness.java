package io.rowhook.template.jslt;

import com.schibsted.spt.data.jslt.Function;
import com.schibsted.spt.data.jslt.impl.AndOperator;
import com.schibsted.spt.data.jslt.impl.ArrayExpression;
import com.schibsted.spt.data.jslt.impl.ArraySlicer;
import com.schibsted.spt.data.jslt.impl.DivideOperator;
import com.schibsted.spt.data.jslt.impl.DotExpression;
import com.schibsted.spt.data.jslt.impl.ExpressionImpl;
import com.schibsted.spt.data.jslt.impl.ForExpression;
import com.schibsted.spt.data.jslt.impl.FunctionDeclaration;
import com.schibsted.spt.data.jslt.impl.FunctionExpression;
import com.schibsted.spt.data.jslt.impl.IfExpression;
import com.schibsted.spt.data.jslt.impl.JstlFile;
import com.schibsted.spt.data.jslt.impl.LiteralExpression;
import com.schibsted.spt.data.jslt.impl.Location;
import com.schibsted.spt.data.jslt.impl.Macro;
import com.schibsted.spt.data.jslt.impl.MacroExpression;
import com.schibsted.spt.data.jslt.impl.MatcherExpression;
import com.schibsted.spt.data.jslt.impl.MinusOperator;
import com.schibsted.spt.data.jslt.impl.ObjectExpression;
import com.schibsted.spt.data.jslt.impl.OrOperator;
import com.schibsted.spt.data.jslt.impl.PairExpression;
import java.lang.reflect.Field;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a template may be made of that takes no longer than its text and its event are long,
 * multiplied: with a small event nobody need watch it. Pure.
 */
public final class Boundedness {

  /** What a template may be made of that needs no watch: nothing that repeats itself. */
  private static final Set<Class<?>> BOUNDED =
      Set.of(
          ExpressionImpl.class,
          DotExpression.class,
          LiteralExpression.class,
          AndOperator.class,
          OrOperator.class,
          IfExpression.class,
          ObjectExpression.class,
          PairExpression.class,
          MatcherExpression.class,
          ArrayExpression.class,
          ArraySlicer.class,
          MacroExpression.class,
          ExactJslt.Equality.class,
          ExactJslt.Comparison.class,
          ExactJslt.Plus.class,
          MinusOperator.class,
          DivideOperator.class,
          Location.class);

  /** Functions that take no longer than their arguments are long, squared at most. */
  private static final Set<String> BOUNDED_FUNCTIONS =
      Set.of(
          "not",
          "boolean",
          "is-array",
          "is-boolean",
          "is-decimal",
          "is-integer",
          "is-number",
          "is-object",
          "is-string",
          "contains",
          "size",
          "mod",
          "min",
          "max",
          "sum",
          "any",
          "all",
          "flatten",
          "get-key",
          "hash-int",
          "string",
          "number",
          "round",
          "floor",
          "ceiling",
          "lowercase",
          "uppercase",
          "trim",
          "starts-with",
          "ends-with",
          "sha256-hex",
          "now",
          "random",
          "uuid",
          "parse-time",
          "format-time",
          "decimal-add",
          "decimal-subtract",
          "decimal-multiply",
          "decimal-divide",
          "decimal-round",
          "decimal-compare");

  /** The largest event by which something that ends soon is rendered by whoever asks, in bytes. */
  private static final int SMALL = 16 << 10;

  private Boundedness() {}

  /** Whether this part of a compiled and mended template, without those in it, is bounded. */
  static boolean isBounded(Object node) throws IllegalAccessException {
    return switch (node) {
      case FunctionExpression call -> BOUNDED_FUNCTIONS.contains(call.getFunctionName());
      case FunctionDeclaration _ -> false;
      case JstlFile _ -> false;
      case Function _ -> true; // one of JSLT's own, judged where it is called
      case Macro macro -> macro.getName().equals("fallback");
      case ForExpression loop -> isPath(hidden(loop, "valueExpr"));
      default -> BOUNDED.contains(node.getClass());
    };
  }

  /** Whether it is {@code .}, {@code .a.b}: a loop in a loop then goes through parts of a part. */
  private static boolean isPath(@Nullable Object node) throws IllegalAccessException {
    return node == null || (node instanceof DotExpression dot && isPath(hidden(dot, "parent")));
  }

  private static @Nullable Object hidden(Object node, String name) throws IllegalAccessException {
    try {
      Field field = node.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field.get(node);
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException("another version of JSLT", e);
    }
  }

  /**
   * Whether it needs no watch, nor a thread of its own, which costs more than it does: whoever asks
   * runs it.
   *
   * @param endsSoon by {@link ExactJslt.Mended}
   * @param bytes of the event's JSON
   */
  public static boolean isQuick(boolean endsSoon, int bytes) {
    return endsSoon && bytes <= SMALL;
  }
}
