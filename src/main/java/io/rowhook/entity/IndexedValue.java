package io.rowhook.entity;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value that an event is found by.
 *
 * @param column of the entity's table
 * @param value as text, as far as {@link #MAX_LENGTH}
 */
public record IndexedValue(String column, String value) {

  /** In characters; of what is longer only the beginning is compared. */
  public static final int MAX_LENGTH = 200;

  public IndexedValue {
    value = cut(value);
  }

  /** The value of a column in an event's data; empty where there is none, or it is null. */
  public static Optional<IndexedValue> of(String column, @Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    String text = value.isTextual() ? value.textValue() : Json.text(value);
    return Optional.of(new IndexedValue(column, text));
  }

  private static String cut(String value) {
    if (value.length() <= MAX_LENGTH) {
      return value;
    }
    boolean splits = Character.isHighSurrogate(value.charAt(MAX_LENGTH - 1));
    return value.substring(0, splits ? MAX_LENGTH - 1 : MAX_LENGTH);
  }

  @Override
  public String toString() {
    return "IndexedValue[" + column + "]"; // no values: they are personal data
  }
}
