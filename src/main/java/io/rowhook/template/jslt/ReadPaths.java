package io.rowhook.template.jslt;

import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.impl.AbstractInvocationExpression;
import com.schibsted.spt.data.jslt.impl.ArraySlicer;
import com.schibsted.spt.data.jslt.impl.DotExpression;
import com.schibsted.spt.data.jslt.impl.ExpressionImpl;
import com.schibsted.spt.data.jslt.impl.ExpressionNode;
import com.schibsted.spt.data.jslt.impl.ForExpression;
import com.schibsted.spt.data.jslt.impl.FunctionDeclaration;
import com.schibsted.spt.data.jslt.impl.IfExpression;
import com.schibsted.spt.data.jslt.impl.JstlFile;
import com.schibsted.spt.data.jslt.impl.LetExpression;
import com.schibsted.spt.data.jslt.impl.ObjectComprehension;
import com.schibsted.spt.data.jslt.impl.VariableExpression;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds without an event what a compiled template reads of one: follows the event through
 * variables, loops, functions and imports, and gives up where it cannot be known. One use.
 */
public final class ReadPaths {

  /** Stands in a path for an element of a list. */
  public static final String ELEMENT = "[]";

  /** Functions that call themselves end here. */
  private static final int DEEPEST = 8;

  private final Set<List<String>> reads = new LinkedHashSet<>();
  private int depth;

  private ReadPaths() {}

  /** The names that lead to each value that is read, in the order of the text. */
  public static Set<List<String>> of(Expression expression) {
    ReadPaths paths = new ReadPaths();
    try {
      paths.read(expression, List.of(), new HashMap<>());
      return paths.reads;
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("JSLT's classes are in no module, and so are open", e);
    }
  }

  /**
   * Reads one part.
   *
   * @param context where the full stop is; null: unknown
   * @param variables where each is; of those unknown nothing
   * @return what it leads to; null: unknown, or something new
   */
  private @Nullable List<String> read(
      @Nullable Object node, @Nullable List<String> context, Map<String, List<String>> variables)
      throws IllegalAccessException {
    return switch (node) {
      case null -> null;
      case DotExpression _ -> dot(node, context, variables);
      case ForExpression _ -> loop(node, "valueExpr", context, variables);
      case ObjectComprehension _ -> loop(node, "loop", context, variables);
      case VariableExpression _ -> variables.get(String.valueOf(hidden(node, "variable")));
      case LetExpression let -> {
        bind(let.getVariable(), read(hidden(node, "value"), context, variables), variables);
        yield null;
      }
      case IfExpression _ -> {
        read(hidden(node, "test"), context, variables);
        List<String> then = branch(node, "thenlets", "then", context, variables);
        List<String> orElse = branch(node, "elselets", "orelse", context, variables);
        yield then != null && then.equals(orElse) ? then : null;
      }
      case ArraySlicer _ -> {
        List<String> list = read(hidden(node, "parent"), context, variables);
        read(hidden(node, "left"), context, variables);
        read(hidden(node, "right"), context, variables);
        yield list == null || Boolean.TRUE.equals(hidden(node, "colon"))
            ? list
            : longer(list, ELEMENT);
      }
      case AbstractInvocationExpression _ -> call(node, context, variables);
      case ExpressionImpl _ -> {
        all(hidden(node, "lets"), context, variables);
        yield read(hidden(node, "actual"), context, variables);
      }
      default -> {
        inside(node, context, new HashMap<>(variables));
        yield null;
      }
    };
  }

  private @Nullable List<String> dot(
      Object node, @Nullable List<String> context, Map<String, List<String>> variables)
      throws IllegalAccessException {
    Object parent = hidden(node, "parent");
    List<String> base = parent == null ? context : read(parent, context, variables);
    Object key = hidden(node, "key");
    if (base == null || key == null) {
      return base;
    }
    List<String> path = longer(base, String.valueOf(key));
    reads.add(path);
    return path;
  }

  private @Nullable List<String> loop(
      Object node, String over, @Nullable List<String> context, Map<String, List<String>> outer)
      throws IllegalAccessException {
    List<String> list = read(hidden(node, over), context, outer);
    List<String> element = list == null ? null : longer(list, ELEMENT);
    Map<String, List<String>> variables = new HashMap<>(outer);
    all(hidden(node, "lets"), element, variables);
    for (String part :
        node instanceof ForExpression
            ? List.of("loopExpr", "ifExpr")
            : List.of("key", "value", "ifExpr")) {
      read(hidden(node, part), element, variables);
    }
    return null;
  }

  private @Nullable List<String> branch(
      Object node,
      String lets,
      String then,
      @Nullable List<String> context,
      Map<String, List<String>> outer)
      throws IllegalAccessException {
    Map<String, List<String>> variables = new HashMap<>(outer);
    all(hidden(node, lets), context, variables);
    return read(hidden(node, then), context, variables);
  }

  /** JSLT's own functions make something new; a template's are followed. */
  private @Nullable List<String> call(
      Object node, @Nullable List<String> context, Map<String, List<String>> variables)
      throws IllegalAccessException {
    List<@Nullable List<String>> given = new ArrayList<>();
    if (hidden(node, "arguments") instanceof Object[] arguments) {
      for (Object argument : arguments) {
        given.add(read(argument, context, variables));
      }
    }
    Object function = hidden(node, "function");
    if (depth >= DEEPEST) {
      return null;
    }
    depth++;
    try {
      if (function instanceof JstlFile) {
        return read(hidden(function, "body"), given.getFirst(), new HashMap<>());
      }
      if (function instanceof FunctionDeclaration) {
        Map<String, List<String>> own = new HashMap<>(variables);
        String[] names = (String[]) hidden(function, "parameters");
        for (int i = 0; names != null && i < names.length && i < given.size(); i++) {
          bind(names[i], given.get(i), own);
        }
        all(hidden(function, "lets"), context, own);
        return read(hidden(function, "body"), context, own);
      }
      return null;
    } finally {
      depth--;
    }
  }

  private static void bind(
      String name, @Nullable List<String> path, Map<String, List<String>> variables) {
    if (path == null) {
      variables.remove(name);
    } else {
      variables.put(name, path);
    }
  }

  private void all(
      @Nullable Object nodes, @Nullable List<String> context, Map<String, List<String>> variables)
      throws IllegalAccessException {
    switch (nodes) {
      case null -> {}
      case Object[] array -> {
        for (Object one : array) {
          read(one, context, variables);
        }
      }
      case Collection<?> collection -> {
        for (Object one : collection) {
          read(one, context, variables);
        }
      }
      case ExpressionNode one -> read(one, context, variables);
      default -> {}
    }
  }

  /** Whatever else there is: what stands in it is read in its place. */
  private void inside(
      Object node, @Nullable List<String> context, Map<String, List<String>> variables)
      throws IllegalAccessException {
    for (Class<?> type = node.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        boolean derived = field.getName().equals("contextQuery"); // of the object it makes
        if (!derived
            && !Modifier.isStatic(field.getModifiers())
            && !field.getType().isPrimitive()
            && isJslts(type)) {
          field.setAccessible(true);
          all(field.get(node), context, variables);
        }
      }
    }
  }

  private static boolean isJslts(Class<?> type) {
    return ExpressionNode.class.isAssignableFrom(type);
  }

  private static @Nullable Object hidden(Object node, String name) throws IllegalAccessException {
    for (Class<?> type = node.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          return field.get(node);
        }
      }
    }
    return null;
  }

  private static List<String> longer(List<String> path, String name) {
    List<String> longer = new ArrayList<>(path);
    longer.add(name);
    return List.copyOf(longer);
  }
}
