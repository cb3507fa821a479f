package io.rowhook.settings.entities;

import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.TableId;
import io.rowhook.entity.ChildTable;
import io.rowhook.entity.LookupReference;
import io.rowhook.entity.OrderBy;
import io.rowhook.settings.yaml.Diagnostics;
import io.rowhook.settings.yaml.Location;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.ParseSession;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code contains} and {@code refers} of one entity in {@code entities.yaml}: its parts,
 * their parts, and the rows that they name.
 */
final class RelationParser {

  private static final Pattern ORDER =
      Pattern.compile(
          "(?is)(?<column>.+?)(?:\\s+(?<direction>asc|desc))?(?:\\s+nulls\\s+(?<nulls>first|last))?");

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,62}");

  private final ParseSession session;

  /** Those that are the entity itself or a part of it: each of its rows has one place there. */
  private final Map<TableId, String> tables = new HashMap<>();

  /** Those of which all rows have their place. */
  private final Set<TableId> unconditional = new HashSet<>();

  RelationParser(TableId root, String entity, boolean conditional, ParseSession session) {
    this.session = session;
    tables.put(root, entity);
    if (!conditional) {
      unconditional.add(root);
    }
  }

  /** What it contains. */
  List<ChildTable> parts(Fields owner) {
    List<ChildTable> parts = parts(owner, EntitySettings.PART);
    for (ChildTable part : parts) {
      if (!part.to().equals(parts.getFirst().to())) {
        problem(
            owner.location(),
            "is named by %s and %s by different columns. Let to be the same in all of its parts."
                .formatted(parts.getFirst().name(), part.name()));
      }
    }
    return parts;
  }

  private List<ChildTable> parts(Fields owner, ObjectSetting<?> object) {
    List<ChildTable> parts = new ArrayList<>();
    owner
        .read(EntitySettings.CONTAINS)
        .ifPresent(all -> {
          for (String name : all.names()) {
            checkName(name, all);
            all.mapping(name).flatMap(part -> part(name, part, object)).ifPresent(parts::add);
          }
        });
    return parts;
  }

  private Optional<ChildTable> part(String name, Fields fields, ObjectSetting<?> object) {
    fields.check(object);
    Optional<TableId> table = fields.read(EntitySettings.TABLE);
    table.ifPresent(id -> checkTable(id, fields));
    List<String> key = EntitiesFileReader.columns(fields, EntitySettings.KEY, session);
    List<String> to = object.has(EntitySettings.TO) ? to(fields, key) : List.of();
    List<OrderBy> orderBy = orderBy(fields);
    Set<String> needed = new HashSet<>(key);
    orderBy.forEach(by -> needed.add(by.column()));
    ColumnFilter attributes = EntitiesFileReader.attributes(fields, needed, session);
    String prefix = prefix(fields, key);
    String where = EntitiesFileReader.condition(fields, EntitySettings.WHERE);
    List<ChildTable> inner =
        object.has(EntitySettings.CONTAINS) ? parts(fields, EntitySettings.INNERMOST) : List.of();
    List<LookupReference> references = references(fields);
    checkApart(inner, references, fields);
    return table
        .filter(id -> !key.isEmpty())
        .map(id ->
            new ChildTable(
                name, id, key, to, prefix, orderBy, attributes, where, inner, references));
  }

  /** As in SQL: {@code line_no desc nulls first}; like there, null is larger than all values. */
  private List<OrderBy> orderBy(Fields fields) {
    List<OrderBy> all = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String written : EntitiesFileReader.columns(fields, EntitySettings.ORDER_BY, session)) {
      Matcher matcher = ORDER.matcher(written.strip());
      if (!matcher.matches()) {
        throw new IllegalStateException("a column is never blank");
      }
      boolean descending = "desc".equalsIgnoreCase(matcher.group("direction"));
      String nulls = matcher.group("nulls");
      boolean first = nulls == null ? descending : nulls.equalsIgnoreCase("first");
      String column = matcher.group("column");
      if (!seen.add(column)) {
        problem(
            fields.location(),
            "orders by " + Diagnostics.printable(column) + " twice. Take one of them out.");
      }
      all.add(new OrderBy(column, descending, first));
    }
    return all;
  }

  private List<String> to(Fields fields, List<String> key) {
    List<String> to = EntitiesFileReader.columns(fields, EntitySettings.TO, session);
    if (!to.isEmpty() && to.size() != key.size()) {
      problem(
          fields.location(),
          "has a key of "
              + key.size()
              + " columns and a to of "
              + to.size()
              + ". Name for each column of key the column of the other row that it holds.");
    }
    return to;
  }

  private String prefix(Fields fields, List<String> key) {
    String prefix = fields.read(EntitySettings.PREFIX).orElse("");
    if (!prefix.isEmpty() && key.size() > 1) {
      problem(
          fields.location(),
          "has a prefix and a key of "
              + key.size()
              + " columns. Only one column can have a prefix.");
    }
    return prefix;
  }

  /** What it refers to. */
  List<LookupReference> references(Fields owner) {
    return references(owner, 1);
  }

  private List<LookupReference> references(Fields owner, int depth) {
    List<LookupReference> references = new ArrayList<>();
    owner
        .read(EntitySettings.REFERS)
        .ifPresent(all -> {
          for (String name : all.names()) {
            checkName(name, all);
            all.mapping(name)
                .flatMap(one -> reference(name, one, depth))
                .ifPresent(references::add);
          }
        });
    return references;
  }

  private Optional<LookupReference> reference(String name, Fields fields, int depth) {
    fields.check(EntitySettings.reference(depth));
    Optional<TableId> table = fields.read(EntitySettings.TABLE);
    List<String> key = EntitiesFileReader.columns(fields, EntitySettings.KEY, session);
    List<String> to = to(fields, key);
    ColumnFilter attributes = EntitiesFileReader.attributes(fields, Set.of(), session);
    String prefix = prefix(fields, key);
    String where = EntitiesFileReader.condition(fields, EntitySettings.WHERE);
    List<LookupReference> inner =
        depth == EntitySettings.DEPTH ? List.of() : references(fields, depth + 1);
    return table
        .filter(id -> !key.isEmpty())
        .map(id -> new LookupReference(name, id, key, to, prefix, attributes, where, inner));
  }

  /** One attribute cannot be both. */
  void checkApart(List<ChildTable> parts, List<LookupReference> references, Fields fields) {
    Set<String> names = new HashSet<>();
    parts.forEach(part -> names.add(part.name()));
    for (LookupReference reference : references) {
      if (!names.add(reference.name())) {
        problem(
            fields.location(),
            "contains and refers both name " + reference.name() + ". Rename one of them.");
      }
    }
  }

  private void checkName(String name, Fields all) {
    if (!NAME.matcher(name).matches()) {
      session
          .problems()
          .add(
              all.keys().getOrDefault(name, all.location()),
              "an attribute's name must be a letter, then letters, digits and _, 63 at most, got: "
                  + Diagnostics.printable(name)
                  + ". Write for example lines.");
    }
  }

  private void checkTable(TableId table, Fields fields) {
    Location location = fields.location(EntitySettings.TABLE);
    String other = tables.putIfAbsent(table, fields.location().key());
    if (fields.get(EntitySettings.WHERE).isEmpty()) {
      unconditional.add(table);
    }
    if (other != null && unconditional.contains(table)) {
      problem(
          location,
          "is already the table of "
              + other
              + ", got: "
              + table
              + ". Take one out, or give each a where.");
    }
  }

  private void problem(Location location, String rule) {
    session.problems().add(location, location.key() + " " + rule);
  }
}
