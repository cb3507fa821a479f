package io.rowhook.recipient;

import io.rowhook.entity.EventType;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How one recipient gets one event: decided once, when it is dispatched, and recorded with the
 * delivery. Every attempt goes by it, whatever was edited or killed since.
 *
 * @param text as it is recorded
 * @param subscription tells the subscription that wants it from all others; empty: a person wants
 *     it and no subscription does
 * @param latest where only the latest event of an entity is wanted, the types that are; else empty
 * @param rendering the hash of the attribute set, the format and the topic, in the words of {@code
 *     template.BodyRenderer}
 */
public record Match(String text, String subscription, Set<EventType> latest, String rendering) {

  private static final String LATEST = ";latest=";

  public Match {
    latest = Set.copyOf(latest);
  }

  /** One that is decided now. */
  public static Match of(String subscription, Set<EventType> latest, String rendering) {
    String types = latest.stream().map(Enum::name).sorted().collect(Collectors.joining("+"));
    String text = subscription + (latest.isEmpty() ? "" : LATEST + types) + " " + rendering;
    return new Match(text, subscription, latest, rendering);
  }

  /** One that was recorded. */
  public static Match parse(String text) {
    int space = text.indexOf(' ');
    String chosen = text.substring(0, Math.max(space, 0));
    String rendering = text.substring(space + 1);
    int at = chosen.indexOf(LATEST);
    if (at < 0) {
      return new Match(text, chosen, Set.of(), rendering);
    }
    Set<EventType> latest =
        Arrays.stream(chosen.substring(at + LATEST.length()).split("\\+"))
            .map(EventType::valueOf)
            .collect(Collectors.toSet());
    return new Match(text, chosen.substring(0, at), latest, rendering);
  }
}
