package io.rowhook.settings.yaml;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The settings of one mapping in a file, in the order in which the reference lists them. Immutable.
 *
 * @param name of its definition in the JSON Schema, where several settings have this mapping; empty
 *     where one has
 * @param members in order
 * @param others what may stand there under names that are no settings of Rowhook; empty: nothing
 * @param <R> what is read from the mapping
 */
public record ObjectSetting<R>(String name, List<Member<R>> members, Optional<Others> others) {

  /**
   * One setting of it.
   *
   * @param differences names what differs between two, by what it is called under the mapping;
   *     empty where only the mapping as a whole is compared
   */
  record Member<R>(Setting<?> setting, Optional<BiFunction<R, R, List<String>>> differences) {}

  /**
   * What may stand there beside the settings.
   *
   * @param each of them, with what its name is called
   * @param names that are known; asked only where another name stands
   */
  record Others(Setting<?> each, Supplier<? extends Collection<String>> names) {}

  public ObjectSetting {
    members = List.copyOf(members);
  }

  public static <R> ObjectSetting<R> empty() {
    return new ObjectSetting<>("", List.of(), Optional.empty());
  }

  /** Settings that are compared with their mapping as a whole. */
  public static ObjectSetting<?> of(Setting<?>... settings) {
    ObjectSetting<Object> object = empty();
    for (Setting<?> setting : settings) {
      object = object.with(new Member<>(setting, Optional.empty()));
    }
    return object;
  }

  /** The same as a definition of this name. */
  public ObjectSetting<R> named(String definition) {
    return new ObjectSetting<>(definition, members, others);
  }

  /** The same, which takes these names as well. */
  public ObjectSetting<R> besides(Setting<?> each, Supplier<? extends Collection<String>> names) {
    return new ObjectSetting<>(name, members, Optional.of(new Others(each, names)));
  }

  /** The same and one more setting, and where its value is in what is read. */
  public ObjectSetting<R> with(Setting<?> setting, Function<R, ?> part) {
    return with(
        new Member<>(
            setting,
            Optional.of((before, after) ->
                Objects.equals(part.apply(before), part.apply(after))
                    ? List.of()
                    : List.of(setting.name()))));
  }

  /** The same and one more mapping, whose settings are compared one by one. */
  public <P> ObjectSetting<R> with(
      Setting<?> setting, Function<R, P> part, ObjectSetting<P> inner) {
    return with(
        new Member<>(
            setting,
            Optional.of((before, after) ->
                inner.differences(part.apply(before), part.apply(after)).stream()
                    .map(name -> setting.name() + "." + name)
                    .toList())));
  }

  private ObjectSetting<R> with(Member<R> member) {
    List<Member<R>> more = new ArrayList<>(members);
    more.add(member);
    return new ObjectSetting<>(name, more, others);
  }

  List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>();
    members.forEach(member -> settings.add(member.setting()));
    return settings;
  }

  /** The keys that the mapping may have, and what others are called. */
  List<String> known() {
    return Stream.concat(settings().stream(), others.stream().map(Others::each))
        .map(Setting::name)
        .toList();
  }

  /** All keys that the mapping may have, one by one. */
  List<String> keys() {
    return Stream.concat(
            settings().stream().map(Setting::name),
            others.stream().flatMap(more -> more.names().get().stream()))
        .toList();
  }

  /** What may stand under a key; empty: nothing is known of it. */
  Optional<Setting<?>> at(String key) {
    return settings().stream()
        .filter(one -> one.name().equals(key))
        .<Setting<?>>map(one -> one)
        .findFirst()
        .or(() -> others.filter(more -> more.names().get().contains(key)).map(Others::each));
  }

  /** Those that it must have. */
  List<String> required() {
    return settings().stream().filter(Setting::required).map(Setting::name).toList();
  }

  /** Whether it has a setting of this name. */
  public boolean has(Setting<?> setting) {
    return known().contains(setting.name());
  }

  /** The settings that have another value. */
  public List<String> differences(R before, R after) {
    return members.stream()
        .flatMap(member -> member.differences().stream())
        .flatMap(differences -> differences.apply(before, after).stream())
        .toList();
  }
}
