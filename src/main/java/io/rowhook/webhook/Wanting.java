package io.rowhook.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.capture.ExactJson;
import io.rowhook.entity.Event;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.template.AttributeSet;
import io.rowhook.template.AttributeSets;
import io.rowhook.template.Condition;
import io.rowhook.template.Shaped;
import io.rowhook.template.TemplateException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which of a recipient's subscriptions wants an event: between the journal and the {@link Window}.
 * The first that does decides how it is sent. Looks at the event's own values and at nothing else,
 * so that the answer is the same at any time. Made for one state of a recipient's settings; any
 * thread.
 *
 * <p>The window asks when it takes an event in; what it then passes over is settled with the
 * cursor, and what it takes is owed, whatever is edited afterwards.
 */
public final class Wanting {

  private final Recipient recipient;
  private final List<Rule> rules;
  private final boolean latestOnly;

  private record Rule(int index, Subscription subscription, Optional<Condition> when) {

    String key(String name) {
      return "subscriptions[" + index + "]." + name;
    }
  }

  /**
   * What became of an event at one subscription.
   *
   * @param index of the subscription, from 0
   * @param whyNot in words, with values of the event; null: it wants it
   */
  public record Finding(int index, Subscription subscription, @Nullable String whyNot) {}

  /**
   * Compiles the conditions.
   *
   * @throws IllegalArgumentException if one does not compile
   */
  public Wanting(Recipient recipient) {
    this.recipient = recipient;
    this.latestOnly = recipient.subscriptions().stream().anyMatch(Subscription::latestOnly);
    List<Rule> all = new ArrayList<>();
    for (Subscription subscription : recipient.subscriptions()) {
      int index = all.size();
      Optional<Condition> when =
          subscription.when().map(text -> compiled("subscriptions[" + index + "].when", text));
      all.add(new Rule(index, subscription, when));
    }
    rules = List.copyOf(all);
  }

  private static Condition compiled(String name, String text) {
    try {
      return Condition.compile(name, text);
    } catch (TemplateException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Whether a later answer may be another, since a condition was edited meanwhile. */
  boolean hasConditions() {
    return rules.stream().anyMatch(rule -> rule.subscription.isConditional());
  }

  /** Whether some subscription wants the latest only, so that there is a point in asking which. */
  boolean hasLatestOnly() {
    return latestOnly;
  }

  /**
   * Whether the event is owed; also where a condition breaks off, since then its delivery has to
   * end failed, with the reason.
   */
  public boolean wants(Event event) {
    try {
      return deciding(event).isPresent();
    } catch (TemplateException e) {
      return true;
    }
  }

  /**
   * How an event that is owed is sent: by the subscription that wants it now, else, since that was
   * decided before an edit or by a person, by the first for events of its kind.
   *
   * @throws TemplateException if a condition breaks off, or there is no such attribute set
   */
  Shaped shaped(AttributeSets sets, Event event) throws TemplateException {
    Optional<Subscription> subscription = subscription(event);
    AttributeSet set =
        sets.current(
            recipient.name(), event.entityType(), subscription.flatMap(Subscription::attributes));
    return new Shaped(
        set,
        recipient.format(),
        recipient.request().integers(),
        subscription.flatMap(Subscription::topic));
  }

  /**
   * The subscription by which an event that is owed is sent; see {@link #shaped}.
   *
   * @throws TemplateException if a condition breaks off
   */
  Optional<Subscription> subscription(Event event) throws TemplateException {
    Optional<Subscription> subscription = deciding(event);
    return subscription.isPresent()
        ? subscription
        : rules.stream().map(Rule::subscription).filter(one -> one.concerns(event)).findFirst();
  }

  /**
   * The first subscription that wants the event, if one does.
   *
   * @throws TemplateException if a condition breaks off
   */
  Optional<Subscription> deciding(Event event) throws TemplateException {
    @Nullable JsonNode json = null;
    for (Rule rule : rules) {
      if (!rule.subscription.concerns(event)) {
        continue;
      }
      if (rule.subscription.isConditional()) {
        json = json == null ? read(event) : json;
        if (whyNot(rule, event, json) != null) {
          continue;
        }
      }
      return Optional.of(rule.subscription);
    }
    return Optional.empty();
  }

  /**
   * What became of it at each subscription up to the one that decides: for a person to read.
   *
   * @throws TemplateException if a condition breaks off, and so the delivery would end failed
   */
  public List<Finding> findings(Event event) throws TemplateException {
    JsonNode json = read(event);
    List<Finding> findings = new ArrayList<>();
    for (Rule rule : rules) {
      String whyNot =
          rule.subscription.concerns(event)
              ? whyNot(rule, event, json)
              : "it is for " + kind(rule.subscription);
      findings.add(new Finding(rule.index, rule.subscription, whyNot));
      if (whyNot == null) {
        break;
      }
    }
    return findings;
  }

  private static String kind(Subscription subscription) {
    return subscription.entity()
        + subscription.id().map(id -> " " + id).orElse("")
        + " "
        + String.join(", ", subscription.events().stream().map(Enum::name).sorted().toList());
  }

  private static @Nullable String whyNot(Rule rule, Event event, JsonNode json)
      throws TemplateException {
    Subscription subscription = rule.subscription;
    if (!subscription.changed().isEmpty()) {
      List<String> changed = changed(rule.key("changed"), json);
      if (changed.stream().noneMatch(subscription.changed()::contains)) {
        return "none of " + sorted(subscription.changed()) + " has changed, but " + sorted(changed);
      }
    }
    if (!subscription.becomes().isEmpty()) {
      String whyNot =
          new Transition(subscription.becomes(), rule.key("becomes")).whyNot(event.type(), json);
      if (whyNot != null) {
        return whyNot;
      }
    }
    return rule.when.isPresent() && !rule.when.get().holds(event, json)
        ? "its condition does not hold: " + subscription.when().orElse("")
        : null;
  }

  /** A row's old state that the source did not log is not known; that must not pass in silence. */
  static List<String> changed(String key, JsonNode json) throws TemplateException {
    JsonNode changed = json.path("changed");
    if (!changed.isArray()) {
      throw new TemplateException(
          key
              + ": what has changed is not known, since table "
              + json.path("source").path("table").asText("(unknown)")
              + " did not log old rows then. ALTER TABLE ... REPLICA IDENTITY FULL mends it for"
              + " what comes");
    }
    List<String> names = new ArrayList<>();
    changed.forEach(name -> names.add(name.asText()));
    return names;
  }

  static String sorted(java.util.Collection<String> names) {
    return names.isEmpty() ? "nothing" : String.join(", ", names.stream().sorted().toList());
  }

  private static JsonNode read(Event event) throws TemplateException {
    try {
      return ExactJson.MAPPER.readTree(event.json());
    } catch (IOException e) {
      throw new TemplateException("the event in the journal is not JSON", e);
    }
  }
}
