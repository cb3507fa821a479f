package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.DeliveryFilter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for; reads each field by its rule.
 *
 * @param json the request's body, an object
 */
public record AdminRequest(JsonNode json) {

  public String text(String name) throws DeliveryAdminException {
    return optional(name)
        .orElseThrow(() -> new DeliveryAdminException("the request names no " + name));
  }

  public Optional<String> optional(String name) {
    return Optional.ofNullable(json.get(name)).filter(JsonNode::isTextual).map(JsonNode::asText);
  }

  boolean is(String name) {
    return json.path(name).asBoolean(false);
  }

  public @Nullable Long number(String name) {
    JsonNode value = json.get(name);
    return value == null || !value.isIntegralNumber() ? null : Long.valueOf(value.asLong());
  }

  @Nullable Instant instant(String name) throws DeliveryAdminException {
    String value = optional(name).orElse(null);
    try {
      return value == null ? null : Instant.parse(value);
    } catch (DateTimeException e) {
      throw new DeliveryAdminException(name + " must be a time such as 2026-05-24T15:20:44Z");
    }
  }

  /** {@code fromSequence, toSequence, from, to, entity, id}. */
  DeliveryFilter filter() throws DeliveryAdminException {
    String entity = optional("entity").orElse(null);
    String id = optional("id").orElse(null);
    if (id != null && entity == null) {
      throw new DeliveryAdminException("an entity's id goes with its type: name the entity too");
    }
    return new DeliveryFilter(
        number("fromSequence"), number("toSequence"), instant("from"), instant("to"), entity, id);
  }
}
