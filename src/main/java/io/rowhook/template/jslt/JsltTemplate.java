package io.rowhook.template.jslt;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import com.schibsted.spt.data.jslt.filters.TrueJsonFilter;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.template.DraftRendering;
import io.rowhook.template.EventTrees;
import io.rowhook.template.Template;
import io.rowhook.template.TemplateException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An attribute set written in JSLT, compiled. Any thread.
 *
 * <p>Keys with null, {} or [] are kept: JSLT's default drops them, and a cleared field would never
 * arrive. Imports see the other files of {@code jslt-templates/} and nothing else.
 *
 * @param name of its file, relative to {@code jslt-templates/}
 * @param sources its own and those of all that it imports, by name
 * @param endsSoon see {@link ExactJslt.Mended}
 */
public record JsltTemplate(
    String name, String hash, Map<String, String> sources, Expression expression, boolean endsSoon)
    implements Template {

  /**
   * A template that recurses without an end is stopped by the stack; it must not take the thread
   * along.
   */
  private static final String TOO_DEEP = "it calls itself without an end, or nests too deep";

  /** A result may be so much larger than twice its event. */
  private static final long MOST_BYTES = 16L << 20;

  private static final Pattern PLACE = Pattern.compile("at line (\\d+), column (\\d+)");
  private static final Pattern VALUE =
      Pattern.compile("\\s*((?<!\\)):|['\"{\\[\\d]|\\((?!\\))).*", Pattern.DOTALL);

  /** Compiles a file and what it imports. */
  public static JsltTemplate compile(String name, Map<String, String> files)
      throws TemplateException {
    Map<String, String> used = new TreeMap<>();
    String source = source(name, files, used);
    try {
      ExactJslt.Mended mended =
          ExactJslt.mended(
              new Parser(new StringReader(source))
                  .withSource(name)
                  .withResourceResolver(imported -> new StringReader(source(imported, files, used)))
                  .withObjectFilter(new TrueJsonFilter())
                  .withFunctions(JsltFunctions.ALL)
                  .compile());
      return new JsltTemplate(
          name, hash(name, used), Map.copyOf(used), mended.expression(), mended.endsSoon());
    } catch (JsltException e) {
      throw new TemplateException(syntaxError(name, e), e);
    } catch (RuntimeException | StackOverflowError e) {
      throw new TemplateException(name + ": " + fault(e), e);
    }
  }

  /** What JSLT's parser breaks off with where it has no words of its own. */
  public static String fault(Throwable e) {
    return switch (e) {
      case StackOverflowError _ -> TOO_DEEP;
      case NumberFormatException _ ->
          "a whole number is larger than JSLT can hold (9223372036854775807). Write it as a text,"
              + " and use decimal-compare";
      default -> "JSLT's parser broke off (" + e.getClass().getSimpleName() + "). Simplify it";
    };
  }

  private static String source(String name, Map<String, String> files, Map<String, String> used) {
    String source = files.get(name);
    if (source == null) {
      throw new JsltException(
          "there is no file "
              + name
              + " in jslt-templates/; imports are relative to that directory");
    }
    used.put(name, source);
    return source;
  }

  private static String hash(String name, Map<String, String> used) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((name + '\0').getBytes(StandardCharsets.UTF_8));
      used.forEach((file, text) ->
          digest.update(
              (file + '\0' + text.length() + '\0' + text).getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** {@code file:line:column: what is wrong}: JSLT hides the line in a text of many lines. */
  public static String syntaxError(String name, JsltException e) {
    String text = e.getMessageWithoutLocation();
    String first = text.lines().findFirst().orElse(text).strip();
    Matcher place = PLACE.matcher(text);
    if (place.find()) {
      String file = e.getSource() == null ? name : e.getSource();
      first = first.replace(" " + place.group(), "");
      return file + ":" + place.group(1) + ":" + place.group(2) + ": " + first;
    }
    if (e.getSource() != null) {
      return e.getSource() + ":" + e.getLine() + ":" + e.getColumn() + ": " + first;
    }
    return name + ": " + first;
  }

  @Override
  public byte[] render(Event event) throws TemplateException {
    return render(event, EventTrees.of(event));
  }

  /** The same of another tree than its own; a tree is not changed. */
  public byte[] render(Event event, JsonNode input) throws TemplateException {
    int bytes = event.json().length;
    return Boundedness.isQuick(endsSoon, bytes)
        ? write(apply(event, input), bytes)
        : DraftRendering.executor().run(hash, name, () -> write(apply(event, input), bytes));
  }

  /** What the set makes of an event; {@code input} is its JSON. On this thread. */
  public JsonNode apply(Event event, JsonNode input) throws TemplateException {
    try {
      JsonNode output =
          ScopedValue.where(JsltFunctions.EVENT, event).call(() -> expression.apply(input));
      if (output.isNull()) {
        throw new TemplateException(name + ": the result is null, so there would be no body");
      }
      return output;
    } catch (JsltException e) {
      throw new TemplateException(runtimeError(name, e), e);
    } catch (StackOverflowError e) {
      throw new TemplateException(name + ": " + TOO_DEEP, e);
    } catch (RuntimeException e) {
      throw new TemplateException(name + ": " + e.getClass().getSimpleName() + " in JSLT", e);
    }
  }

  private byte[] write(JsonNode output, int eventBytes) throws TemplateException {
    Limited bytes = new Limited(MOST_BYTES + 2L * eventBytes);
    try {
      Json.MAPPER.writeValue(bytes, output);
      return bytes.toByteArray();
    } catch (StackOverflowError | StreamConstraintsException e) {
      throw new TemplateException(name + ": " + TOO_DEEP, e);
    } catch (TooLarge | IOException e) {
      throw new TemplateException(
          name + ": the result is larger than " + bytes.limit + " bytes", e);
    }
  }

  private static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** A small template can make a result of any size. */
  private static final class Limited extends ByteArrayOutputStream {
    private final long limit;

    Limited(long limit) {
      this.limit = limit;
    }

    @Override
    public synchronized void write(byte[] from, int start, int length) {
      if (count + (long) length > limit) {
        throw new TooLarge();
      }
      super.write(from, start, length);
    }
  }

  /** The place, and as much of JSLT's message as holds no value: values are personal data. */
  public static String runtimeError(String name, JsltException e) {
    String place =
        e.getSource() == null ? name : e.getSource() + ":" + e.getLine() + ":" + e.getColumn();
    String text = VALUE.matcher(e.getMessageWithoutLocation()).replaceFirst(" ...").strip();
    return place + ": " + text + " (values are not shown)";
  }

  /** Source and imports in one text, so that what was sent can be rendered again later. */
  public String bundle() {
    ObjectNode bundle = Json.MAPPER.createObjectNode();
    bundle.put("main", name);
    ObjectNode files = bundle.putObject("files");
    sources.forEach(files::put);
    return bundle.toString();
  }

  /** The reverse of {@link #bundle}. */
  public static JsltTemplate unbundle(String bundle) throws TemplateException {
    try {
      JsonNode tree = Json.MAPPER.readTree(bundle);
      Map<String, String> files = new TreeMap<>();
      tree.get("files")
          .properties()
          .forEach(file -> files.put(file.getKey(), file.getValue().asText()));
      return compile(tree.get("main").asText(), files);
    } catch (IOException e) {
      throw new TemplateException("an attribute set kept in the journal is damaged", e);
    }
  }
}
