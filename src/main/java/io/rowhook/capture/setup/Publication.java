package io.rowhook.capture.setup;

import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableMetadata.ReplicaIdentity;
import io.rowhook.capture.catalog.PublicationMembers;
import io.rowhook.capture.catalog.TableLocks;
import io.rowhook.capture.lookup.LookupFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publication: which tables the source sends. Made and altered by Rowhook where it may, so that
 * nobody has to give it rights on all tables; where it may not, the statement is asked for.
 */
public final class Publication {

  private static final Logger log = LoggerFactory.getLogger(Publication.class);

  private static final String READ =
      """
      SELECT p.puballtables, p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate AS all_operations,
             pg_has_role(p.pubowner, 'USAGE') AS mine, to_jsonb(p) ->> 'pubgencols' = 'n' AS without_computed
        FROM pg_publication p WHERE p.pubname = ?
      """;

  private Publication() {}

  /**
   * What has to be done so that the publication sends just these tables, whole.
   *
   * @param missing whether there is no such publication
   * @param statements to run, in order; empty: it is as it must be
   * @param removals to run after them; they need not succeed
   * @param changes what they change, for the log
   * @param problems where Rowhook may not run them
   * @param wanted the statements, whoever may run them
   */
  public record Plan(
      boolean missing,
      List<String> statements,
      List<String> removals,
      List<String> changes,
      List<String> problems,
      List<String> wanted) {

    boolean alters() {
      return !statements.isEmpty() || !removals.isEmpty();
    }
  }

  /** Looks, and changes nothing. */
  public static Plan plan(Connection connection, SourceConfig source, List<TableMetadata> tables)
      throws SQLException {
    return plan(connection, source, tables, Set.of());
  }

