package io.rowhook.admin.catalog;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.recipient.BatchConfig;
import io.rowhook.recipient.Recipient;
import java.util.List;
import java.util.Optional;

/** What one recipient gets, by its subscriptions. */
record RecipientCatalog(Recipient recipient, List<CatalogEntry> entries) {

  RecipientCatalog {
    entries = List.copyOf(entries);
  }

  String name() {
    return recipient.name();
  }

  /**
   * The schema of a request's body, by references to those of the entries.
   *
   * @param place what stands before an entry's name in a reference
   * @param entry the one that the request is about; in a batch it is about several
   */
  ObjectNode body(String place, CatalogEntry entry) {
    return recipient.request().batch().isPresent()
        ? all(place)
        : Json.MAPPER.createObjectNode().put("$ref", place + entry.name());
  }

  /** The schema of all bodies. */
  ObjectNode all(String place) {
    ObjectNode any = Json.MAPPER.createObjectNode();
    ArrayNode anyOf = any.putArray("anyOf");
    entries.forEach(one -> anyOf.addObject().put("$ref", place + one.name()));
    Optional<BatchConfig> batch = recipient.request().batch();
    if (batch.isEmpty()) {
      return any;
    }
    ObjectNode list = Json.MAPPER.createObjectNode().put("type", "array");
    list.put("minItems", 1).put("maxItems", batch.get().max());
    list.set("items", any);
    return list;
  }

  /** What who receives it has to know of all of it, in sentences. */
  List<String> rules() {
    return List.of(
        "Each request is one attempt of one event%s; an answer %s within %s s means that it was taken. Otherwise it comes again, up to %d times."
            .formatted(
                recipient.request().batch().isPresent() ? ", or of several" : "",
                "of the agreed kind (2xx unless agreed otherwise)",
                seconds(),
                recipient.retry().delays().size()),
        "It may come more than once: Webhook-Id is the same then, so ignore one that you have.",
        Proofs.of(recipient.authentication()));
  }

  private String seconds() {
    return Long.toString(Math.max(1, recipient.timeout().toSeconds()));
  }
}
