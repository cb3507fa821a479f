package io.rowhook.settings.recipients;

import io.rowhook.base.DidYouMean;
import io.rowhook.recipient.PathTemplate;
import io.rowhook.recipient.PathTemplate.Placeholder;
import io.rowhook.recipient.Subscription;
import io.rowhook.settings.yaml.Diagnostics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the attributes that a subscription names and its entity does not have: such a subscription
 * would be silent for good. Reads of a condition only what is certain: paths that begin with {@code
 * .data} or {@code .previous}, and none where JSLT may mean something else than the event by a full
 * stop. Pure.
 */
public final class AttributeNamesCheck {

  /** A text, which is passed over; or a path into the event's values. */
  private static final Pattern PATH =
      Pattern.compile(
          "(?<![\\w\\])\"])\\.\\s*(?:data|previous)\\s*\\.\\s*"
              + "(?:(?<name>[A-Za-z_][A-Za-z0-9_-]*)|\"(?<quoted>[^\"\\\\]*)\")"
              + "|(?<text>\"(?:[^\"\\\\]|\\\\.)*\")");

  /** In a condition without its texts: what gives the full stop another meaning. */
  private static final Pattern OTHER_CONTEXT = Pattern.compile("[|{]|//|\\b(?:for|def)\\b");

  private static final Set<String> OF_VALUES = Set.of("data", "previous");

  private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");

  private AttributeNamesCheck() {}

  /** Whether it names any, so that there is a point in asking what the entity has. */
  public static boolean isNeeded(Subscription subscription, Optional<PathTemplate> path) {
    return !named(subscription, path).isEmpty();
  }

  /**
   * Returns a sentence for each name that the entity does not have, with the one that was probably
   * meant.
   *
   * @param place of the subscription: {@code recipients/shop.yaml: subscriptions[0]}
   * @param path of its requests
   * @param known the entity's attributes, not empty
   */
  public static List<String> problems(
      String place,
      Subscription subscription,
      Optional<PathTemplate> path,
      Collection<String> known) {
    List<String> problems = new ArrayList<>();
    named(subscription, path)
        .forEach((key, names) ->
            names.stream()
                .filter(name -> !known.contains(name))
                .forEach(name ->
                    problems.add(
                        "%s.%s names %s, which %s does not have. %s"
                            .formatted(
                                place,
                                key,
                                Diagnostics.printable(name),
                                subscription.entity(),
                                DidYouMean.advice(name, known, "It has")))));
    return problems;
  }

  /** By key, in the order of the file. */
  private static Map<String, Set<String>> named(
      Subscription subscription, Optional<PathTemplate> path) {
    Map<String, Set<String>> named = new LinkedHashMap<>();
    if (!subscription.changed().isEmpty()) {
      named.put("changed", subscription.changed());
    }
    if (!subscription.becomes().isEmpty()) {
      named.put("becomes", subscription.becomes().keySet());
    }
    subscription.when().map(AttributeNamesCheck::read).ifPresent(names -> named.put("when", names));
    path.map(AttributeNamesCheck::read).ifPresent(names -> named.put("path", names));
    named.values().removeIf(Set::isEmpty);
    return named;
  }

  private static Set<String> read(PathTemplate path) {
    Set<String> names = new LinkedHashSet<>();
    path.segments().stream()
        .flatMap(segment -> segment.parts().stream())
        .forEach(part -> {
          if (part instanceof Placeholder(List<String> steps)
              && steps.size() > 1
              && OF_VALUES.contains(steps.getFirst())) {
            names.add(steps.get(1));
          }
        });
    return names;
  }

  private static Set<String> read(String condition) {
    if (OTHER_CONTEXT.matcher(TEXT.matcher(condition).replaceAll("\"\"")).find()) {
      return Set.of();
    }
    Set<String> names = new LinkedHashSet<>();
    Matcher paths = PATH.matcher(condition);
    while (paths.find()) {
      if (paths.group("text") == null) {
        names.add(paths.group("name") == null ? paths.group("quoted") : paths.group("name"));
      }
    }
    return names;
  }
}
