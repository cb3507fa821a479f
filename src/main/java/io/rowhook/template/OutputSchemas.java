package io.rowhook.template;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.template.jslt.JsltTemplate;
import io.rowhook.template.jslt.OutputSchema;
import java.util.Optional;

/** Which JSON an attribute set can make, found without an event. Pure. */
public final class OutputSchemas {

  private OutputSchemas() {}

  /**
   * A JSON Schema that holds for whatever a set makes of the events that a schema holds for, and
   * may hold for more. Empty: it is a built-in set.
   *
   * @param events without references
   */
  public static Optional<ObjectNode> of(Template set, ObjectNode events) {
    Template inner = set instanceof BodyRenderer renderer ? renderer.set() : set;
    return inner instanceof JsltTemplate jslt
        ? Optional.of(OutputSchema.of(jslt.expression(), events))
        : Optional.empty();
  }
}
