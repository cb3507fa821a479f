package io.rowhook.settings;

import io.rowhook.entity.EntityType;
import io.rowhook.recipient.Recipient;
import io.rowhook.settings.entities.EntitySettings;
import io.rowhook.settings.recipients.RecipientFileReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What is different between two settings, by name and without values: for the log, and for whoever
 * puts new settings in force. A name that is in neither list of {@code added} or {@code removed} is
 * in both settings.
 *
 * @param source names of the properties that were added, removed or changed
 * @param entities what became of which entity
 * @param recipients what became of which recipient
 * @param templates what became of which file in {@code jslt-templates/}
 * @param rowhook keys of {@code rowhook.yaml} that have another value
 */
public record SettingsDiff(
    List<String> source, Named entities, Named recipients, Named templates, List<String> rowhook) {

  /**
   * What became of things with a name.
   *
   * @param added names
   * @param removed names
   * @param changed names, and which of its keys have another value
   */
  public record Named(List<String> added, List<String> removed, Map<String, List<String>> changed) {

    public boolean isEmpty() {
      return added.isEmpty() && removed.isEmpty() && changed.isEmpty();
    }

    private List<Change> changes(String kind) {
      List<Change> changes = new ArrayList<>();
      added.forEach(name -> changes.add(new Change(name, kind + " " + name + " added")));
      removed.forEach(name -> changes.add(new Change(name, kind + " " + name + " removed")));
      changed.forEach((name, keys) -> {
        String which = keys.isEmpty() ? "" : ": " + String.join(", ", keys);
        changes.add(new Change(name, kind + " " + name + which + " changed"));
      });
      return changes;
    }
  }

  /**
   * What is different in one thing.
   *
   * @param name of the entity, recipient or template; empty: it is about no such thing
   * @param words {@code recipient shop: url, processing changed}
   */
  public record Change(String name, String words) {}

  public static SettingsDiff between(Settings before, Settings after) {
    List<String> rowhook = RowhookFileReader.OBJECT.differences(rowhook(before), rowhook(after));
    Named properties =
        named(before.source().values(), after.source().values(), (_, _) -> List.of(""));
    TreeSet<String> source = new TreeSet<>(properties.changed().keySet());
    source.addAll(properties.added());
    source.addAll(properties.removed());
    return new SettingsDiff(
        List.copyOf(source),
        named(
            indexedBy(before.entities(), EntityType::name),
            indexedBy(after.entities(), EntityType::name),
            EntitySettings.ENTITY::differences),
        named(
            indexedBy(before.recipients(), Recipient::name),
            indexedBy(after.recipients(), Recipient::name),
            RecipientFileReader.OBJECT::differences),
        named(before.templateHashes(), after.templateHashes(), (_, _) -> List.of()),
        rowhook);
  }

  public boolean isEmpty() {
    return source.isEmpty()
        && entities.isEmpty()
        && recipients.isEmpty()
        && templates.isEmpty()
        && rowhook.isEmpty();
  }

  /** One for each thing. */
  public List<Change> changes() {
    List<Change> changes = new ArrayList<>();
    source.forEach(key -> changes.add(new Change("", "source property " + key + " changed")));
    changes.addAll(entities.changes("entity"));
    changes.addAll(recipients.changes("recipient"));
    changes.addAll(templates.changes("template"));
    rowhook.forEach(key -> changes.add(new Change("", key + " changed")));
    return changes;
  }

  /** The changes in words. */
  public List<String> lines() {
    return changes().stream().map(Change::words).toList();
  }

  /** Which keys of two things of one name differ. */
  private interface Keys<T> {
    List<String> between(T before, T after);
  }

  private static <T> Named named(Map<String, T> before, Map<String, T> after, Keys<T> keys) {
    List<String> added = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    Map<String, List<String>> changed = new LinkedHashMap<>();
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    for (String name : names) {
      T old = before.get(name);
      T now = after.get(name);
      if (old == null) {
        added.add(name);
      } else if (now == null) {
        removed.add(name);
      } else if (!old.equals(now)) {
        changed.put(name, keys.between(old, now));
      }
    }
    return new Named(added, removed, changed);
  }

  private static <T> Map<String, T> indexedBy(List<T> things, Function<T, String> name) {
    Map<String, T> byName = new LinkedHashMap<>();
    things.forEach(thing -> byName.put(name.apply(thing), thing));
    return byName;
  }

  private static RowhookFileReader rowhook(Settings settings) {
    return new RowhookFileReader(
        settings.journal(),
        settings.kafka(),
        settings.retention(),
        settings.allowed(),
        settings.proxy(),
        settings.admin());
  }
}
