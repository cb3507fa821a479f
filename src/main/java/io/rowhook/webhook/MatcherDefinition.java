package io.rowhook.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.entity.EventType;
import io.rowhook.recipient.Subscription;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What {@link SubscriptionMatcher} decides by, as text: the subscriptions, and for each how its
 * bodies are made. The same settings and templates give the same text. So it tells whether an edit
 * changes a decision, and the journal keeps it for those that were made by it.
 *
 * @param notFrom whose doing the recipient is not told of: values of the event's context
 * @param subscriptions in their order
 * @param renderings of each, as in {@code recipient.Match}; empty: it names an attribute set that
 *     does not exist
 */
record MatcherDefinition(
    Set<String> notFrom, List<Subscription> subscriptions, List<String> renderings) {

  private static final String NOT_FROM = "not-from";

  MatcherDefinition {
    notFrom = Set.copyOf(notFrom);
    subscriptions = List.copyOf(subscriptions);
    renderings = List.copyOf(renderings);
  }

  /** As JSON, its keys and values in one order. */
  String text() {
    ArrayNode all = Json.MAPPER.createArrayNode();
    if (!notFrom.isEmpty()) {
      all.addObject().set(NOT_FROM, array(notFrom));
    }
    for (int i = 0; i < subscriptions.size(); i++) {
      all.add(json(subscriptions.get(i)).put("rendering", renderings.get(i)));
    }
    return all.toString();
  }

  /** Of one subscription, without its rendering. */
  static String text(Subscription subscription) {
    return json(subscription).toString();
  }

  private static ObjectNode json(Subscription subscription) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("entity", subscription.entity());
    json.set("events", array(subscription.events().stream().map(Enum::name).toList()));
    subscription.id().ifPresent(id -> json.put("id", id));
    json.set("changed", array(subscription.changed()));
    ObjectNode becomes = json.putObject("becomes");
    new TreeMap<>(subscription.becomes())
        .forEach((name, values) -> becomes.set(name, array(values)));
    subscription.when().ifPresent(when -> json.put("when", when));
    subscription.attributes().ifPresent(name -> json.put("attributes", name));
    subscription.topic().ifPresent(topic -> json.put("topic", topic));
    return json.put("latest-only", subscription.latestOnly());
  }

  private static ArrayNode array(Collection<String> texts) {
    ArrayNode array = Json.MAPPER.createArrayNode();
    texts.stream().sorted().forEach(array::add);
    return array;
  }

  /**
   * Reads what {@link #text()} has written.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static MatcherDefinition parse(String text) {
    try {
      List<Subscription> subscriptions = new ArrayList<>();
      List<String> renderings = new ArrayList<>();
      Set<String> notFrom = Set.of();
      for (JsonNode json : Json.MAPPER.readTree(text)) {
        if (json.has(NOT_FROM)) {
          notFrom = texts(json.path(NOT_FROM));
          continue;
        }
        subscriptions.add(subscription(json));
        renderings.add(json.path("rendering").asText());
      }
      return new MatcherDefinition(notFrom, subscriptions, renderings);
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static Subscription subscription(JsonNode json) {
    Set<EventType> events = new LinkedHashSet<>();
    texts(json.path("events")).forEach(name -> events.add(EventType.valueOf(name)));
    Map<String, Set<String>> becomes = new HashMap<>();
    json.path("becomes")
        .properties()
        .forEach(one -> becomes.put(one.getKey(), texts(one.getValue())));
    return new Subscription(
        json.path("entity").asText(),
        events,
        text(json, "id"),
        texts(json.path("changed")),
        becomes,
        text(json, "when"),
        text(json, "attributes"),
        text(json, "topic"),
        json.path("latest-only").asBoolean());
  }

  private static Optional<String> text(JsonNode json, String name) {
    return Optional.ofNullable(json.get(name)).map(JsonNode::asText);
  }

  private static Set<String> texts(JsonNode array) {
    Set<String> texts = new LinkedHashSet<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
