package io.rowhook.settings.entities;

import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.SqlCondition;
import io.rowhook.capture.TableId;
import io.rowhook.entity.ChildTable;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.LookupReference;
import io.rowhook.entity.OwnEvent;
import io.rowhook.settings.yaml.Diagnostics;
import io.rowhook.settings.yaml.InvalidValueException;
import io.rowhook.settings.yaml.Location;
import io.rowhook.settings.yaml.ParseSession;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Yaml;
import io.rowhook.settings.yaml.YamlNode.Fields;
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
import java.util.stream.Collectors;

/**
 * Reads {@code entities.yaml}: which tables make which entity.
 *
 * @param names of all that the file describes, also of those that have problems
 * @param entities those without
 */
public record EntitiesFileReader(List<String> names, List<EntityType> entities) {

  public static final Pattern NAME = Pattern.compile("[A-Z][A-Za-z0-9]{0,62}");

  /** PostgreSQL's {@code NAMEDATALEN} less one, in bytes. */
  private static final int MAX_IDENTIFIER = 63;

  public EntitiesFileReader {
    names = List.copyOf(names);
    entities = List.copyOf(entities);
  }

  public static EntitiesFileReader read(Path file, ParseSession session) {
    Optional<Fields> root = Yaml.read(file, session);
    return root.map(fields -> new Reader(session).all(fields))
        .orElse(new EntitiesFileReader(List.of(), List.of()));
  }

  static TableId table(String value) throws InvalidValueException {
    String advice =
        "Write schema.table as the catalog spells them; a name with a full stop in double quotes: '\"my.schema\".article'.";
    try {
      TableId table = TableId.parse(value);
      for (String part : List.of(table.schema(), table.name())) {
        if (part.getBytes(StandardCharsets.UTF_8).length > MAX_IDENTIFIER
            || (value.indexOf('"') < 0 && !part.equals(part.strip()))) {
          throw InvalidValueException.because(
              "must be a table whose names have from 1 to "
                  + MAX_IDENTIFIER
                  + " bytes and no spaces around them",
              advice);
        }
      }
      return table;
    } catch (IllegalArgumentException e) {
      throw InvalidValueException.because("must be a table, written schema.table", advice);
    }
  }

  /** One column or a list of them; empty where there is none. */
  static List<String> columns(Fields fields, Setting<List<String>> setting, ParseSession session) {
    return apart(fields, setting, fields.read(setting).orElse(List.of()), session);
  }

