package io.rowhook.admin.check;

import io.rowhook.recipient.PathTemplate;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.template.Condition;
import io.rowhook.template.Template;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateReads;
import io.rowhook.template.TemplateReads.Use;
import io.rowhook.template.TemplateRegistry;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What one subscription makes of an entity's events: which key of its bodies, and which of its own
 * conditions, by which values. Immutable.
 *
 * @param template the attribute set's name: a file of {@code jslt-templates/}, or a built-in one
 * @param uses of keys, and of conditions by their place in the file: {@code subscriptions[0].when}
 */
record OutputUses(Recipient recipient, Subscription subscription, String template, List<Use> uses) {

  OutputUses {
    uses = List.copyOf(uses);
  }

  /**
   * Finds them.
   *
   * @throws TemplateException where no body can be made at all
   */
  static OutputUses of(Recipient recipient, int index, TemplateRegistry.Loaded sets)
      throws TemplateException {
    Subscription subscription = recipient.subscriptions().get(index);
    Template set =
        TemplateRegistry.find(
            sets, recipient.name(), subscription.entity(), subscription.attributes());
    List<Use> uses = new ArrayList<>(TemplateReads.uses(set));
    String place = "subscriptions[%d].".formatted(index);
    subscription.changed().forEach(name -> uses.add(single(place + "changed", "data", name)));
    subscription
        .becomes()
        .keySet()
        .forEach(name -> uses.add(single(place + "becomes", "data", name)));
    subscription.needingOldValues().ifPresent(key -> uses.add(single(place + key, "previous")));
    if (subscription.when().isPresent()) {
      String name = place + "when";
      for (List<String> path :
          TemplateReads.of(Condition.compile(name, subscription.when().get()))) {
        uses.add(new Use(name, path, false, Set.of()));
      }
    }
    subscription
        .line()
        .path()
        .or(() -> recipient.request().line().path())
        .ifPresent(path ->
            placeholders(path).forEach(names -> uses.add(new Use("path", names, false, Set.of()))));
    return new OutputUses(recipient, subscription, set.name(), uses);
  }

  private static Use single(String key, String... path) {
    return new Use(key, List.of(path), false, Set.of());
  }

  private static List<List<String>> placeholders(PathTemplate path) {
    List<List<String>> all = new ArrayList<>();
    for (PathTemplate.Segment segment : path.segments()) {
      for (PathTemplate.Part part : segment.parts()) {
        if (part instanceof PathTemplate.Placeholder(List<String> names)) {
          all.add(names);
        }
      }
    }
    return all;
  }

  /** Whether it has an attribute set of its own, and not a built-in one. */
  boolean isWritten() {
    return template.endsWith(".jslt");
  }

  /** What is lost of it together with a value of the event, by the names that lead to that. */
  Set<String> keysOf(List<String> path) {
    Set<String> keys = new LinkedHashSet<>();
    for (Use use : uses) {
      List<String> its = use.path();
      if (starts(its, path)) {
        keys.add(use.key().isEmpty() ? "the whole body" : use.key());
      } else if (use.whole() && starts(path, its) && !use.except().contains(path.get(its.size()))) {
        StringBuilder key = new StringBuilder(use.key());
        for (String name : path.subList(its.size(), path.size())) {
          boolean element = name.equals(TemplateReads.ELEMENT);
          key.append(element || key.isEmpty() ? "" : ".").append(name);
        }
        keys.add(key.toString());
      }
    }
    return keys;
  }

  /** The same of the entity's data, now and as it was before. */
  Set<String> keysOfData(List<String> path) {
    Set<String> keys = keysOf(longer("data", path));
    Set<String> old = keysOf(longer("previous", path));
    old.removeIf(key ->
        key.startsWith("previous.") && keys.contains("data" + key.substring("previous".length())));
    keys.addAll(old);
    return keys;
  }

  /** All that is made of the entity. */
  Set<String> allKeys() {
    Set<String> keys = new LinkedHashSet<>();
    uses.forEach(use -> keys.add(use.key().isEmpty() ? "the whole body" : use.key()));
    return keys;
  }

  private static boolean starts(List<String> path, List<String> with) {
    return path.size() >= with.size() && path.subList(0, with.size()).equals(with);
  }

  private static List<String> longer(String root, List<String> path) {
    List<String> all = new ArrayList<>(List.of(root));
    all.addAll(path);
    return all;
  }

  /** Where a reader of the settings finds it. */
  Optional<String> file() {
    return isWritten() ? Optional.of("jslt-templates/" + template) : Optional.empty();
  }
}
