package io.rowhook.recipient;

import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which events of which entity a recipient gets, under which condition, and in which attribute set.
 * What it says of an event's values is judged in the webhook room ({@code SubscriptionMatcher}),
 * which alone may read them.
 *
 * @param entity {@code Order}
 * @param events which of the three
 * @param id this entity only, as text; see {@link Event#entityId}
 * @param changed at least one of these attributes must have changed; empty: whatever changed
 * @param becomes by attribute the values, as text, of which it must have one: the entity was
 *     created so, or has changed to it; every attribute named must have one of its values now, and
 *     at least one must have just got it. Empty: whatever it became
 * @param when a condition in JSLT over the event; empty: none
 * @param attributes the attribute set's name; empty: the recipient's own for the entity, else the
 *     one for all, else built-in {@code full}
 * @param topic instead of the event's own: {@code order.shipped}
 * @param latestOnly of several events of one entity that were not attempted yet only the newest is
 *     sent, merged over the others
 * @param line method and path of its requests; what it leaves open, the recipient says
 */
public record Subscription(
    String entity,
    Set<EventType> events,
    Optional<String> id,
    Set<String> changed,
    Map<String, Set<String>> becomes,
    Optional<String> when,
    Optional<String> attributes,
    Optional<String> topic,
    boolean latestOnly,
    RequestLine line) {

  /** In JSLT; that it may stand inside of a text there does no harm. */
  private static final Pattern OLD_VALUES = Pattern.compile("\\.\\s*\"?(previous|changed)\\b");

  public Subscription {
    events = Set.copyOf(events);
    changed = Set.copyOf(changed);
    becomes =
        becomes.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey, one -> Set.copyOf(one.getValue())));
  }

  /** One whose requests are the recipient's usual ones. */
  public Subscription(
      String entity,
      Set<EventType> events,
      Optional<String> id,
      Set<String> changed,
      Map<String, Set<String>> becomes,
      Optional<String> when,
      Optional<String> attributes,
      Optional<String> topic,
      boolean latestOnly) {
    this(
        entity,
        events,
        id,
        changed,
        becomes,
        when,
        attributes,
        topic,
        latestOnly,
        RequestLine.OPEN);
  }

  /** One without conditions. */
  public Subscription(
      String entity, Set<EventType> events, Optional<String> id, Optional<String> attributes) {
    this(
        entity,
        events,
        id,
        Set.of(),
        Map.of(),
        Optional.empty(),
        attributes,
        Optional.empty(),
        false);
  }

  /** Whether an event is of the kind that is wanted, whatever its values are. */
  public boolean matches(Event event) {
    return entity.equals(event.entityType())
        && events.contains(event.type())
        && (id.isEmpty() || id.get().equals(event.entityId()));
  }

  /** Whether it can match what brings a recipient up to date. */
  public boolean wantsSnapshots() {
    return events.contains(EventType.Snapshot) && changed.isEmpty();
  }

  /** Whether it looks at an event's values too. */
  public boolean isConditional() {
    return when.isPresent() || !changed.isEmpty() || !becomes.isEmpty();
  }

  /**
   * The key that cannot be judged where the source does not log old values; empty: there is none.
   */
  public Optional<String> needingOldValues() {
    if (!changed.isEmpty()) {
      return Optional.of("changed");
    }
    if (!becomes.isEmpty() && events.contains(EventType.Updated)) {
      return Optional.of("becomes");
    }
    return when.filter(text -> OLD_VALUES.matcher(text).find()).map(_ -> "when");
  }
}
