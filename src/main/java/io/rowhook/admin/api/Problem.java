package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Why a request was not answered with what it asked for, as RFC 9457 has it. Immutable.
 *
 * @param type of which kind it is
 * @param detail this one, in words for whoever asked
 * @param errors each value that is wrong; empty: it is not about values
 * @param headers of the answer
 */
public record Problem(
    ProblemType type, String detail, List<FieldError> errors, Map<String, String> headers) {

  /** What such an answer is. */
  public static final String CONTENT_TYPE = "application/problem+json";

  /** As it stands in the document of the API. */
  static final Schema SCHEMA =
      Schema.named(
          "Problem",
          Schema.fields()
              .must("type", Schema.text().example("urn:problem-type:rowhook:not-found"))
              .must("title", Schema.text())
              .must("status", Schema.whole(400, 599))
              .must("detail", Schema.text().about("what is wrong, where, and what to do"))
              .must("instance", Schema.text().about("the path that was asked for"))
              .may(
                  "errors",
                  Schema.list(
                          Schema.fields()
                              .may(
                                  "pointer",
                                  Schema.text().about("the place in the body, as `#/since/column`"))
                              .may("parameter", Schema.text().about("or the parameter's name"))
                              .must("detail", Schema.text()))
                      .about("each value that is wrong")));

  public Problem {
    errors = List.copyOf(errors);
    headers = Map.copyOf(headers);
  }

  /** One that is not about values. */
  public static Problem of(ProblemType type, String detail) {
    return new Problem(type, detail, List.of(), Map.of());
  }

  /** The same with a header in the answer. */
  public Problem with(String header, String value) {
    Map<String, String> more = new java.util.HashMap<>(headers);
    more.put(header, value);
    return new Problem(type, detail, errors, more);
  }

  /**
   * The answer's body.
   *
   * @param instance the path that was asked for
   */
  public ObjectNode json(String instance) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("type", type.uri())
        .put("title", type.title())
        .put("status", type.status())
        .put("detail", clean(detail))
        .put("instance", clean(instance));
    if (!errors.isEmpty()) {
      ArrayNode list = json.putArray("errors");
      errors.forEach(error -> list.add(error.json()));
    }
    return json;
  }

  /** Without halves of characters, which cannot be written, and not without end. */
  static String clean(String text) {
    String whole =
        new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8); // half: ?
    return whole.length() > MOST ? whole.substring(0, MOST) + "..." : whole;
  }

  private static final int MOST = 2_000;
}
