package io.rowhook.template;

import io.rowhook.template.jslt.JsltTemplate;
import io.rowhook.template.jslt.ReadPaths;
import io.rowhook.template.output.BuiltInTemplate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a template or a condition reads of an event, found without one: for a check before the first
 * event. {@link AccessTracer} notes it of one event. Pure.
 */
public final class TemplateReads {

  /** Stands in a path for an element of a list. */
  public static final String ELEMENT = ReadPaths.ELEMENT;

  private TemplateReads() {}

  /**
   * What a key of an output is made of.
   *
   * @param key of the output: {@code lines[].sku}; empty: the output itself
   * @param path the names that lead to a value of the event
   * @param whole whether all that stands in that value is taken over
   * @param except names in it that are not
   */
  public record Use(String key, List<String> path, boolean whole, Set<String> except) {
    public Use {
      path = List.copyOf(path);
      except = Set.copyOf(except);
    }
  }

  /** The names that lead to each value that an attribute set reads; none of a built-in one. */
  public static Set<List<String>> of(Template set) {
    Template inner = set instanceof BodyRenderer renderer ? renderer.set() : set;
    return inner instanceof JsltTemplate jslt ? ReadPaths.of(jslt.expression()) : Set.of();
  }

  /** What each key of an attribute set's output is made of; of a built-in one as well. */
  public static Set<Use> uses(Template set) {
    Template inner = set instanceof BodyRenderer renderer ? renderer.set() : set;
    return switch (inner) {
      case JsltTemplate jslt -> ReadPaths.uses(jslt.expression());
      case BuiltInTemplate.full ->
          Stream.of("entityId", "data", "previous", "changed")
              .map(name -> new Use(name, List.of(name), true, Set.of()))
              .collect(Collectors.toCollection(LinkedHashSet::new));
      case BuiltInTemplate.notify ->
          Set.of(new Use("EntityId", List.of("entityId"), true, Set.of()));
      default -> Set.of();
    };
  }

  /** The same of a condition. */
  public static Set<List<String>> of(Condition condition) {
    return ReadPaths.of(condition.expression());
  }
}
