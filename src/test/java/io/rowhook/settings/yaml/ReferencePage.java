package io.rowhook.settings.yaml;

import io.rowhook.settings.yaml.Value.Mapping;
import io.rowhook.settings.yaml.Value.MappingOr;
import io.rowhook.settings.yaml.Value.Mappings;
import io.rowhook.settings.yaml.Value.Named;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the tables of settings in the page of reference. */
final class ReferencePage {

  private static final String HEAD =
      "| setting | meaning | limits | default |\n| --- | --- | --- | --- |\n";

  private final List<String> rows = new ArrayList<>();

  private ReferencePage() {}

  /** The page with another table in the section of this heading. */
  static String with(String page, String heading, ObjectSetting<?> settings) {
    int section = page.indexOf("\n## " + heading + "\n");
    int begin = page.indexOf("| setting |", section);
    int end = page.indexOf("\n\n", begin) + 1;
    if (section < 0 || begin < 0 || end == 0) {
      throw new IllegalStateException("the reference has no table of settings under " + heading);
    }
    return page.substring(0, begin) + table(settings) + page.substring(end);
  }

  private static String table(ObjectSetting<?> settings) {
    ReferencePage table = new ReferencePage();
    table.object("", settings, "required");
    return HEAD + String.join("", table.rows);
  }

  /** What the kind of value and the declaration say of a setting's limits. */
  static String limits(Setting<?> setting) {
    return Stream.of(setting.value().limits(), setting.limits())
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining("; "));
  }

  private void object(String before, ObjectSetting<?> object, String required) {
    List<Setting<?>> settings = new ArrayList<>(object.settings());
    object.others().ifPresent(others -> settings.add(others.each()));
    for (Setting<?> setting : settings) {
      String name = before + setting.name();
      switch (setting.value()) {
        case Mapping mapping ->
            object(
                name + ".",
                mapping.object(),
                setting.required() ? "required" : "required with `" + setting.name() + "`");
        case MappingOr either -> {
          row(name, setting, required);
          object(name + ".", either.object(), "required in the mapping");
        }
        case Mappings list -> {
          row(name, setting, required);
          object(name + "[].", list.object(), "required");
        }
        case Named named when !setting.above() && named.each() instanceof Mapping each ->
            object(name + ".<name>.", each.object(), "required");
        default -> row(name, setting, required);
      }
    }
  }

  private void row(String name, Setting<?> setting, String required) {
    String limits = limits(setting);
    rows.add(
        "| `%s` | %s | %s| %s |%n"
            .formatted(
                name,
                setting.sentence(),
                limits.isEmpty() ? "" : limits + " ",
                setting.required() ? required : otherwise(setting)));
  }

  private static <T> String otherwise(Setting<T> setting) {
    return setting
        .fallback()
        .map(value -> setting.value().json(value))
        .map(ReferencePage::code)
        .orElse(setting.absent());
  }

  private static String code(Object json) {
    if (!(json instanceof List<?> list)) {
      return "`" + json + "`";
    }
    return list.isEmpty()
        ? "none"
        : list.stream().map(Object::toString).collect(Collectors.joining(" ", "`", "`"));
  }
}
