package io.rowhook.settings;

import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.SqlCondition;
import io.rowhook.capture.TableId;
import io.rowhook.entity.ChildTable;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.LookupReference;
import io.rowhook.settings.YamlNode.Fields;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads {@code entities.yaml}: which tables make which entity.
 *
 * @param names of all that the file describes, also of those that have problems
 * @param entities those without
 */
record EntitiesFile(List<String> names, List<EntityType> entities) {

  static final Pattern NAME = Pattern.compile("[A-Z][A-Za-z0-9]{0,62}");

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

  static TableId table(String value) throws Refused {
    String advice =
        "Write schema.table as the catalog spells them; a name with a full stop in double quotes: '\"my.schema\".article'.";
    try {
      TableId table = TableId.parse(value);
      for (String part : List.of(table.schema(), table.name())) {
        if (part.getBytes(StandardCharsets.UTF_8).length > MAX_IDENTIFIER
            || (value.indexOf('"') < 0 && !part.equals(part.strip()))) {
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
  static List<String> columns(Fields fields, Setting<List<String>> setting, Reading reading) {
    return apart(fields, setting, fields.read(setting).orElse(List.of()), reading);
  }

  private static List<String> apart(
      Fields fields, Setting<?> setting, List<String> columns, Reading reading) {
    List<String> seen = new ArrayList<>();
    for (String column : columns) {
      if (seen.contains(column)) {
        reading
            .problems()
            .add(
                fields.place(),
                fields.place().key()
                    + "."
                    + setting.name()
                    + " names "
                    + Problems.printable(column)
                    + " twice. Take one out.");
      }
      seen.add(column);
    }
    return columns;
  }

  /** An SQL condition on one row; empty where there is none. */
  static String condition(Fields fields, Setting<String> setting) {
    return fields.read(setting).orElse("");
  }

  static String condition(String value) throws Refused {
    String advice =
        "Write a condition as it may stand in a CHECK of the table: company_id = 1 AND active.";
    if (value.isBlank()) {
      throw Refused.because("must be an SQL condition", advice);
    }
    Optional<String> problem = SqlCondition.of(value).problem();
    if (problem.isPresent()) {
      throw Refused.because(problem.get(), advice);
    }
    return value.strip();
  }

  /**
   * Which columns are shown.
   *
   * @param needed columns that must not be excluded
   */
  static ColumnFilter attributes(Fields fields, Set<String> needed, Reading reading) {
    return switch (fields.read(EntitySettings.ATTRIBUTES).orElse(null)) {
      case null -> ColumnFilter.ALL;
      case Fields inner -> attributes(inner, needed);
      default -> {
        String name = EntitySettings.ATTRIBUTES.name();
        List<String> only = fields.readList(name, EntitiesFile::column).orElse(List.of());
        yield ColumnFilter.only(apart(fields, EntitySettings.ATTRIBUTES, only, reading));
      }
    };
  }

  private static ColumnFilter attributes(Fields inner, Set<String> needed) {
    Reading reading = inner.reading();
    List<String> include = columns(inner, EntitySettings.INCLUDE, reading);
    List<String> exclude = columns(inner, EntitySettings.EXCLUDE, reading);
    Place place = inner.place();
    if (!include.isEmpty() && !exclude.isEmpty()) {
      reading
          .problems()
          .add(place, place.key() + " has include and exclude. Write only one of the two.");
      return ColumnFilter.ALL;
    }
    for (String column : exclude) {
      if (needed.contains(column)) {
        reading
            .problems()
            .add(
                place,
                place.key()
                    + ".exclude names "
                    + column
                    + ", which is its id or key, or orders it. Take one of them out.");
      }
    }
    return new ColumnFilter(include, exclude);
  }

  static String column(String value) throws Refused {
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

    /** Those that an entity has all rows of. */
    private final Set<TableId> unconditional = new HashSet<>();

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
      fields.check(EntitySettings.ENTITY);
      Optional<TableId> table = fields.read(EntitySettings.TABLE);
      table.ifPresent(id -> checkTable(id, name, fields));
      List<String> id = columns(fields, EntitySettings.ID, reading);
      ColumnFilter attributes = attributes(fields, Set.copyOf(id), reading);
      String where = condition(fields, EntitySettings.WHERE);
      String deleted = condition(fields, EntitySettings.DELETED);
      RelationKeys relations =
          new RelationKeys(
              table.orElse(new TableId("", name)),
              name,
              fields.get(EntitySettings.WHERE).isPresent(),
              reading);
      List<ChildTable> parts = relations.parts(fields);
      List<LookupReference> references = relations.references(fields);
      relations.checkApart(parts, references, fields);
      return table.map(
          t -> new EntityType(name, t, id, attributes, where, deleted, parts, references));
    }

    private void checkTable(TableId table, String name, Fields fields) {
      String other = tables.putIfAbsent(table, name);
      if (fields.get(EntitySettings.WHERE).isEmpty()) {
        unconditional.add(table);
      }
      if (other != null && unconditional.contains(table)) {
        Place place = fields.place(EntitySettings.TABLE);
        reading
            .problems()
            .add(
                place,
                place.key()
                    + " is already the table of "
                    + other
                    + ", got: "
                    + table
                    + ". Take one of the two out, or give each a where.");
      }
    }
  }
}