  private static List<String> apart(
      Fields fields, Setting<?> setting, List<String> columns, ParseSession session) {
    List<String> seen = new ArrayList<>();
    for (String column : columns) {
      if (seen.contains(column)) {
        session
            .problems()
            .add(
                fields.location(),
                fields.location().key()
                    + "."
                    + setting.name()
                    + " names "
                    + Diagnostics.printable(column)
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

  static String condition(String value) throws InvalidValueException {
    String advice =
        "Write a condition as it may stand in a CHECK of the table: company_id = 1 AND active.";
    if (value.isBlank()) {
      throw InvalidValueException.because("must be an SQL condition", advice);
    }
    Optional<String> problem = SqlCondition.of(value).problem();
    if (problem.isPresent()) {
      throw InvalidValueException.because(problem.get(), advice);
    }
    return value.strip();
  }

  /**
   * Which columns are shown.
   *
   * @param needed columns that must not be excluded
   */
  static ColumnFilter attributes(Fields fields, Set<String> needed, ParseSession session) {
    return switch (fields.read(EntitySettings.ATTRIBUTES).orElse(null)) {
      case null -> ColumnFilter.ALL;
      case Fields inner -> attributes(inner, needed);
      default -> {
        String name = EntitySettings.ATTRIBUTES.name();
        List<String> only = fields.readList(name, EntitiesFileReader::column).orElse(List.of());
        yield ColumnFilter.only(apart(fields, EntitySettings.ATTRIBUTES, only, session));
      }
    };
  }

  private static ColumnFilter attributes(Fields inner, Set<String> needed) {
    ParseSession session = inner.session();
    List<String> include = columns(inner, EntitySettings.INCLUDE, session);
    List<String> exclude = columns(inner, EntitySettings.EXCLUDE, session);
    Location location = inner.location();
    if (!include.isEmpty() && !exclude.isEmpty()) {
      session
          .problems()
          .add(location, location.key() + " has include and exclude. Write only one of the two.");
      return ColumnFilter.ALL;
    }
    for (String column : exclude) {
      if (needed.contains(column)) {
        session
            .problems()
            .add(
                location,
                location.key()
                    + ".exclude names "
                    + column
                    + ", which is its id or key, or orders it. Take one of them out.");
      }
    }
    return new ColumnFilter(include, exclude);
  }

  static String column(String value) throws InvalidValueException {
    if (value.isBlank() || value.getBytes(StandardCharsets.UTF_8).length > MAX_IDENTIFIER) {
      throw InvalidValueException.because(
          "must be a column's name, from 1 to " + MAX_IDENTIFIER + " bytes",
          "Write it as the table has it.");
    }
    return value;
  }

  /** One reading; holds what must not come twice. */
  private static final class Reader {

    private final ParseSession session;
    private final Map<TableId, String> tables = new HashMap<>();

    /** Those that an entity has all rows of. */
    private final Set<TableId> unconditional = new HashSet<>();

    private final Map<String, String> topics = new HashMap<>();

    Reader(ParseSession session) {
      this.session = session;
    }

    private EntitiesFileReader all(Fields root) {
      List<EntityType> entities = new ArrayList<>();
      for (String name : root.names()) {
        checkName(name, root.keys().getOrDefault(name, root.location()));
        root.mapping(name).flatMap(entity -> entity(name, entity)).ifPresent(entities::add);
      }
      return new EntitiesFileReader(List.copyOf(root.names()), entities);
    }

    private void checkName(String name, Location location) {
      if (!NAME.matcher(name).matches()) {
        session
            .problems()
            .add(
                location,
                "an entity's name must be a capital letter, then letters and digits, 63 at most, got: "
                    + Diagnostics.printable(name)
                    + ". Write for example Article.");
        return;
      }
      if (name.equalsIgnoreCase(OwnEvent.ENTITY)) {
        session
            .problems()
            .add(
                location,
                name
                    + " is the name of what Rowhook tells of itself, and cannot be an entity's. Rename it.");
      }
      String other = topics.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
      if (other != null) {
        session
            .problems()
            .add(
                location,
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
      List<String> id = columns(fields, EntitySettings.ID, session);
      ColumnFilter attributes = attributes(fields, Set.copyOf(id), session);
      String where = condition(fields, EntitySettings.WHERE);
      String deleted = condition(fields, EntitySettings.DELETED);
      RelationParser relations =
          new RelationParser(
              table.orElse(new TableId("", name)),
              name,
              fields.get(EntitySettings.WHERE).isPresent(),
              session);
      List<ChildTable> parts = relations.parts(fields);
      List<LookupReference> references = relations.references(fields);
      relations.checkApart(parts, references, fields);
      List<String> index = index(fields, attributes, references);
      return table.map(
          t -> new EntityType(name, t, id, attributes, where, deleted, parts, references, index));
    }

    private List<String> index(
        Fields fields, ColumnFilter attributes, List<LookupReference> references) {
      List<String> index = columns(fields, EntitySettings.INDEX, session);
      Set<String> replaced =
          references.stream().map(LookupReference::name).collect(Collectors.toSet());
      String key = fields.location().key() + ".index";
      if (index.size() > EntitySettings.MAX_INDEX) {
        fields.problem(
            EntitySettings.INDEX,
            "%s names %d columns, and %d are the most. Take out those that nobody looks for."
                .formatted(key, index.size(), EntitySettings.MAX_INDEX));
      }
      for (String column : index) {
        String why =
            !attributes.test(column)
                ? "which is not sent, so it may not be kept. Take it out of index, or send it"
                : replaced.contains(column)
                    ? "in whose place a row is sent that it refers to. Call that reference another name"
                    : "";
        if (!why.isEmpty()) {
          fields.problem(
              EntitySettings.INDEX,
              "%s names %s, %s.".formatted(key, Diagnostics.printable(column), why));
        }
      }
      return index;
    }

    private void checkTable(TableId table, String name, Fields fields) {
      String other = tables.putIfAbsent(table, name);
      if (fields.get(EntitySettings.WHERE).isEmpty()) {
        unconditional.add(table);
      }
      if (other != null && unconditional.contains(table)) {
        Location location = fields.location(EntitySettings.TABLE);
        session
            .problems()
            .add(
                location,
                location.key()
                    + " is already the table of "
                    + other
                    + ", got: "
                    + table
                    + ". Take one of the two out, or give each a where.");
      }
    }
  }
}
