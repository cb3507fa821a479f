package io.rowhook.template.jslt;

import static io.rowhook.template.jslt.JsltNodes.hidden;

import com.fasterxml.jackson.databind.JsonNode;
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
import com.schibsted.spt.data.jslt.impl.ObjectExpression;
import com.schibsted.spt.data.jslt.impl.VariableExpression;
import io.rowhook.template.TemplateReads.Use;
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
 * Finds without an event what a compiled template reads of one, and which of its output's keys are
 * made of it: follows the event through variables, loops, functions and imports, and gives up where
 * it cannot be known. One use.
 */
public final class ReadPaths {

  /** Stands in a path for an element of a list. */
  public static final String ELEMENT = "[]";

  /** Functions that call themselves end here. */
  private static final int DEEPEST = 8;

  private final Set<List<String>> reads = new LinkedHashSet<>();
  private Set<Use> uses = new LinkedHashSet<>();
  private String key = ""; // of the output that is being made
  private int depth;

  /**
   * What a variable is.
   *
   * @param path where it is in the event; null: it is something new
   * @param uses what that is made of
   */
  private record Made(@Nullable List<String> path, Set<Use> uses) {}

  private ReadPaths() {}

  /** The names that lead to each value that is read, in the order of the text. */
  public static Set<List<String>> of(Expression expression) {
    return followed(expression).reads;
  }

  /** What each key of the output is made of, in the order of the text. */
  public static Set<Use> uses(Expression expression) {
    return followed(expression).uses;
  }

