package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A text.
 *
 * @param min characters, at least
 * @param max characters, at most
 * @param pattern a regular expression that it is; empty: any
 * @param format {@link #TIME}, or empty
 * @param choices one of these; empty: any
 */
record TextSchema(int min, int max, String pattern, String format, List<String> choices)
    implements Schema {

  static final String TIME = "date-time";

  private static final int LAST_YEAR = 9999;

  @Override
  public ObjectNode json(Map<String, ObjectNode> components) {
    ObjectNode json = Schemas.type("string");
    if (!choices.isEmpty()) {
      choices.forEach(json.putArray("enum")::add);
    }
    if (!format.isEmpty()) {
      json.put("format", format);
    }
    if (min > 0) {
      json.put("minLength", min);
    }
    if (max < Integer.MAX_VALUE) {
      json.put("maxLength", max);
    }
    if (!pattern.isEmpty()) {
      json.put("pattern", "^(?:" + pattern + ")$");
    }
    return json;
  }

  @Override
  public void check(JsonNode value, String place, List<FieldError> wrong) {
    if (!value.isTextual()) {
      Schemas.wrong(wrong, place, choices.isEmpty() ? "a text" : "one of " + words(), value);
      return;
    }
    String text = value.asText();
    int length = text.codePointCount(0, text.length());
    if (!choices.isEmpty() && !choices.contains(text)) {
      wrong.add(new FieldError(place, "must be one of " + words() + ", got: '" + text + "'"));
    } else if (length < min || length > max) {
      wrong.add(
          new FieldError(
              place,
              "must have "
                  + (max == Integer.MAX_VALUE ? "at least " + min : min + " to " + max)
                  + " characters, has "
                  + length));
    } else if (text.codePoints().anyMatch(one -> one >= 0xD800 && one <= 0xDFFF)) {
      wrong.add(new FieldError(place, "must be Unicode, and has half of a character"));
    } else if (!pattern.isEmpty() && !Pattern.matches(pattern, text)) {
      wrong.add(new FieldError(place, "must match " + pattern + ", got: '" + text + "'"));
    } else if (format.equals(TIME) && !isTime(text)) {
      wrong.add(
          new FieldError(
              place, "must be a time such as 2026-05-24T15:20:44Z, got: '" + text + "'"));
    }
  }

  private String words() {
    return String.join(", ", choices);
  }

  private static boolean isTime(String text) {
    try {
      int year = OffsetDateTime.parse(text).getYear();
      return year >= 1 && year < LAST_YEAR;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
