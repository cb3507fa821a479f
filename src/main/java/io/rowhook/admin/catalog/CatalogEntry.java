package io.rowhook.admin.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What one subscription brings a recipient.
 *
 * @param name unique among the recipient's: {@code order-shipped}
 * @param entity whose events
 * @param topics as {@code Rowhook-Topic} has them
 * @param events {@code Created}, and so on
 * @param conditions under which, in words; empty: all of them
 * @param methods of its requests
 * @param url where to, without secrets
 * @param contentType of its bodies
 * @param schema of a body, in a batch of each of its elements; of XML, of the tree that it is
 *     written from
 * @param notes what else there is to know, in sentences
 * @param headers of its requests, but for Content-Type
 * @param examples at least one, unless no body can be made
 */
record CatalogEntry(
    String name,
    String entity,
    List<String> topics,
    List<String> events,
    List<String> conditions,
    List<String> methods,
    String url,
    String contentType,
    ObjectNode schema,
    List<String> notes,
    List<Header> headers,
    List<Example> examples) {

  CatalogEntry {
    topics = List.copyOf(topics);
    events = List.copyOf(events);
    conditions = List.copyOf(conditions);
    methods = List.copyOf(methods);
    notes = List.copyOf(notes);
    headers = List.copyOf(headers);
    examples = List.copyOf(examples);
  }

  /**
   * A header of each request.
   *
   * @param value by example; {@code ***} where it is a secret or proves something
   */
  record Header(String name, String value, String means) {}

  /**
   * A body.
   *
   * @param name of the file that it is from, or of the event it was drawn for
   * @param drawn whether it was made from the columns' types
   */
  record Example(String name, String body, boolean drawn) {}

  boolean isXml() {
    return contentType.contains("xml");
  }

  /** In one line. */
  String summary() {
    return entity
        + " "
        + String.join(", ", events)
        + (conditions.isEmpty() ? "" : ", where " + String.join(" and ", conditions));
  }
}