  private static ReadPaths followed(Expression expression) {
    ReadPaths paths = new ReadPaths();
    try {
      paths.use(paths.read(expression, List.of(), new HashMap<>()), true);
      return paths;
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
      @Nullable Object node, @Nullable List<String> context, Map<String, Made> variables)
      throws IllegalAccessException {
    return switch (node) {
      case null -> null;
      case DotExpression _ -> dot(node, context, variables);
      case ForExpression _ -> loop(node, "valueExpr", context, variables);
      case ObjectComprehension _ -> loop(node, "loop", context, variables);
      case VariableExpression _ ->
          variable(variables.get(String.valueOf(hidden(node, "variable"))));
      case LetExpression let -> {
        variables.put(let.getVariable(), made(hidden(node, "value"), context, variables));
        yield null;
      }
      case IfExpression _ -> {
        use(read(hidden(node, "test"), context, variables), false);
        List<String> then = branch(node, "thenlets", "then", context, variables);
        List<String> orElse = branch(node, "elselets", "orelse", context, variables);
        if (then != null && then.equals(orElse)) {
          yield then;
        }
        use(then, true);
        use(orElse, true);
        yield null;
      }
      case ObjectExpression _ -> {
        object(node, context, new HashMap<>(variables));
        yield null;
      }
      case ArraySlicer _ -> {
        List<String> list = read(hidden(node, "parent"), context, variables);
        use(read(hidden(node, "left"), context, variables), false);
        use(read(hidden(node, "right"), context, variables), false);
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
      Object node, @Nullable List<String> context, Map<String, Made> variables)
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
      Object node, String over, @Nullable List<String> context, Map<String, Made> outer)
      throws IllegalAccessException {
    List<String> list = read(hidden(node, over), context, outer);
    use(list, false);
    List<String> element = list == null ? null : longer(list, ELEMENT);
    Map<String, Made> variables = new HashMap<>(outer);
    all(hidden(node, "lets"), element, variables);
    String above = key;
    key = above + ELEMENT;
    use(read(hidden(node, "loopExpr"), element, variables), true);
    use(read(hidden(node, "key"), element, variables), true);
    use(read(hidden(node, "value"), element, variables), true);
    use(read(hidden(node, "ifExpr"), element, variables), false);
    key = above;
    return null;
  }

  private void object(Object node, @Nullable List<String> context, Map<String, Made> variables)
      throws IllegalAccessException {
    all(hidden(node, "lets"), context, variables);
    Set<String> named = new LinkedHashSet<>();
    String above = key;
    for (Object pair : (Object[]) Objects.requireNonNull(hidden(node, "children"))) {
      Object name = hidden(pair, "key");
      use(read(name, context, variables), true);
      key =
          below(
              above,
              name != null && hidden(name, "value") instanceof JsonNode text ? text.asText() : "*");
      named.add(key.substring(key.lastIndexOf('.') + 1));
      use(read(hidden(pair, "value"), context, variables), true);
      key = above;
    }
    Object matcher = hidden(node, "matcher");
    if (matcher != null) {
      if (hidden(matcher, "minuses") instanceof Collection<?> minuses) {
        minuses.forEach(name -> named.add(String.valueOf(name)));
      }
      read(hidden(matcher, "expr"), null, variables);
      List<String> matched =
          context == null ? null : matched(hidden(node, "contextQuery"), context);
      if (matched != null) {
        uses.add(new Use(key, matched, true, named));
      }
    }
  }

  /** The object whose other pairs are taken over. */
  private static List<String> matched(@Nullable Object query, List<String> context)
      throws IllegalAccessException {
    if (query == null) {
      return context;
    }
    List<String> above = matched(hidden(query, "parent"), context);
    Object name = hidden(query, "key");
    return name == null ? above : longer(above, String.valueOf(name));
  }

  private static String below(String above, String name) {
    return above.isEmpty() ? name : above + "." + name;
  }

  /** Something of the event ends up in the output's key of the moment. */
  private void use(@Nullable List<String> path, boolean whole) {
    if (path != null) {
      uses.add(new Use(key, path, whole, Set.of()));
    }
  }

  /** What a variable is made of is in the output only where the variable is. */
  private Made made(
      @Nullable Object value, @Nullable List<String> context, Map<String, Made> variables)
      throws IllegalAccessException {
    Set<Use> outer = uses;
    String above = key;
    uses = new LinkedHashSet<>();
    key = "";
    try {
      return new Made(read(value, context, variables), uses);
    } finally {
      uses = outer;
      key = above;
    }
  }

  private @Nullable List<String> variable(@Nullable Made made) {
    if (made == null) {
      return null;
    }
    for (Use use : made.uses()) {
      String its = use.key().isEmpty() ? key : below(key, use.key());
      uses.add(new Use(its, use.path(), use.whole(), use.except()));
    }
    return made.path();
  }

  private @Nullable List<String> branch(
      Object node,
      String lets,
      String then,
      @Nullable List<String> context,
      Map<String, Made> outer)
      throws IllegalAccessException {
    Map<String, Made> variables = new HashMap<>(outer);
    all(hidden(node, lets), context, variables);
    return read(hidden(node, then), context, variables);
  }

  /** JSLT's own functions make something new; a template's are followed. */
  private @Nullable List<String> call(
      Object node, @Nullable List<String> context, Map<String, Made> variables)
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
        Map<String, Made> own = new HashMap<>(variables);
        String[] names = (String[]) hidden(function, "parameters");
        for (int i = 0; names != null && i < names.length && i < given.size(); i++) {
          own.put(names[i], new Made(given.get(i), Set.of()));
        }
        all(hidden(function, "lets"), context, own);
        return read(hidden(function, "body"), context, own);
      }
      given.forEach(one -> use(one, true));
      return null;
    } finally {
      depth--;
    }
  }

  private void all(
      @Nullable Object nodes, @Nullable List<String> context, Map<String, Made> variables)
      throws IllegalAccessException {
    switch (nodes) {
      case null -> {}
      case Object[] array -> {
        for (Object one : array) {
          use(read(one, context, variables), true);
        }
      }
      case Collection<?> collection -> {
        for (Object one : collection) {
          use(read(one, context, variables), true);
        }
      }
      case ExpressionNode one -> use(read(one, context, variables), true);
      default -> {}
    }
  }

  /** Whatever else there is: what stands in it is read in its place. */
  private void inside(Object node, @Nullable List<String> context, Map<String, Made> variables)
      throws IllegalAccessException {
    for (Object part : JsltNodes.parts(node)) {
      all(part, context, variables);
    }
  }

  private static List<String> longer(List<String> path, String name) {
    List<String> longer = new ArrayList<>(path);
    longer.add(name);
    return List.copyOf(longer);
  }
}
