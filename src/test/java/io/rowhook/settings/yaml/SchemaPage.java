package io.rowhook.settings.yaml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.rowhook.settings.yaml.Value.Many;
import io.rowhook.settings.yaml.Value.Mapping;
import io.rowhook.settings.yaml.Value.MappingOr;
import io.rowhook.settings.yaml.Value.Mappings;
import io.rowhook.settings.yaml.Value.Named;
import io.rowhook.settings.yaml.Value.One;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Writes the JSON Schema, draft 7, of one file's settings. */
final class SchemaPage {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Those that several settings refer to, by name. */
  private final Map<String, Object> definitions = new TreeMap<>();

  private SchemaPage() {}

  /** A file that holds these settings. */
  static String of(String title, String description, boolean mayBeEmpty, ObjectSetting<?> file) {
    Map<String, Object> root = head(title, description);
    SchemaPage page = new SchemaPage();
    root.putAll(page.object(file));
    if (mayBeEmpty) {
      root.put("type", List.of("object", "null"));
    }
    return page.written(root);
  }

  /** A file that holds these settings under each name. */
  static String ofEach(String title, String description, String names, ObjectSetting<?> each) {
    Map<String, Object> root = head(title, description);
    SchemaPage page = new SchemaPage();
    root.put("type", "object");
    root.put("minProperties", 1);
    root.put("propertyNames", Map.of("pattern", "^" + names + "$"));
    root.put("additionalProperties", page.object(each));
    return page.written(root);
  }

  private static Map<String, Object> head(String title, String description) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("$schema", "http://json-schema.org/draft-07/schema#");
    root.put("title", title);
    root.put("description", description);
    return root;
  }

  private String written(Map<String, Object> root) {
    if (!definitions.isEmpty()) {
      root.put("definitions", definitions);
    }
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER));
    printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    try {
      return JSON.writer(printer).writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A mapping, by its definition if it has one. */
  private Map<String, Object> reference(ObjectSetting<?> object) {
    if (object.name().isEmpty()) {
      return object(object);
    }
    if (!definitions.containsKey(object.name())) {
      definitions.put(object.name(), Map.of());
      definitions.put(object.name(), object(object));
    }
    return Map.of("$ref", "#/definitions/" + object.name());
  }

  private Map<String, Object> object(ObjectSetting<?> object) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put(
        "additionalProperties",
        object.others().<Object>map(others -> property(others.each())).orElse(false));
    if (!object.required().isEmpty()) {
      schema.put("required", object.required());
    }
    Map<String, Object> properties = new LinkedHashMap<>();
    object.settings().forEach(setting -> properties.put(setting.name(), property(setting)));
    schema.put("properties", properties);
    return schema;
  }

  private <T> Map<String, Object> property(Setting<T> setting) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("description", description(setting));
    schema.putAll(value(setting.value()));
    setting.fallback().ifPresent(value -> schema.put("default", setting.value().json(value)));
    return schema;
  }

  private Map<String, Object> value(Value<?> value) {
    return switch (value) {
      case One<?> one -> sorted(one.schema());
      case Many<?> many -> anyOf(sorted(many.item().schema()), list(many));
      case Mapping mapping -> reference(mapping.object());
      case MappingOr either -> either(either);
      case Mappings list -> {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "array");
        schema.put("minItems", 1);
        schema.put("items", reference(list.object()));
        yield schema;
      }
      case Named named -> named(named);
    };
  }

  private Map<String, Object> either(MappingOr either) {
    Map<String, Object> shortcut = value(either.shortcut());
    Stream<?> forms =
        shortcut.get("anyOf") instanceof List<?> several ? several.stream() : Stream.of(shortcut);
    return anyOf(Stream.concat(forms, Stream.of(reference(either.object()))).toArray());
  }

  private static Map<String, Object> anyOf(Object... forms) {
    return Map.of("anyOf", List.of(forms));
  }

  private static Map<String, Object> list(Many<?> many) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "array");
    schema.put("items", sorted(many.item().schema()));
    if (many.min() > 0) {
      schema.put("minItems", many.min());
    }
    if (many.max() < Integer.MAX_VALUE) {
      schema.put("maxItems", many.max());
    }
    if (many.unique()) {
      schema.put("uniqueItems", true);
    }
    return schema;
  }

  private Map<String, Object> named(Named named) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    if (named.min() > 0) {
      schema.put("minProperties", named.min());
    }
    if (named.max() < Integer.MAX_VALUE) {
      schema.put("maxProperties", named.max());
    }
    if (!named.names().isEmpty()) {
      schema.put("propertyNames", Map.of("pattern", "^" + named.names() + "$"));
    }
    schema.put("additionalProperties", value(named.each()));
    return schema;
  }

  /** The reference's words without Markdown. */
  private static String description(Setting<?> setting) {
    StringBuilder text = new StringBuilder(plain(setting.sentence())).append('.');
    String limits = ReferencePage.limits(setting);
    if (!limits.isEmpty()) {
      text.append(" Limits: ").append(plain(limits)).append('.');
    }
    if (setting.fallback().isEmpty() && !setting.absent().isEmpty()) {
      text.append(" Default: ").append(plain(setting.absent())).append('.');
    }
    return text.toString();
  }

  private static String plain(String markdown) {
    return markdown.replaceAll("\\[([^\\]]+)\\]\\([^)]*\\)", "$1").replace("`", "");
  }

  /** In the order of the alphabet, which is the same on every machine. */
  private static Map<String, Object> sorted(Map<String, Object> schema) {
    Map<String, Object> sorted = new TreeMap<>(schema);
    sorted.replaceAll((_, value) -> sortedValue(value));
    return sorted;
  }

  private static Object sortedValue(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((key, inner) -> sorted.put(String.valueOf(key), sortedValue(inner)));
        yield sorted;
      }
      case List<?> list -> list.stream().map(SchemaPage::sortedValue).toList();
      default -> value;
    };
  }
}
