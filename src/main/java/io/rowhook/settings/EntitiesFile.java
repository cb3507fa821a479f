package io.rowhook.settings;

import io.rowhook.capture.TableId;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.Part;
import io.rowhook.entity.Reference;
import io.rowhook.settings.YamlNode.Fields;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads {@code entities.yaml}: which tables make which entity.
 *
 * @param names of all that the file describes, also of those that have problems
 * @param entities those without
 */
record EntitiesFile(List<String> names, List<EntityType> entities) {

  private static final YamlKeys ENTITY =
      new YamlKeys(List.of("table"), List.of("id", "attributes", "contains", "refers"));
  private static final YamlKeys ATTRIBUTES = new YamlKeys(List.of(), List.of("exclude"));

  /** By mapping; {@code *} is the entity. */
  static final Map<String, YamlKeys> KEYS = keys();

  private static final Pattern NAME = Pattern.compile("[A-Z][A-Za-z0-9]{0,62}");

  /** PostgreSQL's {@code NAMEDATALEN} less one, in bytes. */
  private static final int MAX_IDENTIFIER = 63;

  EntitiesFile {
    names = List.copyOf(names);
    entities = List.copyOf(entities);
  }

  static EntitiesFile read(Path file, Reading reading) {
    Optional<Fields> root = Yaml.read(file, reading);
    return root.map(fields -> new Reader(reading).all(fields))
        .orElse(new EntitiesFile(List.of(), List.of()));
  }

  private static Map<String, YamlKeys> keys() {
    Map<String, YamlKeys> keys = new HashMap<>(RelationKeys.KEYS);
    keys.put("*", ENTITY);
    keys.put("*.attributes", ATTRIBUTES);
    return Map.copyOf(keys);
  }

  static TableId table(String value) throws Refused {
    String advice = "Write schema.table as the catalog spells them, without quotes.";
    if (value.indexOf('"') >= 0) {
      throw Refused.because("must be a table without quotes", advice);
    }
    try {
      TableId table = TableId.parse(value);
      for (String part : List.of(table.schema(), table.name())) {
        if (part.getBytes(StandardCharsets.UTF_8).length > MAX_IDENTIFIER
            || !part.equals(part.strip())) {
          throw Refused.because(
              "must be a table whose names have from 1 to "
                  + MAX_IDENTIFIER
                  + " bytes and no spaces around them",
              advice);
        }
      }
      return table;
    } catch (IllegalArgumentException e) {
      throw Refused.because("must be a table, written schema.table", advice);
    }
  }

  /** One column or a list of them; empty where there is none. */
  static List<String> columns(Fields fields, String key, Reading reading) {
    List<String> columns = fields.readList(key, EntitiesFile::column).orElse(List.of());
    List<String> seen = new ArrayList<>();
    for (String column : columns) {
      if (seen.contains(column)) {
        reading
            .problems()
            .add(
                fields.place(),
                fields.place().key()
                    + "."
                    + key
                    + " names "
                    + Problems.printable(column)
                    + " twice. Take one out.");
      }
      seen.add(column);
    }
    return columns;
  }

  private static String column(String value) throws Refused {
    if (value.isBlank() || value.getBytes(StandardCharsets.UTF_8).length > MAX_IDENTIFIER) {
      throw Refused.because(
          "must be a column's name, from 1 to " + MAX_IDENTIFIER + " bytes",
          "Write it as the table has it.");
    }
    return value;
  }

  /** One reading; holds what must not come twice. */
  private static final class Reader {

    private final Reading reading;
    private final Map<TableId, String> tables = new HashMap<>();
    private final Map<String, String> topics = new HashMap<>();

    Reader(Reading reading) {
      this.reading = reading;
    }

    private EntitiesFile all(Fields root) {
      List<EntityType> entities = new ArrayList<>();
      for (String name : root.names()) {
        checkName(name, root.keys().getOrDefault(name, root.place()));
        root.mapping(name).flatMap(entity -> entity(name, entity)).ifPresent(entities::add);
      }
      return new EntitiesFile(List.copyOf(root.names()), entities);
    }

    private void checkName(String name, Place place) {
      if (!NAME.matcher(name).matches()) {
        reading
            .problems()
            .add(
                place,
                "an entity's name must be a capital letter, then letters and digits, 63 at most, got: "
                    + Problems.printable(name)
                    + ". Write for example Article.");
        return;
      }
      String other = topics.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
      if (other != null) {
        reading
            .problems()
            .add(
                place,
                name
                    + " and "
                    + other
                    + " differ only in case, which topics do not show. Rename one.");
      }
    }

    private Optional<EntityType> entity(String name, Fields fields) {
      fields.check(ENTITY);
      Optional<TableId> table = fields.read("table", EntitiesFile::table);
      table.ifPresent(id -> checkTable(id, name, fields));
      List<String> id = columns(fields, "id", reading);
      List<String> excluded =
          fields
              .mapping("attributes")
              .map(inner -> inner.check(ATTRIBUTES))
              .map(inner -> columns(inner, "exclude", reading))
              .orElse(List.of());
      for (String column : excluded) {
        if (id.contains(column)) {
          reading
              .problems()
              .add(
                  fields.place(),
                  name
                      + ".attributes.exclude names "
                      + column
                      + ", which is its id. Take one of them out.");
        }
      }
      RelationKeys relations = new RelationKeys(table.orElse(new TableId("", name)), name, reading);
      List<Part> parts = relations.parts(fields);
      List<Reference> references = relations.references(fields);
      relations.checkApart(parts, references, fields);
      return table.map(t -> new EntityType(name, t, id, excluded, parts, references));
    }

    private void checkTable(TableId table, String name, Fields fields) {
      String other = tables.putIfAbsent(table, name);
      if (other != null) {
        Place place = fields.get("table").map(YamlNode::place).orElse(fields.place());
        reading
            .problems()
            .add(
                place,
                place.key()
                    + " is already the table of "
                    + other
                    + ", got: "
                    + table
                    + ". One table makes one entity; take one of the two out.");
      }
    }
  }
}
