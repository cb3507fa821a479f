package io.rowhook.settings;

import io.rowhook.capture.TableId;
import io.rowhook.entity.Part;
import io.rowhook.entity.Reference;
import io.rowhook.settings.YamlNode.Fields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads {@code contains} and {@code refers} of one entity in {@code entities.yaml}: its parts,
 * their parts, and the rows that they name.
 */
final class RelationKeys {

  private static final YamlKeys INNERMOST =
      new YamlKeys(List.of("table", "key"), List.of("order-by", "attributes", "refers"));
  private static final YamlKeys OUTER =
      new YamlKeys(
          List.of("table", "key"), List.of("order-by", "attributes", "contains", "refers"));
  private static final YamlKeys REFERENCE =
      new YamlKeys(List.of("table", "key"), List.of("attributes"));
  private static final YamlKeys ATTRIBUTES = new YamlKeys(List.of(), List.of("exclude"));

  /** By mapping, see {@link EntitiesFile#KEYS}. */
  static final Map<String, YamlKeys> KEYS =
      Map.of(
          "*.refers.*", REFERENCE,
          "*.contains.*", OUTER,
          "*.contains.*.attributes", ATTRIBUTES,
          "*.contains.*.refers.*", REFERENCE,
          "*.contains.*.contains.*", INNERMOST,
          "*.contains.*.contains.*.attributes", ATTRIBUTES,
          "*.contains.*.contains.*.refers.*", REFERENCE);

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,62}");

  private final Reading reading;

  /** Those that are the entity itself or a part of it: each of its rows has one place there. */
  private final Map<TableId, String> tables = new HashMap<>();

  RelationKeys(TableId root, String entity, Reading reading) {
    this.reading = reading;
    tables.put(root, entity);
  }

  /** What it contains. */
  List<Part> parts(Fields owner) {
    return parts(owner, OUTER);
  }

  private List<Part> parts(Fields owner, YamlKeys keys) {
    List<Part> parts = new ArrayList<>();
    owner
        .mapping("contains")
        .ifPresent(all -> {
          for (String name : all.names()) {
            checkName(name, all);
            all.mapping(name).flatMap(part -> part(name, part, keys)).ifPresent(parts::add);
          }
        });
    return parts;
  }

  private Optional<Part> part(String name, Fields fields, YamlKeys keys) {
    fields.check(keys);
    Optional<TableId> table = fields.read("table", EntitiesFile::table);
    table.ifPresent(id -> checkTable(id, fields));
    List<String> key = EntitiesFile.columns(fields, "key", reading);
    List<String> orderBy = EntitiesFile.columns(fields, "order-by", reading);
    List<String> excluded =
        fields
            .mapping("attributes")
            .map(inner -> inner.check(ATTRIBUTES))
            .map(inner -> EntitiesFile.columns(inner, "exclude", reading))
            .orElse(List.of());
    for (String column : excluded) {
      if (key.contains(column) || orderBy.contains(column)) {
        problem(
            fields.place(),
            "excludes " + column + ", which is its key or orders it. Take one of them out.");
      }
    }
    List<Part> inner = keys.known().contains("contains") ? parts(fields, INNERMOST) : List.of();
    List<Reference> references = references(fields);
    checkApart(inner, references, fields);
    return table
        .filter(id -> !key.isEmpty())
        .map(id -> new Part(name, id, key, orderBy, excluded, inner, references));
  }

  /** What it refers to. */
  List<Reference> references(Fields owner) {
    List<Reference> references = new ArrayList<>();
    owner
        .mapping("refers")
        .ifPresent(all -> {
          for (String name : all.names()) {
            checkName(name, all);
            all.mapping(name).flatMap(one -> reference(name, one)).ifPresent(references::add);
          }
        });
    return references;
  }

  private Optional<Reference> reference(String name, Fields fields) {
    fields.check(REFERENCE);
    Optional<TableId> table = fields.read("table", EntitiesFile::table);
    List<String> key = EntitiesFile.columns(fields, "key", reading);
    List<String> attributes = EntitiesFile.columns(fields, "attributes", reading);
    return table.filter(id -> !key.isEmpty()).map(id -> new Reference(name, id, key, attributes));
  }

  /** One attribute cannot be both. */
  void checkApart(List<Part> parts, List<Reference> references, Fields fields) {
    Set<String> names = new HashSet<>();
    parts.forEach(part -> names.add(part.name()));
    for (Reference reference : references) {
      if (!names.add(reference.name())) {
        problem(
            fields.place(),
            "contains and refers both name " + reference.name() + ". Rename one of them.");
      }
    }
  }

  private void checkName(String name, Fields all) {
    if (!NAME.matcher(name).matches()) {
      reading
          .problems()
          .add(
              all.keys().getOrDefault(name, all.place()),
              "an attribute's name must be a letter, then letters, digits and _, 63 at most, got: "
                  + Problems.printable(name)
                  + ". Write for example lines.");
    }
  }

  private void checkTable(TableId table, Fields fields) {
    Place place = fields.get("table").map(YamlNode::place).orElse(fields.place());
    String other = tables.putIfAbsent(table, fields.place().key());
    if (other != null) {
      problem(place, "is already the table of " + other + ", got: " + table + ". Take one out.");
    }
  }

  private void problem(Place place, String rule) {
    reading.problems().add(place, place.key() + " " + rule);
  }
}
