package io.rowhook.webhook.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.template.TemplateException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges a subscription's {@code changed}: whether an event changed one of the attributes named
 * there. Pure.
 *
 * @param changed one of these must have; never empty
 * @param key where it stands in the recipient's file, for messages
 */
public record ChangedCondition(Set<String> changed, String key) {

  /**
   * Returns the reason why none of them has changed, without values of the event; null if one has.
   *
   * @param event the event's JSON
   * @throws TemplateException if it is not known, since the source logged no old row
   */
  @Nullable
  public String whyNot(JsonNode event) throws TemplateException {
    List<String> names = names(key, event);
    return names.stream().anyMatch(changed::contains)
        ? null
        : "none of " + sorted(changed) + " has changed, but " + sorted(names);
  }

  /** A row's old state that the source did not log is not known; that must not pass in silence. */
  static List<String> names(String key, JsonNode event) throws TemplateException {
    JsonNode changed = event.path("changed");
    if (!changed.isArray()) {
      throw new TemplateException(
          key
              + ": what has changed is not known, since table "
              + event.path("source").path("table").asText("(unknown)")
              + " did not log old rows then. ALTER TABLE ... REPLICA IDENTITY FULL mends it for"
              + " what comes");
    }
    List<String> names = new ArrayList<>();
    changed.forEach(name -> names.add(name.asText()));
    return names;
  }

  static String sorted(Collection<String> names) {
    return names.isEmpty() ? "nothing" : String.join(", ", names.stream().sorted().toList());
  }
}
