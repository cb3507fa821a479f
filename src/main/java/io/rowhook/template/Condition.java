package io.rowhook.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import com.schibsted.spt.data.jslt.impl.NodeUtils;
import io.rowhook.entity.Event;
import io.rowhook.template.jslt.Boundedness;
import io.rowhook.template.jslt.ExactJslt;
import io.rowhook.template.jslt.JsltFunctions;
import io.rowhook.template.jslt.JsltTemplate;
import java.io.StringReader;

/**
 * A condition in JSLT, compiled: holds where its result is neither false, null, nor an empty list
 * or object, as JSLT's own {@code if}. Any thread.
 */
public final class Condition {

  private static final String KEY = "when ";

  private final String name;
  private final String text;
  private final Expression expression;
  private final boolean endsSoon;

  private Condition(String name, String text, ExactJslt.Mended compiled) {
    this.name = name;
    this.text = text;
    this.expression = compiled.expression();
    this.endsSoon = compiled.endsSoon();
  }

  /**
   * Compiles one. It can import nothing.
   *
   * @param name what it is called in messages: {@code subscriptions[0].when}
   * @throws TemplateException with the place in the text and what is wrong there
   */
  public static Condition compile(String name, String text) throws TemplateException {
    try {
      return new Condition(
          name,
          text,
          ExactJslt.mended(
              new Parser(new StringReader(text))
                  .withSource(name)
                  .withResourceResolver(imported -> {
                    throw new JsltException("a condition cannot import " + imported);
                  })
                  .withFunctions(JsltFunctions.ALL)
                  .compile()));
    } catch (JsltException e) {
      throw new TemplateException(JsltTemplate.syntaxError(name, e), e);
    } catch (StackOverflowError e) {
      throw new TemplateException(name + " nests too deep", e);
    } catch (RuntimeException e) {
      throw new TemplateException(name + ": " + JsltTemplate.fault(e), e);
    }
  }

  Expression expression() {
    return expression;
  }

  /**
   * What {@link TemplateExecutor} know it by: its text, so that another text is another condition.
   */
  public static String key(String text) {
    return KEY + text;
  }

  /** Whether it is of a condition, and not of an attribute set. */
  public static boolean isKey(String key) {
    return key.startsWith(KEY);
  }

  /**
   * Whether it holds of a value that is no event.
   *
   * @throws TemplateException if it breaks off; the message holds no value
   */
  public boolean holds(JsonNode input) throws TemplateException {
    return DraftRendering.executor().run(key(text), name, () -> holdsHere(input));
  }

  /**
   * Whether it holds of an event; the same at any time.
   *
   * @throws TemplateException if it breaks off; the message holds no value
   */
  public boolean holds(Event event) throws TemplateException {
    return holds(event, EventTrees.of(event));
  }

  /**
   * Whether it holds of an event; the same at any time.
   *
   * @param input the event's JSON, by {@link EventTrees}
   * @throws TemplateException if it breaks off; the message holds no value
   */
  public boolean holds(Event event, JsonNode input) throws TemplateException {
    if (Boundedness.isQuick(endsSoon, event.json().length)) {
      return ScopedValue.where(JsltFunctions.EVENT, event).call(() -> holdsHere(input));
    }
    return DraftRendering.executor()
        .run(
            key(text),
            name,
            () -> ScopedValue.where(JsltFunctions.EVENT, event).call(() -> holdsHere(input)));
  }

  private boolean holdsHere(JsonNode input) throws TemplateException {
    try {
      return NodeUtils.isTrue(expression.apply(input));
    } catch (JsltException e) {
      throw new TemplateException(JsltTemplate.runtimeError(name, e), e);
    } catch (RuntimeException | StackOverflowError e) {
      throw new TemplateException(name + " broke off: " + e.getClass().getSimpleName(), e);
    }
  }
}
