package io.rowhook.template;

import io.rowhook.template.jslt.JsltTemplate;
import io.rowhook.template.jslt.ReadPaths;
import java.util.List;
import java.util.Set;

/**
 * What a template or a condition reads of an event, found without one: for a check before the first
 * event. {@link AccessTracer} notes it of one event. Pure.
 */
public final class TemplateReads {

  /** Stands in a path for an element of a list. */
  public static final String ELEMENT = ReadPaths.ELEMENT;

  private TemplateReads() {}

  /** The names that lead to each value that an attribute set reads; none of a built-in one. */
  public static Set<List<String>> of(Template set) {
    Template inner = set instanceof BodyRenderer renderer ? renderer.set() : set;
    return inner instanceof JsltTemplate jslt ? ReadPaths.of(jslt.expression()) : Set.of();
  }

  /** The same of a condition. */
  public static Set<List<String>> of(Condition condition) {
    return ReadPaths.of(condition.expression());
  }
}
