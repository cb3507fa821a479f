package io.rowhook.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.entity.Event;
import io.rowhook.recipient.Match;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.template.BodyRenderer;
import io.rowhook.template.Condition;
import io.rowhook.template.EventTrees;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateLookup;
import io.rowhook.webhook.policy.BecomesCondition;
import io.rowhook.webhook.policy.ChangedCondition;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which of a recipient's subscriptions wants an event, and how it is then sent. The first that does
 * decides. Looks at the event's own values and at nothing else, so that the answer is the same at
 * any time. Made for one state of a recipient's settings and templates; any thread.
 *
 * <p>{@link Matchers} ask when an event is dispatched, and never again.
 */
public final class SubscriptionMatcher {

  private static final int KEY_BYTES = 6;

  private final Recipient recipient;
  private final TemplateLookup sets;
  private final String definition;
  private final Set<String> notFrom;
  private final List<Rule> rules;
  private final Map<String, Subscription> byKey = new HashMap<>(); // as a match names them
  private final boolean latestOnly;

  /** A subscription; its match is null if it names an attribute set that does not exist. */
  private record Rule(
      int index, Subscription subscription, Optional<Condition> when, @Nullable Match match) {

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

  private SubscriptionMatcher(
      Recipient recipient, TemplateLookup sets, MatcherDefinition definition) {
    this.recipient = recipient;
    this.sets = sets;
    this.definition = definition.text();
    this.notFrom = definition.notFrom();
    this.latestOnly = definition.subscriptions().stream().anyMatch(Subscription::latestOnly);
    List<Rule> all = new ArrayList<>();
    for (Subscription subscription : definition.subscriptions()) {
      int index = all.size();
      Optional<Condition> when =
          subscription.when().map(text -> compiled("subscriptions[" + index + "].when", text));
      String rendering = definition.renderings().get(index);
      Match match =
          rendering.isEmpty()
              ? null
              : Match.of(
                  key(subscription),
                  subscription.latestOnly() ? subscription.events() : Set.of(),
                  rendering);
      if (match != null) {
        byKey.putIfAbsent(match.subscription(), subscription);
      }
      all.add(new Rule(index, subscription, when, match));
    }
    rules = List.copyOf(all);
  }

  /**
   * Compiles the conditions, and takes the attribute sets that are in force now.
   *
   * @throws IllegalArgumentException if a condition does not compile
   */
  public static SubscriptionMatcher of(Recipient recipient, TemplateLookup sets) {
    List<String> renderings =
        recipient.subscriptions().stream()
            .map(subscription -> {
              try {
                return renderer(recipient, sets, subscription).hash();
              } catch (TemplateException e) {
                return ""; // its deliveries end failed, with the reason
              }
            })
            .toList();
    return new SubscriptionMatcher(
        recipient,
        sets,
        new MatcherDefinition(recipient.notFrom(), recipient.subscriptions(), renderings));
  }

  /**
   * Returns the one for the same recipient that has this {@link #definition}.
   *
   * @throws IllegalArgumentException if it cannot be read, or does not compile
   */
  SubscriptionMatcher as(String earlier) {
    return new SubscriptionMatcher(recipient, sets, MatcherDefinition.parse(earlier));
  }

  /** What it decides by, as text: two that have the same decide the same. */
  public String definition() {
    return definition;
  }

  private static String key(Subscription subscription) {
    try {
      byte[] text = MatcherDefinition.text(subscription).getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
      return HexFormat.of().formatHex(hash, 0, KEY_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static Condition compiled(String name, String text) {
    try {
      return Condition.compile(name, text);
    } catch (TemplateException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** What makes a subscription's bodies; refused if there is no such attribute set. */
  public static BodyRenderer renderer(
      Recipient recipient, TemplateLookup sets, Subscription subscription)
      throws TemplateException {
    return BodyRenderer.of(
        recipient,
        sets.current(recipient.name(), subscription.entity(), subscription.attributes()),
        subscription.topic());
  }

  /** Whether some subscription wants the latest only, so that there is a point in asking which. */
  boolean hasLatestOnly() {
    return latestOnly;
  }

  /**
   * Whether the event is to be sent; also where a condition breaks off, since then its delivery has
   * to end failed, with the reason.
   */
  public boolean wants(Event event) {
    try {
      return !isOwn(event) && subscriptionOf(event).isPresent();
    } catch (TemplateException e) {
      return true;
    }
  }

  /**
   * Whether an event is of somebody's doing of whom the recipient wants to hear nothing, whatever
   * its subscriptions say: mostly its own.
   *
   * @throws TemplateException if the event is not JSON
   */
  boolean isOwn(Event event) throws TemplateException {
    if (notFrom.isEmpty()) {
      return false;
    }
    JsonNode from = EventTrees.of(event).path("context").path("from");
    return from.isValueNode() && notFrom.contains(from.asText());
  }

  /**
   * How an event is sent; empty: no subscription wants it.
   *
   * @throws TemplateException if a condition breaks off, or there is no such attribute set
   */
  Optional<Match> match(Event event) throws TemplateException {
    Optional<Rule> rule = subscriptionOf(event);
    return rule.isPresent() ? Optional.of(match(rule.get())) : Optional.empty();
  }

  /**
   * How an event is sent that a person wants: by the subscription that wants it too, else by the
   * first for events of its kind, else as the entity's are.
   *
   * @throws TemplateException if a condition breaks off, or there is no such attribute set
   */
  public Match requested(Event event) throws TemplateException {
    Optional<Rule> rule = requestedBy(event);
    return rule.isPresent() ? match(rule.get()) : Match.of("", Set.of(), renderer(event).hash());
  }

  /**
   * What makes its body.
   *
   * @throws TemplateException as {@link #requested}
   */
  public BodyRenderer renderer(Event event) throws TemplateException {
    Optional<Rule> rule = requestedBy(event);
    return rule.isPresent()
        ? renderer(recipient, sets, rule.get().subscription)
        : BodyRenderer.of(
            recipient,
            sets.current(recipient.name(), event.entityType(), Optional.empty()),
            Optional.empty());
  }

  /**
   * The subscription that an event was matched by, as it is in force now; where it was edited away,
   * the first for events of its kind. Looks at no condition again.
   */
  public Optional<Subscription> subscription(Match match, Event event) {
    Subscription decided = byKey.get(match.subscription());
    return decided == null ? firstFor(event).map(Rule::subscription) : Optional.of(decided);
  }

  private Optional<Rule> requestedBy(Event event) throws TemplateException {
    Optional<Rule> rule = subscriptionOf(event);
    return rule.isPresent() ? rule : firstFor(event);
  }

  private Optional<Rule> firstFor(Event event) {
    return rules.stream().filter(one -> one.subscription.matches(event)).findFirst();
  }

  private Match match(Rule rule) throws TemplateException {
    if (rule.match == null) {
      // Throws: the set does not exist.
      return Match.of("", Set.of(), renderer(recipient, sets, rule.subscription).hash());
    }
    return rule.match;
  }

  private Optional<Rule> subscriptionOf(Event event) throws TemplateException {
    if (!event.isFor(recipient.name())) {
      return Optional.empty();
    }
    @Nullable JsonNode json = null;
    for (Rule rule : rules) {
      if (!rule.subscription.matches(event)) {
        continue;
      }
      if (rule.subscription.isConditional()) {
        json = json == null ? EventTrees.of(event) : json;
        if (whyNot(rule, event, json) != null) {
          continue;
        }
      }
      return Optional.of(rule);
    }
    return Optional.empty();
  }

  /**
   * What became of it at each subscription up to the one that decides: for a person to read. What
   * is not told whatever they say ({@link #isOwn}) is another question.
   *
   * @throws TemplateException if a condition breaks off, and so the delivery would end failed
   */
  public List<Finding> findings(Event event) throws TemplateException {
    JsonNode json = EventTrees.of(event);
    List<Finding> findings = new ArrayList<>();
    for (Rule rule : rules) {
      String whyNot =
          !event.isFor(recipient.name())
              ? "it is for recipient " + event.audience() + " alone"
              : rule.subscription.matches(event)
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
      String whyNot =
          new ChangedCondition(subscription.changed(), rule.key("changed")).whyNot(json);
      if (whyNot != null) {
        return whyNot;
      }
    }
    if (!subscription.becomes().isEmpty()) {
      String whyNot =
          new BecomesCondition(subscription.becomes(), rule.key("becomes"))
              .whyNot(event.type(), json);
      if (whyNot != null) {
        return whyNot;
      }
    }
    return rule.when.isPresent() && !rule.when.get().holds(event, json)
        ? "its condition does not hold: " + subscription.when().orElse("")
        : null;
  }
}
