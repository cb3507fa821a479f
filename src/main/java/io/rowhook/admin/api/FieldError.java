package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;

/**
 * What is wrong with one value of a request.
 *
 * @param place of a body: a JSON Pointer as a fragment, {@code #/since/column}; otherwise the name
 *     of the parameter
 * @param detail what it must be, and what to do
 */
public record FieldError(String place, String detail) {

  /** Begins each place in a body. */
  static final String BODY = "#";

  /** The place of a member, or of an entry, of what stands at another. */
  static String inside(String place, String name) {
    return place.startsWith(BODY)
        ? place + "/" + name.replace("~", "~0").replace("/", "~1")
        : place + "." + name;
  }

  ObjectNode json() {
    return Json.MAPPER
        .createObjectNode()
        .put(place.startsWith(BODY) ? "pointer" : "parameter", Problem.clean(place))
        .put("detail", Problem.clean(detail));
  }
}
