package io.rowhook.settings.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The settings of one mapping in a file, in the order in which the reference lists them. Immutable.
 *
 * @param name of its definition in the JSON Schema, where several settings have this mapping; empty
 *     where one has
 * @param members in order
 * @param <R> what is read from the mapping
 */
public record ObjectSetting<R>(String name, List<Member<R>> members) {

  /**
   * One setting of it.
   *
   * @param differences names what differs between two, by what it is called under the mapping;
   *     empty where only the mapping as a whole is compared
   */
  record Member<R>(Setting<?> setting, Optional<BiFunction<R, R, List<String>>> differences) {}

  public ObjectSetting {
    members = List.copyOf(members);
  }

  public static <R> ObjectSetting<R> empty() {
    return new ObjectSetting<>("", List.of());
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
    return new ObjectSetting<>(definition, members);
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
    return new ObjectSetting<>(name, more);
  }

  List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>();
    members.forEach(member -> settings.add(member.setting()));
    return settings;
  }

  /** The keys that the mapping may have. */
  List<String> known() {
    return settings().stream().map(Setting::name).toList();
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
