package io.rowhook.settings;

import io.rowhook.capture.Nearest;
import io.rowhook.entity.EventType;
import io.rowhook.recipient.RequestLine;
import io.rowhook.recipient.Subscription;
import io.rowhook.settings.YamlNode.Fields;
import io.rowhook.settings.YamlNode.Items;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads {@code subscriptions} in a recipient's file: which events of which entity it gets. */
final class SubscriptionKeys {

  private static final YamlKeys ONE =
      new YamlKeys(
          List.of("entity"),
          List.of(
              "events",
              "id",
              "changed",
              "becomes",
              "when",
              "attributes",
              "topic",
              "latest-only",
              "method",
              "path"));

  /** By mapping, see {@link RecipientFile#KEYS}. */
  static final Map<String, YamlKeys> KEYS = Map.of("subscriptions[]", ONE);

  private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/:-]{0,127}");

  private static final Set<EventType> ALL = EnumSet.allOf(EventType.class);

  private final String recipient;
  private final List<String> entities;
  private final AttributeSetFiles sets;
  private final Reading reading;

  private SubscriptionKeys(
      String recipient, List<String> entities, AttributeSetFiles sets, Reading reading) {
    this.recipient = recipient;
    this.entities = entities;
    this.sets = sets;
    this.reading = reading;
  }

  /** Those in the file; without the key one for each entity, with all its events. */
  static List<Subscription> read(
      Fields fields,
      String recipient,
      EntityNames entities,
      AttributeSetFiles sets,
      Reading reading) {
    if (fields.get("subscriptions").isEmpty()) {
      return entities.captured().stream()
          .map(entity -> new Subscription(entity, ALL, Optional.empty(), Optional.empty()))
          .toList();
    }
    SubscriptionKeys keys = new SubscriptionKeys(recipient, entities.described(), sets, reading);
    return fields.list("subscriptions").map(keys::all).orElse(List.of());
  }

  private List<Subscription> all(Items items) {
    if (items.items().isEmpty()) {
      reading
          .problems()
          .add(
              items.place(),
              "subscriptions is an empty list, so that nothing would be sent."
                  + " Add one, or take it out to get every event of every entity.");
    }
    List<Subscription> subscriptions = new ArrayList<>();
    for (YamlNode item : items.items()) {
      if (item instanceof Fields fields) {
        one(fields).ifPresent(subscriptions::add);
      } else {
        Yaml.wrongKind(item, "a mapping", reading);
      }
    }
    return subscriptions;
  }

  private Optional<Subscription> one(Fields fields) {
    fields.check(ONE);
    Optional<String> entity = fields.read("entity", this::entity);
    Set<EventType> events = events(fields);
    Optional<String> id = fields.read("id", Rule.text());
    Optional<String> attributes =
        fields.read("attributes", value -> sets.checked(recipient, value));
    Set<String> changed = changed(fields, events);
    Map<String, Set<String>> becomes = becomes(fields, events);
    Optional<String> when = fields.read("when", Rule.condition("'.data.status == \"shipped\"'"));
    Optional<String> topic = fields.read("topic", SubscriptionKeys::topic);
    boolean latestOnly = fields.read("latest-only", Rule.flag()).orElse(false);
    RequestLine line = RequestLineKeys.read(fields, reading);
    return entity.map(name ->
        new Subscription(
            name, events, id, changed, becomes, when, attributes, topic, latestOnly, line));
  }

  /** Whether the entity has them is not for the settings to know. */
  private Set<String> changed(Fields fields, Set<EventType> events) {
    Optional<List<String>> named = fields.readList("changed", Rule.text());
    if (named.isEmpty()) {
      return Set.of();
    }
    Place place = fields.get("changed").map(YamlNode::place).orElse(fields.place());
    if (named.get().isEmpty()) {
      boolean empty =
          fields.get("changed").orElse(null) instanceof Items items && items.items().isEmpty();
      if (empty) {
        reading
            .problems()
            .add(place, place.key() + " is an empty list. Name attributes, or take it out.");
      }
    } else if (!events.contains(EventType.Updated)) {
      reading
          .problems()
          .add(
              place,
              place.key()
                  + " is for Updated events, which events does not name, so that nothing would be"
                  + " sent. Add Updated, or take it out.");
    }
    return Set.copyOf(named.get());
  }

  /** By attribute its values; a single value stands for a list of one. */
  private Map<String, Set<String>> becomes(Fields fields, Set<EventType> events) {
    Optional<Fields> named = fields.mapping("becomes");
    if (named.isEmpty()) {
      return Map.of();
    }
    Place place = named.get().place();
    if (named.get().names().isEmpty()) {
      reading
          .problems()
          .add(
              place,
              place.key()
                  + " names no attribute. Write for example becomes: {status: shipped}, or take it"
                  + " out.");
    } else if (!events.contains(EventType.Created) && !events.contains(EventType.Updated)) {
      reading
          .problems()
          .add(
              place,
              place.key()
                  + " is for Created and Updated events, which events does not name, so that"
                  + " nothing would be sent. Add one of them, or take it out.");
    }
    Map<String, Set<String>> becomes = new TreeMap<>();
    for (String attribute : named.get().names()) {
      Optional<List<String>> values = named.get().readList(attribute, value -> value);
      if (values.isPresent() && values.get().isEmpty()) {
        named
            .get()
            .get(attribute)
            .filter(node -> node instanceof Items items && items.items().isEmpty())
            .ifPresent(node ->
                reading
                    .problems()
                    .add(
                        node.place(),
                        node.place().key()
                            + " is an empty list, so that nothing would be sent. Name values, or"
                            + " take it out."));
      }
      becomes.put(attribute, Set.copyOf(values.orElse(List.of())));
    }
    return becomes;
  }

  private static String topic(String value) throws Refused {
    if (!TOPIC.matcher(value).matches()) {
      throw Refused.because(
          "must be a topic: up to 128 letters, digits, full stops, hyphens, underscores, slashes"
              + " and colons",
          "Write for example order.shipped.");
    }
    return value;
  }

  private String entity(String value) throws Refused {
    // Without entities their own file has a problem, which is reported there.
    if (!entities.isEmpty() && !entities.contains(value)) {
      throw Refused.because(
          "must be an entity of entities.yaml", Nearest.advice(value, entities, "It has"));
    }
    return value;
  }

  private Set<EventType> events(Fields fields) {
    Optional<List<EventType>> named = fields.readList("events", Rule.oneOf(EventType.class));
    if (named.isEmpty() || named.get().isEmpty()) {
      boolean empty =
          fields.get("events").orElse(null) instanceof Items items && items.items().isEmpty();
      if (empty) {
        Place place = fields.get("events").map(YamlNode::place).orElse(fields.place());
        reading
            .problems()
            .add(place, place.key() + " is an empty list. Name events, or take it out to get all.");
      }
      return ALL;
    }
    return EnumSet.copyOf(named.get());
  }
}
