package io.rowhook.template.jslt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.schibsted.spt.data.jslt.Function;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.impl.NodeUtils;
import com.schibsted.spt.data.jslt.impl.RegexpFunction;
import io.rowhook.template.TemplateExecutor;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * JSLT's functions that take a regular expression, with an end: an expression may take longer than
 * the world exists for a text of fifty characters, and Java's matcher hears no interrupt. These
 * read their text through a sequence that breaks off once {@link TemplateExecutor} have given the
 * rendering up. What they return is the same.
 */
final class RegexFunctions {

  private static final int MAX_PATTERNS = 1_000;

  private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

  static final List<Function> ALL =
      List.of(
          new Of(
              "test", 2, (text, pattern, _) -> BooleanNode.valueOf(matcher(pattern, text).find())),
          new Of("capture", 2, (text, pattern, _) -> capture(pattern, text)),
          new Of("split", 2, (text, pattern, _) -> split(pattern, text)),
          new Of("replace", 3, RegexFunctions::replace));

  private RegexFunctions() {}

  private static Matcher matcher(Pattern pattern, String text) {
    return pattern.matcher(new Ending(text, TemplateExecutor.checkpoint()));
  }

  private static JsonNode capture(Pattern pattern, String text) {
    ObjectNode groups = JsonNodeFactory.instance.objectNode();
    Matcher matcher = matcher(pattern, text);
    if (matcher.find()) {
      for (String name : new TreeSet<>(pattern.namedGroups().keySet())) {
        groups.put(name, matcher.group(name));
      }
    }
    return groups;
  }

  private static JsonNode split(Pattern pattern, String text) {
    ArrayNode parts = JsonNodeFactory.instance.arrayNode();
    for (String part : pattern.split(new Ending(text, TemplateExecutor.checkpoint()), 0)) {
      parts.add(part);
    }
    return parts;
  }

  private static JsonNode replace(String text, Pattern pattern, String by) {
    Matcher matcher = matcher(pattern, text);
    StringBuilder out = new StringBuilder();
    int position = 0;
    while (matcher.find(position)) {
      if (matcher.start() == matcher.end()) {
        throw new JsltException("replace() matched an empty text");
      }
      out.append(text, position, matcher.start()).append(by);
      position = matcher.end();
    }
    return new TextNode(out.append(text, position, text.length()).toString());
  }

  private static Pattern compiled(String regex) {
    Pattern known = PATTERNS.get(regex);
    if (known != null) {
      return known;
    }
    if (PATTERNS.size() >= MAX_PATTERNS) {
      PATTERNS.clear(); // a template may make them of values
    }
    try {
      Pattern pattern = Pattern.compile(regex);
      PATTERNS.put(regex, pattern);
      return pattern;
    } catch (PatternSyntaxException e) {
      throw new JsltException("Syntax error in regular expression '" + regex + "'", e);
    }
  }

  private interface Body {
    JsonNode of(String text, Pattern pattern, String by);
  }

  /** One function: text, expression, and of replace what to write instead. */
  private record Of(String getName, int getMinArguments, Body body)
      implements Function, RegexpFunction {

    @Override
    public int getMaxArguments() {
      return getMinArguments;
    }

    @Override
    public int regexpArgumentNumber() {
      return 1;
    }

    @Override
    public JsonNode call(JsonNode input, JsonNode[] arguments) {
      if (arguments[0].isNull()) {
        return getName.equals("test") ? BooleanNode.FALSE : NullNode.instance;
      }
      String regex = NodeUtils.toString(arguments[1], true);
      if (regex == null) {
        throw new JsltException(getName + "() has no regular expression but null");
      }
      return body.of(
          NodeUtils.toString(arguments[0], false),
          compiled(regex),
          arguments.length > 2 ? NodeUtils.toString(arguments[2], false) : "");
    }
  }

  /** A text that ends a match over it, when the rendering was given up. */
  private record Ending(CharSequence text, Runnable checkpoint) implements CharSequence {

    @Override
    public char charAt(int index) {
      checkpoint.run();
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Ending(text.subSequence(start, end), checkpoint);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
