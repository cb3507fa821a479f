package io.rowhook.recipient;

import io.rowhook.entity.EventType;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How one recipient gets one event: decided once, when it is dispatched, and recorded with the
 * delivery. Every attempt goes by it, whatever was edited or killed since.
 *
 * @param subscription tells the subscription that wants it from all others; empty: a person wants
 *     it and no subscription does
 * @param latest where only the latest event of an entity is wanted, the types that are; else empty
 * @param rendering the hash of the attribute set, the format and the topic, in the words of {@code
 *     template.Shaped}
 */
public record Match(String subscription, Set<EventType> latest, String rendering) {

  private static final String LATEST = ";latest=";

  public Match {
    latest = Set.copyOf(latest);
  }

  /** As it is recorded. */
  public String text() {
    String types = latest.stream().map(Enum::name).sorted().collect(Collectors.joining("+"));
    return subscription + (latest.isEmpty() ? "" : LATEST + types) + " " + rendering;
  }

  /** From what {@link #text} has made. */
  public static Match parse(String text) {
    int space = text.indexOf(' ');
    String[] chosen = text.substring(0, Math.max(space, 0)).split(LATEST, 2);
    Set<EventType> latest =
        chosen.length == 1
            ? Set.of()
            : Arrays.stream(chosen[1].split("\\+"))
                .map(EventType::valueOf)
                .collect(Collectors.toSet());
    return new Match(chosen[0], latest, text.substring(space + 1));
  }
}
