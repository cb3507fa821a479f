package io.rowhook.entity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the row of one entity where events of others embed it, as a reference or a part, and takes
 * it out: a reference becomes null, as if it named nothing, and a part leaves its list. By the
 * relations that the settings describe now. Used by one thread at a time.
 */
public final class EmbeddedRows {

  /**
   * What became of an event.
   *
   * @param json the event without the row; null: it does not have it
   * @param unclear whether it embeds a row of the entity's table that may be it, and shows no key
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Redaction(byte @Nullable [] json, boolean unclear) {}

  private final EntityType erased;
  private final String entityId;
  private final EntityKeys keys;
  private final Map<String, EntityType> embedding = new LinkedHashMap<>();
  private final Map<List<String>, Set<List<String>>> known = new HashMap<>();

  /**
   * @param types all that the settings describe
   * @param erased the entity's own
   * @param entityId as {@link Event#entityId} has it
   */
  public EmbeddedRows(List<EntityType> types, EntityType erased, String entityId, EntityKeys keys) {
    this.erased = erased;
    this.entityId = entityId;
    this.keys = keys;
    known.put(keys.id(), new HashSet<>(Set.of(values())));
    known.putIfAbsent(keys.primaryKey(), new HashSet<>());
    for (EntityType type : types) {
      if (collect(type.references(), type.parts())) {
        embedding.put(type.name(), type);
      }
    }
  }

  /** Notes by what other columns its row may be named, as one of its own events shows them. */
  public void learn(byte[] json) {
    ObjectNode event = read(json);
    for (String state : List.of("data", "previous")) {
      if (event.get(state) instanceof ObjectNode row) {
        known.forEach((columns, rows) -> {
          List<String> texts = texts(row, columns);
          if (texts != null) {
            rows.add(texts);
          }
        });
      }
    }
  }

  /** The entities whose events may embed it. */
  public Set<String> entityTypes() {
    return embedding.keySet();
  }

  /** The other entities that show rows of the same table, or of one of its parts, as their own. */
  public Set<String> relatives(List<EntityType> types) {
    Set<Object> tables = new HashSet<>(Set.of(erased.table()));
    tables(erased.parts(), tables);
    Set<String> names = new LinkedHashSet<>();
    for (EntityType type : types) {
      if (tables.contains(type.table()) && !type.name().equals(erased.name())) {
        names.add(type.name());
      }
    }
    return names;
  }

  private static void tables(List<ChildTable> parts, Set<Object> tables) {
    for (ChildTable part : parts) {
      tables.add(part.table());
      tables(part.parts(), tables);
    }
  }

  /** Takes it out of an event's data and old values. */
  public Redaction redact(String entityType, byte[] json) {
    EntityType type = embedding.get(entityType);
    if (type == null) {
      return new Redaction(null, false);
    }
    ObjectNode event = read(json);
    Pass pass = new Pass();
    for (String state : List.of("data", "previous")) {
      if (event.get(state) instanceof ObjectNode row) {
        pass.references(row, type.references());
        pass.parts(row, type.parts());
      }
    }
    return new Redaction(pass.found ? write(event) : null, pass.unclear);
  }

  /** Whether a row that was rejected is its root row; {@code key} is a JSON object. */
  public boolean isKey(String key) {
    try {
      JsonNode json = Json.MAPPER.readTree(key);
      List<String> texts = new ArrayList<>();
      json.forEach(value -> texts.add(text(value)));
      return key.equals(entityId) || known.values().stream().anyMatch(rows -> rows.contains(texts));
    } catch (IOException e) {
      return key.equals(entityId);
    }
  }

  private boolean collect(List<LookupReference> references, List<ChildTable> parts) {
    boolean embeds = false;
    for (LookupReference reference : references) {
      if (reference.table().equals(erased.table())) {
        known.putIfAbsent(target(reference), new HashSet<>());
        embeds = true;
      }
      embeds |= collect(reference.references(), List.of());
    }
    for (ChildTable part : parts) {
      embeds |= part.table().equals(erased.table());
      embeds |= collect(part.references(), part.parts());
    }
    return embeds;
  }

  /** The columns of its table that a reference names it by. */
  private List<String> target(LookupReference reference) {
    return reference.to().isEmpty() ? keys.primaryKey() : reference.to();
  }

  /** One event. */
  private final class Pass {
    private boolean found;
    private boolean unclear;

    private void references(ObjectNode row, List<LookupReference> references) {
      for (LookupReference reference : references) {
        if (row.get(reference.name()) instanceof ObjectNode named) {
          if (!reference.table().equals(erased.table())) {
            references(named, reference.references());
          } else if (isIt(named, named(row, reference), target(reference))) {
            row.putNull(reference.name());
            found = true;
          } else {
            references(named, reference.references());
          }
        }
      }
    }

    private void parts(ObjectNode row, List<ChildTable> parts) {
      for (ChildTable part : parts) {
        if (row.get(part.name()) instanceof ArrayNode list) {
          for (int i = list.size() - 1; i >= 0; i--) {
            if (!(list.get(i) instanceof ObjectNode one)) {
              continue;
            }
            if (part.table().equals(erased.table()) && isIt(one, null, List.of())) {
              list.remove(i);
              found = true;
            } else {
              references(one, part.references());
              parts(one, part.parts());
            }
          }
        }
      }
    }

    /** By the columns that the row shows itself, or else by those that name it. */
    private boolean isIt(ObjectNode row, @Nullable List<String> named, List<String> target) {
      boolean told = false;
      for (Map.Entry<List<String>, Set<List<String>>> one : known.entrySet()) {
        List<String> texts = texts(row, one.getKey());
        if (texts != null && !one.getValue().isEmpty()) {
          told = true;
          if (one.getValue().contains(texts)) {
            return true;
          }
        }
      }
      Set<List<String>> by = known.getOrDefault(target, Set.of());
      if (named != null && !by.isEmpty()) {
        return by.contains(named);
      }
      unclear |= !told;
      return false;
    }
  }

  private static @Nullable List<String> named(ObjectNode row, LookupReference reference) {
    if (reference.replacesItsKey()) {
      return null;
    }
    List<String> texts = texts(row, reference.key());
    return texts == null || reference.prefix().isEmpty()
        ? texts
        : LookupReference.rest(row.get(reference.key().getFirst()), reference.prefix())
            .map(List::of)
            .orElse(null);
  }

  private static @Nullable List<String> texts(ObjectNode row, List<String> columns) {
    List<String> texts = new ArrayList<>();
    for (String column : columns) {
      JsonNode value = row.get(column);
      if (value == null || value.isNull()) {
        return null;
      }
      texts.add(text(value));
    }
    return texts.isEmpty() ? null : texts;
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : Json.text(value);
  }

  /** Those of its id, in the order of its columns. */
  private List<String> values() {
    if (entityId.startsWith("{")) {
      try {
        if (Json.MAPPER.readTree(entityId) instanceof ObjectNode several) {
          List<String> texts = new ArrayList<>();
          several.forEach(value -> texts.add(text(value)));
          return texts;
        }
      } catch (IOException e) {
        return List.of(entityId); // a text that only begins so
      }
    }
    return List.of(entityId);
  }

  private static ObjectNode read(byte[] json) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException("an event is JSON", e);
    }
  }

  private static byte[] write(ObjectNode event) {
    try {
      return Json.MAPPER.writeValueAsBytes(event);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
  }
}
