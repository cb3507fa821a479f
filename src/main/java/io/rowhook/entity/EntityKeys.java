package io.rowhook.entity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The columns that tell an entity's row from others.
 *
 * @param id those that recipients know it by; empty: not known
 * @param primaryKey those of its table's primary key
 * @param wholeNumbers those of the id that are whole numbers, as far as is known
 */
public record EntityKeys(List<String> id, List<String> primaryKey, Set<String> wholeNumbers) {

  private static final String WHOLE_NUMBER = "-?(0|[1-9][0-9]{0,18})";

  public EntityKeys {
    id = List.copyOf(id);
    primaryKey = List.copyOf(primaryKey);
    wholeNumbers = Set.copyOf(wholeNumbers);
  }

  /** Of columns of whose types nothing is known. */
  public EntityKeys(List<String> id, List<String> primaryKey) {
    this(id, primaryKey, Set.of());
  }

  /** As far as settings say it: an empty list is the primary key, whatever that is. */
  public static EntityKeys of(EntityType type) {
    return new EntityKeys(type.id(), List.of());
  }

  /** An id that a person wrote, as {@link Event#entityId} has it; empty: none can look so. */
  public Optional<String> idOf(String written) {
    if (id.size() > 1) {
      return object(written).flatMap(this::ordered).map(Json::text);
    }
    boolean isNumber = id.size() == 1 && wholeNumbers.contains(id.getFirst());
    return !isNumber || written.matches(WHOLE_NUMBER) ? Optional.of(written) : Optional.empty();
  }

  private Optional<ObjectNode> ordered(ObjectNode given) {
    ObjectNode ordered = Json.MAPPER.createObjectNode();
    for (String column : id) {
      JsonNode value = given.get(column);
      if (value == null
          || value.isNull()
          || (wholeNumbers.contains(column) && !value.isIntegralNumber())) {
        return Optional.empty();
      }
      ordered.set(column, value);
    }
    return given.size() == id.size() ? Optional.of(ordered) : Optional.empty();
  }

  private static Optional<ObjectNode> object(String text) {
    try {
      return Json.MAPPER.readTree(text) instanceof ObjectNode object
          ? Optional.of(object)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** How an id looks, in words. */
  public String form() {
    if (id.size() == 1) {
      return (wholeNumbers.contains(id.getFirst()) ? "a whole number, " : "a text, ")
          + "the value of "
          + id.getFirst();
    }
    return id.stream()
        .map(column ->
            Json.text(Json.MAPPER.getNodeFactory().textNode(column))
                + (wholeNumbers.contains(column) ? ":1" : ":\"...\""))
        .collect(Collectors.joining(",", "{", "}"));
  }
}
