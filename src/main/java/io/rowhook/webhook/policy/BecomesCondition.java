package io.rowhook.webhook.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.entity.EventType;
import io.rowhook.template.TemplateException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Judges a subscription's {@code becomes}: whether an event made its entity what is named there. A
 * Created did if the entity was created so, and a Snapshot if it is so; an Updated did if the
 * entity is so now and one of the attributes named has changed; a Deleted never does. Pure.
 *
 * @param becomes by attribute the values of which it must have one, never empty; see {@link
 *     io.rowhook.recipient.Subscription#becomes}
 * @param key where it stands in the recipient's file, for messages
 */
public record BecomesCondition(Map<String, Set<String>> becomes, String key) {

  /**
   * Returns the reason why the entity did not become so, without values of the event; null if it
   * did.
   *
   * @param event the event's JSON
   * @throws TemplateException if it is not known, since the source logged no old row, or a value is
   *     not available
   */
  @Nullable
  public String whyNot(EventType type, JsonNode event) throws TemplateException {
    if (type == EventType.Deleted) {
      return "a Deleted does not become anything";
    }
    for (Map.Entry<String, Set<String>> one : new TreeMap<>(becomes).entrySet()) {
      String attribute = one.getKey();
      JsonNode now = event.path("data").path(attribute);
      if (now.isMissingNode() && isUnavailable(event, attribute)) {
        throw new TemplateException(
            key + "." + attribute + ": its value is not known, see unavailable of the event");
      }
      if (one.getValue().stream().noneMatch(value -> isEqual(now, value))) {
        return attribute
            + " is not "
            + String.join(" or ", one.getValue().stream().sorted().toList());
      }
    }
    if (type == EventType.Created || type == EventType.Snapshot) {
      return null;
    }
    List<String> changed = ChangedCondition.names(key, event);
    return changed.stream().anyMatch(becomes::containsKey)
        ? null
        : "none of " + ChangedCondition.sorted(becomes.keySet()) + " has changed: it was so before";
  }

  private static boolean isUnavailable(JsonNode event, String attribute) {
    for (JsonNode name : event.path("unavailable")) {
      if (name.asText().equals(attribute)) {
        return true;
      }
    }
    return false;
  }

  /** Numbers are equal by what they are, {@code 12.50} to {@code 12.5}; all else as written. */
  private static boolean isEqual(JsonNode value, String written) {
    if (value.isNumber()) {
      try {
        return value.decimalValue().compareTo(new BigDecimal(written.strip())) == 0;
      } catch (NumberFormatException e) {
        return false;
      }
    }
    return (value.isTextual() || value.isBoolean()) && value.asText().equals(written);
  }
}
