package io.rowhook.settings.recipients;

import io.rowhook.base.DidYouMean;
import io.rowhook.entity.EventType;
import io.rowhook.entity.OwnEvent;
import io.rowhook.recipient.RequestLine;
import io.rowhook.recipient.Subscription;
import io.rowhook.settings.entities.EntityNames;
import io.rowhook.settings.yaml.InvalidValueException;
import io.rowhook.settings.yaml.Location;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.ParseSession;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.Mappings;
import io.rowhook.settings.yaml.Value.Named;
import io.rowhook.settings.yaml.ValueParser;
import io.rowhook.settings.yaml.Yaml;
import io.rowhook.settings.yaml.YamlNode;
import io.rowhook.settings.yaml.YamlNode.Fields;
import io.rowhook.settings.yaml.YamlNode.Items;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads {@code subscriptions} in a recipient's file: which events of which entity it gets. */
final class SubscriptionParser {

  private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/:-]{0,127}");

  private static final List<String> ANY = List.of("string", "number", "boolean");

  private static final Setting<String> ENTITY =
      Setting.required(
          "entity",
          Value.of(
              ValueParser.text(),
              Map.of("type", "string", "pattern", "^[A-Z][A-Za-z0-9]*$|\\$\\{")),
          "as `entities.yaml` names it, or `Rowhook`");

  private static final Setting<String> ID =
      Setting.of(
              "id",
              Value.of(ValueParser.text(), Map.of("type", List.of("string", "number"))),
              "this entity only")
          .without("all");

  private static final Setting<List<String>> CHANGED =
      Setting.of(
              "changed",
              Value.someOf(Value.text(ValueParser.text())),
              "at least one of these attributes has changed; so never a Created or Deleted")
          .within("needs `REPLICA IDENTITY FULL`")
          .without("whatever changed");

  private static final Setting<Fields> BECOMES =
      Setting.of(
              "becomes",
              new Named(
                  Value.someOf(Value.of(value -> value, Map.of("type", ANY))),
                  "",
                  1,
                  Integer.MAX_VALUE),
              "`{ status: shipped }`: created so, or changed to it. Several names: all are so now,"
                  + " and one has just become so; a list of values: any of them. So never a Deleted")
          .within("needs `REPLICA IDENTITY FULL`")
          .without("whatever it became");

  private static final Setting<String> WHEN =
      Setting.of(
              "when",
              Value.text(ValueParser.condition("'.data.status == \"shipped\"'")),
              "a JSLT condition over the event: `'.data.status == \"shipped\"'`, `'.previous.stock =="
                  + " 0 and .data.stock > 0'`")
          .within("[Conditions](templates.md#conditions)")
          .without("none");

  private static final Setting<String> SUBJECT =
      Setting.of(
              "topic",
              Value.text(SubscriptionParser::topic),
              "its own name for it, as `order.shipped`: the header `Rowhook-Topic`, and `type` of"
                  + " the event that the attribute set is given and `full` sends")
          .without("`order.updated` and the like");

  private static final Setting<String> ATTRIBUTES =
      Setting.of(
              "attributes",
              Value.text(ValueParser.text()),
              "the [attribute set](templates.md#attribute-sets):"
                  + " `jslt-templates/<recipient>/<name>.jslt`, then `jslt-templates/<name>.jslt`,"
                  + " then built-in `full`, `notify`")
          .without("`<recipient>/<Entity>.jslt`, then `<Entity>.jslt`, then `full`");

  private static final Setting<Boolean> LATEST_ONLY =
      Setting.of(
              "latest-only",
              Value.flag(),
              "of several events of one entity that were not attempted yet [only the"
                  + " newest](templates.md#only-the-latest) is sent")
          .or(false);

  private static final ObjectSetting<?> OBJECT =
      ObjectSetting.of(
          ENTITY,
          EventsParser.EVENTS,
          ID,
          CHANGED,
          BECOMES,
          WHEN,
          SUBJECT,
          ATTRIBUTES,
          RequestLineParser.OWN_METHOD,
          RequestLineParser.OWN_PATH,
          LATEST_ONLY);

  static final Setting<Items> SETTING =
      Setting.of("subscriptions", new Mappings(OBJECT), "the first that wants an event decides")
          .without("everything, as `full`");

  private final String recipient;
  private final List<String> entities;
  private final TemplateNames sets;
  private final ParseSession session;

  private SubscriptionParser(
      String recipient, List<String> entities, TemplateNames sets, ParseSession session) {
    this.recipient = recipient;
    this.entities = entities;
    this.sets = sets;
    this.session = session;
  }

  /** Those in the file; without the key one for each entity, with all its events. */
  static List<Subscription> read(
      Fields fields,
      String recipient,
      EntityNames entities,
      TemplateNames sets,
      ParseSession session) {
    if (fields.get(SETTING).isEmpty()) {
      return entities.captured().stream()
          .map(entity ->
              new Subscription(entity, EventType.CHANGES, Optional.empty(), Optional.empty()))
          .toList();
    }
    SubscriptionParser keys =
        new SubscriptionParser(recipient, entities.described(), sets, session);
    return fields.read(SETTING).map(keys::all).orElse(List.of());
  }

  private List<Subscription> all(Items items) {
    if (items.items().isEmpty()) {
      session
          .problems()
          .add(
              items.location(),
              "subscriptions is an empty list, so that nothing would be sent."
                  + " Add one, or take it out to get every event of every entity.");
    }
    List<Subscription> subscriptions = new ArrayList<>();
    for (YamlNode item : items.items()) {
      if (item instanceof Fields fields) {
        one(fields).ifPresent(subscriptions::add);
      } else {
        Yaml.wrongKind(item, "a mapping", session);
      }
    }
    return subscriptions;
  }

  private Optional<Subscription> one(Fields fields) {
    fields.check(OBJECT);
    Optional<String> entity = fields.read(ENTITY, this::entity);
    boolean own = entity.filter(OwnEvent.ENTITY::equals).isPresent();
    Set<EventType> events = EventsParser.read(fields, own);
    Optional<String> id = fields.read(ID);
    Optional<String> attributes = fields.read(ATTRIBUTES, value -> sets.checked(recipient, value));
    Set<String> changed = changed(fields, events);
    Map<String, Set<String>> becomes = becomes(fields, events);
    Optional<String> when = fields.read(WHEN);
    Optional<String> topic = fields.read(SUBJECT);
    boolean latestOnly = fields.readOrDefault(LATEST_ONLY);
    if (own) {
      EventsParser.checkOwn(fields, List.of(CHANGED, BECOMES, LATEST_ONLY));
    }
    RequestLine line = RequestLineParser.read(fields);
    return entity.map(name ->
        new Subscription(
            name, events, id, changed, becomes, when, attributes, topic, latestOnly, line));
  }

  /** Whether the entity has them is not for the settings to know. */
  private Set<String> changed(Fields fields, Set<EventType> events) {
    Optional<List<String>> named = fields.read(CHANGED);
    if (named.isEmpty()) {
      return Set.of();
    }
    Location location = fields.location(CHANGED);
    if (named.get().isEmpty()) {
      if (fields.hasEmptyList(CHANGED)) {
        session
            .problems()
            .add(location, location.key() + " is an empty list. Name attributes, or take it out.");
      }
    } else if (!events.contains(EventType.Updated)) {
      session
          .problems()
          .add(
              location,
              location.key()
                  + " is for Updated events, which events does not name, so that nothing would be"
                  + " sent. Add Updated, or take it out.");
    }
    return Set.copyOf(named.get());
  }

  /** By attribute its values; a single value stands for a list of one. */
  private Map<String, Set<String>> becomes(Fields fields, Set<EventType> events) {
    Optional<Fields> named = fields.read(BECOMES);
    if (named.isEmpty()) {
      return Map.of();
    }
    Location location = named.get().location();
    if (named.get().names().isEmpty()) {
      session
          .problems()
          .add(
              location,
              location.key()
                  + " names no attribute. Write for example becomes: {status: shipped}, or take it"
                  + " out.");
    } else if (events.equals(Set.of(EventType.Deleted))) {
      session
          .problems()
          .add(
              location,
              location.key()
                  + " is for Created, Updated and Snapshot events, which events does not name, so that"
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
                session
                    .problems()
                    .add(
                        node.location(),
                        node.location().key()
                            + " is an empty list, so that nothing would be sent. Name values, or"
                            + " take it out."));
      }
      becomes.put(attribute, Set.copyOf(values.orElse(List.of())));
    }
    return becomes;
  }

  private static String topic(String value) throws InvalidValueException {
    if (!TOPIC.matcher(value).matches()) {
      throw InvalidValueException.because(
          "must be a topic: up to 128 letters, digits, full stops, hyphens, underscores, slashes"
              + " and colons",
          "Write for example order.shipped.");
    }
    return value;
  }

  private String entity(String value) throws InvalidValueException {
    // Without entities their own file has a problem, which is reported there.
    if (!entities.isEmpty() && !entities.contains(value) && !value.equals(OwnEvent.ENTITY)) {
      throw InvalidValueException.because(
          "must be an entity of entities.yaml", DidYouMean.advice(value, entities, "It has"));
    }
    return value;
  }
}
