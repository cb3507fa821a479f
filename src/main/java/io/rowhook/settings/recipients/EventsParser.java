package io.rowhook.settings.recipients;

import io.rowhook.base.DidYouMean;
import io.rowhook.entity.EventType;
import io.rowhook.entity.OwnEvent;
import io.rowhook.settings.yaml.InvalidValueException;
import io.rowhook.settings.yaml.Location;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The key {@code events} of a subscription: of an entity, or of Rowhook itself. */
final class EventsParser {

  static final Setting<List<EventType>> EVENTS =
      Setting.of(
              "events",
              Value.someOf(Value.oneOf(EventsParser::event, names(EnumSet.allOf(EventType.class)))),
              "which of them; those from `RecipientPaused` on are of entity"
                  + " [`Rowhook`](operating.md#what-rowhook-tells-of-itself) alone")
          .without("Created, Updated, Deleted; of `Rowhook` all but `Complete`");

  private EventsParser() {}

  /**
   * Those that are named, or all that can be meant.
   *
   * @param own whether they are of Rowhook itself
   */
  static Set<EventType> read(Fields fields, boolean own) {
    Set<EventType> possible = own ? EventType.OWN : EventType.OF_ENTITIES;
    Optional<List<EventType>> named = fields.read(EVENTS);
    if (named.isEmpty() || named.get().isEmpty()) {
      if (fields.hasEmptyList(EVENTS)) {
        Location location = fields.location(EVENTS);
        fields
            .session()
            .problems()
            .add(
                location,
                location.key()
                    + " is an empty list. Name events, or take it out to get Created, Updated and Deleted.");
      }
      return own ? EventType.ALERTS : EventType.CHANGES;
    }
    for (EventType event : named.get()) {
      if (!possible.contains(event)) {
        Location location = fields.location(EVENTS);
        fields
            .session()
            .problems()
            .add(
                location,
                own
                    ? "%s names %s, which is none of entity %s. Name one of its own, or take events out to get all alerts."
                        .formatted(location.key(), event, OwnEvent.ENTITY)
                    : "%s names %s, which is of entity %s alone. Give that a subscription of its own."
                        .formatted(location.key(), event, OwnEvent.ENTITY));
      }
    }
    return EnumSet.copyOf(named.get());
  }

  /** An entity's are named first: nearly always one of these is meant. */
  private static EventType event(String value) throws InvalidValueException {
    List<String> all = names(EnumSet.allOf(EventType.class));
    if (!all.contains(value)) {
      throw InvalidValueException.because(
          "must be one of " + String.join(", ", names(EventType.OF_ENTITIES)),
          DidYouMean.to(value, all)
              .map(near -> "Did you mean " + near + "?")
              .orElse("Write one of these."));
    }
    return EventType.valueOf(value);
  }

  private static List<String> names(Set<EventType> types) {
    return types.stream().map(Enum::name).toList();
  }

  /**
   * What happens to Rowhook has no old values, and none of it is left out.
   *
   * @param settings that so are of no use
   */
  static void checkOwn(Fields fields, List<Setting<?>> settings) {
    for (Setting<?> setting : settings) {
      if (fields.get(setting).isPresent()) {
        Location location = fields.location(setting);
        fields
            .session()
            .problems()
            .add(
                location,
                "%s is not for entity %s. Take it out; a condition in when can look at what the event says."
                    .formatted(location.key(), OwnEvent.ENTITY));
      }
    }
  }
}
