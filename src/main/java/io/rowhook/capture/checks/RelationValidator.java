package io.rowhook.capture.checks;

import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableRequirement;
import io.rowhook.capture.catalog.TableColumns;
import io.rowhook.capture.checks.ColumnValidator.Fault;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether the captured tables can be told and joined as the entities demand: keys, what they
 * refer to, what the log has of old rows, rights to read. One use.
 */
public final class RelationValidator {

  private final SourceConfig source;
  private final Map<TableId, TableMetadata> captured = new HashMap<>();
  private final Map<TableId, CapturedTable> asked = new HashMap<>();
  private final ColumnValidator columns;
  private final KeyValidator keys;
  private final ReadAccessValidator reading;
  private final ConditionValidator conditions;
  private final boolean rights;

  /**
   * @param rights whether the role must be able to read what is looked up
   * @param role of whose rights on columns is asked; empty: of all rights of the session's
   */
  public RelationValidator(
      SourceConfig source,
      Connection connection,
      List<TableMetadata> captured,
      Findings findings,
      boolean rights,
      Optional<String> role) {
    this.rights = rights;
    this.source = source;
    this.columns = new ColumnValidator(connection, findings, role);
    this.keys = new KeyValidator(connection, findings, columns);
    this.reading = new ReadAccessValidator(source, connection, findings, role);
    this.conditions = new ConditionValidator(connection, findings);
    captured.forEach(facts -> this.captured.put(facts.table(), facts));
  }

  /** Adds a problem for each demand that does not hold. */
  public void check(List<CapturedTable> tables) throws SQLException {
    tables.forEach(table -> asked.put(table.table(), table));
    for (CapturedTable table : tables) {
      TableMetadata facts = captured.get(table.table());
      if (facts == null) {
        continue; // has a problem of its own
      }
      checkDistinguishable(table, facts);
      for (TableRequirement requirement : table.requirements()) {
        switch (requirement) {
          case TableRequirement.Id id -> keys.id(id, facts);
          case TableRequirement.Part part -> part(part, table, facts);
          case TableRequirement.Reference reference -> {
            reference(reference, facts.table(), facts.columns());
            read(reference.place(), table, facts);
          }
          case TableRequirement.Columns named -> named(named, facts);
          case TableRequirement.Where where ->
              conditions.captured(where, facts, columns.of(facts.table()));
        }
      }
    }
  }

  /** Two rows that have the same key as sent would be one entity, or one row of a part. */
  private void checkDistinguishable(CapturedTable table, TableMetadata facts) throws SQLException {
    boolean byPrimaryKey =
        table.requirements().stream().noneMatch(TableRequirement.Id.class::isInstance)
            || table.requirements().stream().anyMatch(TableRequirement.Part.class::isInstance);
    if (byPrimaryKey) {
      keys.checkDistinguishable(
          new Fault(facts.table(), true), "entities.yaml", facts.primaryKey(), facts.table());
    }
  }

  private void part(TableRequirement.Part part, CapturedTable table, TableMetadata facts)
      throws SQLException {
    Fault fault = new Fault(facts.table(), true);
    Fault unread = new Fault(facts.table(), false);
    boolean noKey = columns.missing(fault, part.place() + ".key", part.key(), facts.table());
    if (columns.missing(unread, part.place() + ".order-by", part.orderBy(), facts.table())
        || noKey) {
      return;
    }
    columns.logged(fault, part.place() + ".key", part.key(), facts);
    TableMetadata parent = captured.get(part.parent());
    if (parent == null) {
      return; // has a problem of its own
    }
    List<String> to = part.to().isEmpty() ? parent.primaryKey() : part.to();
    if (!part.to().isEmpty()) {
      Fault above = new Fault(parent.table(), true);
      if (columns.missing(above, part.place() + ".to", to, parent.table())
          || !keys.unique(above, part.place(), to, parent.table(), parent.uniqueKeys())) {
        return;
      }
      columns.logged(above, part.place() + ".to", to, parent);
    }
    keys.refers(fault, part.place(), part.key(), part.prefix(), facts.table(), parent.table(), to);
    free(part.place(), part.name(), parent.table(), parent.columns());
    read(part.place(), table, facts);
    read(part.place(), asked.get(part.parent()), parent);
    keys.indexed(part, facts);
  }

  private void named(TableRequirement.Columns named, TableMetadata facts) throws SQLException {
    columns.missing(
        new Fault(facts.table(), named.excluded()),
        named.place(),
        withoutGenerated(named.columns(), named.excluded(), columns.of(facts.table())),
        facts.table());
  }

  /** What is computed may be excluded, which it is anyway. */
  private static List<String> withoutGenerated(
      List<String> named, boolean excluded, TableColumns columns) {
    return excluded
        ? named.stream().filter(name -> !columns.generated().contains(name)).toList()
        : named;
  }

  /**
   * Looks at a reference and at those of the row that it names.
   *
   * @param from whose rows name the other
   * @param taken its columns
   */
  private void reference(TableRequirement.Reference reference, TableId from, List<String> taken)
      throws SQLException {
    Fault fault = new Fault(reference.to(), false);
    TableColumns to = columns.of(reference.to());
    if (to.types().isEmpty()) {
      columns.problem(
          fault,
          reference.place() + ".table",
          "table %s does not exist in database '%s'".formatted(reference.to(), source.database()));
      return;
    }
    boolean excluded = reference.attributes().include().isEmpty();
    columns.missing(
        fault,
        reference.place() + ".attributes" + (excluded ? ".exclude" : ""),
        withoutGenerated(reference.attributes().named(), excluded, to),
        reference.to());
    List<String> key = reference.toKey().isEmpty() ? to.primaryKey() : reference.toKey();
    boolean known =
        reference.toKey().isEmpty()
            || (!columns.missing(fault, reference.place() + ".to", key, reference.to())
                && keys.unique(fault, reference.place(), key, reference.to(), to.uniqueKeys()));
    if (!columns.missing(fault, reference.place() + ".key", reference.key(), from) && known) {
      keys.refers(
          fault, reference.place(), reference.key(), reference.prefix(), from, reference.to(), key);
    }
    if (!reference.key().contains(reference.name())) { // it takes that column's place
      free(reference.place(), reference.name(), from, taken);
    }
    List<String> wanted = new ArrayList<>(key);
    to.readable().stream().filter(reference.attributes()::test).forEach(wanted::add);
    if (rights) {
      reading.check(reference.place(), reference.to(), to, wanted);
    }
    if (!reference.where().isEmpty()) {
      conditions.lookedUp(reference.place() + ".where", reference.where(), reference.to(), to);
    }
    for (TableRequirement.Reference inner : reference.references()) {
      reference(inner, reference.to(), to.readable());
    }
  }

  /** Its own rows are looked up where only rows are in the log that belong to them. */
  private void read(String place, @Nullable CapturedTable table, TableMetadata facts)
      throws SQLException {
    if (!rights) {
      return;
    }
    List<String> wanted =
        facts.columns().stream()
            .filter(column -> table == null || table.reads(column, facts))
            .toList();
    reading.check(place, facts.table(), columns.of(facts.table()), wanted);
  }

  private void free(String place, String name, TableId table, List<String> taken) {
    if (taken.contains(name)) {
      columns.problem(
          new Fault(table, false),
          place,
          "%s has a column %s already. Give it another name here".formatted(table, name));
    }
  }
}