  /**
   * Looks, and changes nothing.
   *
   * @param kept other tables, which stay in it if they are
   */
  static Plan plan(
      Connection connection, SourceConfig source, List<TableMetadata> tables, Set<TableId> kept)
      throws SQLException {
    Set<TableId> wanted =
        tables.stream().map(TableMetadata::table).collect(Collectors.toCollection(TreeSet::new));
    List<String> statements = new ArrayList<>();
    List<String> removals = new ArrayList<>();
    List<String> changes = new ArrayList<>();
    boolean mine;
    String what;
    boolean needed = true;
    boolean missing = false;
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      statement.setString(1, source.publication());
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          what = "is not as it must be";
          mine = row.getBoolean("mine");
          if (!row.getBoolean("all_operations")) {
            statements.add(
                "ALTER PUBLICATION \"%s\" SET (publish = 'insert, update, delete, truncate');"
                    .formatted(source.publication()));
            changes.add("publishes insert, update, delete and truncate");
          }
          if (row.getBoolean("without_computed") && needComputed(tables)) {
            statements.add(
                "ALTER PUBLICATION \"%s\" SET (publish_generated_columns = stored);"
                    .formatted(source.publication()));
            changes.add("publishes stored generated columns");
          }
          needed = !statements.isEmpty();
          if (row.getBoolean("puballtables")) {
            needed |= roots(connection, source, tables, statements, changes);
          } else {
            needed |= tables(connection, source, tables, kept, mine, statements, removals, changes);
          }
        } else {
          what = "does not exist";
          missing = true;
          mine = PublicationRights.mayCreate(connection);
          statements.add(
              "CREATE PUBLICATION \"%s\" FOR TABLE %s%s;"
                  .formatted(source.publication(), list(wanted), options(connection, tables)));
          changes.add("made, with " + wanted);
        }
      }
    }
    boolean whole = statements.isEmpty() && removals.isEmpty();
    if (whole || (mine && PublicationRights.ownsAll(connection, wanted))) {
      return new Plan(missing, statements, removals, changes, List.of(), statements);
    }
    if (!needed) {
      return new Plan(
          missing, List.of(), List.of(), List.of(), List.of(),
          List.of()); // more than we need, and not ours to change
    }
    return new Plan(
        missing,
        List.of(),
        List.of(),
        List.of(),
        List.of(
            "%s: publication.name '%s' %s, and database.user '%s' may not change that. Have the owner of the tables run %s"
                .formatted(
                    source.place(),
                    source.publication(),
                    what,
                    source.user(),
                    String.join(" ", statements))),
        statements);
  }

  private static String options(Connection connection, List<TableMetadata> tables)
      throws SQLException {
    List<String> options = new ArrayList<>();
    if (tables.stream().anyMatch(TableMetadata::partitioned)) {
      options.add("publish_via_partition_root = true");
    }
    if (connection.getMetaData().getDatabaseMajorVersion() >= 18 && needComputed(tables)) {
      options.add("publish_generated_columns = stored");
    }
    return options.isEmpty() ? "" : " WITH (" + String.join(", ", options) + ")";
  }

  /**
   * From PostgreSQL 18 on, which can publish them, it refuses every UPDATE and DELETE of a table
   * that has stored generated columns and logs its old rows whole unless they are published. They
   * are not read.
   */
  private static boolean needComputed(List<TableMetadata> tables) {
    return tables.stream()
        .filter(table -> table.partitioned() || table.identity() == ReplicaIdentity.FULL)
        .anyMatch(table -> !table.generatedColumns().isEmpty());
  }

  /**
   * Does what the plan says.
   *
   * @param tables that it is for
   * @throws TablesLockedException where it would have to wait for a lock; nothing is waited for
   *     longer than that autovacuum gives way
   */
  static void apply(
      Connection connection, SourceConfig source, Plan plan, List<TableMetadata> tables)
      throws SQLException, TablesLockedException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET lock_timeout = '2s'");
      try {
        for (String sql : plan.statements()) {
          statement.execute(sql);
        }
        for (String sql : plan.removals()) {
          remove(statement, sql);
        }
      } catch (SQLException e) {
        Map<TableId, TableLocks.Holder> locked =
            isLocked(e)
                ? TableLocks.read(connection, tables.stream().map(TableMetadata::table).toList())
                : Map.of();
        if (locked.isEmpty()) {
          throw e;
        }
        throw TablesLockedException.of(source, locked);
      }
      statement.execute("SET lock_timeout = 0");
    }
    if (!plan.changes().isEmpty()) {
      log.info("publication {}: {}", source.publication(), String.join("; ", plan.changes()));
    }
  }

  /** One too many does no harm, and is tried again at the next start. */
  private static void remove(Statement statement, String sql) throws SQLException {
    try {
      statement.execute(sql);
    } catch (SQLException e) {
      if (!isLocked(e)) {
        throw e;
      }
      log.info("the table is locked by another session, so this has to wait: {}", sql);
    }
  }

  static boolean isLocked(SQLException e) {
    return LookupFailure.LOCKED.equals(e.getSQLState());
  }

  /**
   * Whether a table is missing or not whole; one too many is taken out where that is allowed.
   *
   * @param mine whether the publication may be altered; else its owner is asked for what is missing
   */
  private static boolean tables(
      Connection connection,
      SourceConfig source,
      List<TableMetadata> tables,
      Set<TableId> kept,
      boolean mine,
      List<String> statements,
      List<String> removals,
      List<String> changes)
      throws SQLException {
    Set<TableId> wanted = new TreeSet<>();
    Set<TableId> partitions = new TreeSet<>();
    for (TableMetadata table : tables) {
      wanted.add(table.table());
      table.leaves().forEach(leaf -> partitions.add(leaf.table()));
    }
    Set<TableId> whole = new TreeSet<>();
    Set<TableId> partly = new TreeSet<>();
    PublicationMembers.read(connection, source.publication(), whole, partly);
    Set<TableId> added = new TreeSet<>(wanted);
    added.removeAll(whole);
    added.removeAll(partly);
    Set<TableId> removed = new TreeSet<>(whole);
    removed.addAll(partly);
    removed.removeAll(wanted);
    removed.removeAll(partitions); // sent under their own names, and known by them
    removed.removeAll(kept);
    Set<TableId> listed = new TreeSet<>(kept);
    listed.retainAll(whole);
    listed.addAll(wanted);
    partly.retainAll(wanted);
    change(changes, "added ", added);
    change(changes, mine ? "removed " : "left with what is no entity's here: ", removed);
    change(changes, "row filter or column list removed from ", partly);
    String alter = "ALTER PUBLICATION \"" + source.publication() + "\" ";
    if (!partly.isEmpty()) {
      statements.add(alter + "SET TABLE " + list(listed) + ";");
      return true;
    }
    if (!added.isEmpty()) { // by itself, since it locks the tables that it names
      statements.add(alter + "ADD TABLE " + list(added) + ";");
    }
    if (mine) { // else what it holds besides is another's affair
      removed.forEach(table -> removals.add(alter + "DROP TABLE " + table.quoted() + ";"));
    }
    return !added.isEmpty() || !partly.isEmpty();
  }

  /**
   * Whether a captured table is a partition whose rows a publication of all tables sends under the
   * name of the table that it is a partition of.
   */
  private static boolean roots(
      Connection connection,
      SourceConfig source,
      List<TableMetadata> tables,
      List<String> statements,
      List<String> changes)
      throws SQLException {
    Set<TableId> sent = new TreeSet<>();
    PublicationMembers.read(connection, source.publication(), sent, sent);
    if (tables.stream().allMatch(table -> sent.contains(table.table()))) {
      return false;
    }
    statements.add(
        "ALTER PUBLICATION \"%s\" SET (publish_via_partition_root = false);"
            .formatted(source.publication()));
    changes.add("publishes partitions under their own names");
    return true;
  }

  private static String list(Set<TableId> tables) {
    return tables.stream().map(TableId::quoted).collect(Collectors.joining(", "));
  }

  private static void change(List<String> changes, String what, Set<TableId> tables) {
    if (!tables.isEmpty()) {
      changes.add(what + tables);
    }
  }
}
