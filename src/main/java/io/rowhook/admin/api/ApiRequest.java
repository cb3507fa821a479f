package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.journal.DeliveryFilter;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for: each value was held against its {@link Schema} already.
 *
 * @param fields the parameters and, where it is an object, the members of the body; an operation
 *     has no two of one name
 * @param body as it came; empty: none
 * @param caller who asks
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ApiRequest(ObjectNode fields, byte[] body, Caller caller) {

  /** A text that must be there. */
  public String text(String name) {
    return optional(name)
        .orElseThrow(() -> new IllegalStateException(name + " is not declared as required"));
  }

  public Optional<String> optional(String name) {
    return Optional.ofNullable(fields.get(name)).filter(JsonNode::isTextual).map(JsonNode::asText);
  }

  /** The texts of a list; none where it is left out. */
  public List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    fields.path(name).forEach(one -> texts.add(one.asText()));
    return texts;
  }

  /** Whether it is true; left out it is not. */
  public boolean is(String name) {
    return fields.path(name).asBoolean(false);
  }

  public @Nullable Long number(String name) {
    JsonNode value = fields.get(name);
    return value == null || !value.isNumber() ? null : Long.valueOf(value.asLong());
  }

  public @Nullable Instant instant(String name) {
    return optional(name).map(text -> OffsetDateTime.parse(text).toInstant()).orElse(null);
  }

  /** {@code fromSequence, toSequence, from, to, entity, id}. */
  DeliveryFilter filter() throws ApiException {
    String entity = optional("entity").orElse(null);
    String id = optional("id").orElse(null);
    if (id != null && entity == null) {
      String why = "an entity's id goes with its type: name the entity too";
      throw body.length == 0
          ? ApiException.wrongParameter("id", why)
          : ApiException.wrong(FieldError.inside(FieldError.BODY, "id"), why);
    }
    return new DeliveryFilter(
        number("fromSequence"), number("toSequence"), instant("from"), instant("to"), entity, id);
  }
}
