package io.rowhook.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import com.schibsted.spt.data.jslt.impl.NodeUtils;
import java.io.StringReader;

/**
 * A condition in JSLT, compiled: holds where its result is neither false, null, nor an empty list
 * or object, as JSLT's own {@code if}. Any thread.
 */
public final class Condition {

  private final Expression expression;

  private Condition(Expression expression) {
    this.expression = expression;
  }

  /**
   * Compiles it. It can import nothing.
   *
   * @throws TemplateException with the place in the text and what is wrong there
   */
  public static Condition compile(String text) throws TemplateException {
    try {
      return new Condition(
          new Parser(new StringReader(text))
              .withSource("the condition")
              .withResourceResolver(name -> {
                throw new JsltException("a condition cannot import " + name);
              })
              .compile());
    } catch (JsltException e) {
      throw new TemplateException(Jslt.syntaxError("the condition", e), e);
    } catch (StackOverflowError e) {
      throw new TemplateException("the condition nests too deep", e);
    }
  }

  /**
   * Whether it holds.
   *
   * @throws TemplateException if it breaks off; the message holds no value
   */
  public boolean holds(JsonNode input) throws TemplateException {
    try {
      return NodeUtils.isTrue(expression.apply(input));
    } catch (RuntimeException | StackOverflowError e) {
      throw new TemplateException("the condition broke off: " + e.getClass().getSimpleName(), e);
    }
  }
}
