package io.rowhook.settings;

import io.rowhook.entity.EntityType;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RequestLine;
import io.rowhook.recipient.RequestOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    private List<String> lines(String kind) {
      List<String> lines = new ArrayList<>();
      added.forEach(name -> lines.add(kind + " " + name + " added"));
      removed.forEach(name -> lines.add(kind + " " + name + " removed"));
      changed.forEach((name, keys) ->
          lines.add(
              kind
                  + " "
                  + name
                  + (keys.isEmpty() ? "" : ": " + String.join(", ", keys))
                  + " changed"));
      return lines;
    }
  }

  public static SettingsDiff between(Settings before, Settings after) {
    List<String> rowhook = new ArrayList<>();
    addIf(!before.journal().equals(after.journal()), "journal", rowhook);
    addIf(!before.retention().equals(after.retention()), "retention", rowhook);
    addIf(!before.allowed().equals(after.allowed()), "allow", rowhook);
    Named properties =
        named(before.source().values(), after.source().values(), (_, _) -> List.of(""));
    TreeSet<String> source = new TreeSet<>(properties.changed().keySet());
    source.addAll(properties.added());
    source.addAll(properties.removed());
    return new SettingsDiff(
        List.copyOf(source),
        named(
            by(before.entities(), EntityType::name),
            by(after.entities(), EntityType::name),
            SettingsDiff::entity),
        named(
            by(before.recipients(), Recipient::name),
            by(after.recipients(), Recipient::name),
            SettingsDiff::recipient),
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

  /** One line for each thing: {@code recipient shop: url, processing changed}. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    source.forEach(key -> lines.add("source property " + key + " changed"));
    lines.addAll(entities.lines("entity"));
    lines.addAll(recipients.lines("recipient"));
    lines.addAll(templates.lines("template"));
    rowhook.forEach(key -> lines.add(key + " changed"));
    return lines;
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

  private static <T> Map<String, T> by(List<T> things, Function<T, String> name) {
    Map<String, T> byName = new LinkedHashMap<>();
    things.forEach(thing -> byName.put(name.apply(thing), thing));
    return byName;
  }

  private static List<String> entity(EntityType before, EntityType after) {
    List<String> keys = new ArrayList<>();
    addIf(!before.table().equals(after.table()), "table", keys);
    addIf(!before.id().equals(after.id()), "id", keys);
    addIf(!before.attributes().equals(after.attributes()), "attributes", keys);
    addIf(!before.where().equals(after.where()), "where", keys);
    addIf(!before.deleted().equals(after.deleted()), "deleted", keys);
    addIf(!before.parts().equals(after.parts()), "contains", keys);
    addIf(!before.references().equals(after.references()), "refers", keys);
    return keys;
  }

  private static List<String> recipient(Recipient before, Recipient after) {
    List<String> keys = new ArrayList<>();
    differs(before, after, Recipient::url, "url", keys);
    differs(
        before.authentication(),
        after.authentication(),
        Authentication::hmac,
        "authentication.hmac",
        keys);
    differs(
        before.authentication(),
        after.authentication(),
        Authentication::basic,
        "authentication.basic",
        keys);
    differs(
        before.authentication(),
        after.authentication(),
        Authentication::bearer,
        "authentication.bearer",
        keys);
    differs(before, after, Recipient::processing, "processing", keys);
    differs(before, after, Recipient::timeout, "timeout", keys);
    differs(before, after, Recipient::acknowledge, "acknowledge", keys);
    differs(before, after, Recipient::retry, "retry", keys);
    differs(before, after, Recipient::pause, "pause", keys);
    differs(before, after, Recipient::owed, "owed", keys);
    differs(before, after, Recipient::allow, "allow", keys);
    differs(before, after, Recipient::tls, "tls", keys);
    differs(before, after, Recipient::format, "format", keys);
    differs(before.request(), after.request(), RequestOptions::headers, "headers", keys);
    RequestLine line = before.request().line();
    differs(line, after.request().line(), RequestLine::methods, "method", keys);
    differs(line, after.request().line(), RequestLine::path, "path", keys);
    differs(before.request(), after.request(), RequestOptions::maxBody, "max-body", keys);
    differs(before.request(), after.request(), RequestOptions::integers, "integers", keys);
    differs(before, after, Recipient::subscriptions, "subscriptions", keys);
    return keys;
  }

  private static <T> void differs(
      T before, T after, Function<T, ?> part, String key, List<String> keys) {
    addIf(!Objects.equals(part.apply(before), part.apply(after)), key, keys);
  }

  private static void addIf(boolean different, String key, List<String> keys) {
    if (different) {
      keys.add(key);
    }
  }
}
