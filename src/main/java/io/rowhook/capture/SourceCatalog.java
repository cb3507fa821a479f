package io.rowhook.capture;

import io.rowhook.capture.catalog.KeySamples;
import io.rowhook.capture.catalog.SourceCatalogReader;
import io.rowhook.capture.debezium.PostgresConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Everything that a database's catalog says of its tables, for who proposes what to capture.
 * Immutable.
 *
 * @param server what holds for the whole of it
 * @param tables those that rows stand in, sorted by name; a partitioned table without its
 *     partitions
 */
public record SourceCatalog(Server server, List<SourceCatalog.Table> tables) {

  public SourceCatalog {
    tables = List.copyOf(tables);
  }

  /**
   * A server and a database.
   *
   * @param version the major version of PostgreSQL
   * @param walLevel as {@code SHOW wal_level} has it
   * @param published the tables that are in the publication already
   * @param inherited the tables from which others inherit, partitions aside
   */
  public record Server(
      int version, String walLevel, Set<TableId> published, Set<TableId> inherited) {
    public Server {
      published = Set.copyOf(published);
      inherited = Set.copyOf(inherited);
    }
  }

  /**
   * A table.
   *
   * @param columns in the table's order
   * @param primaryKey in the key's order; empty: there is none
   * @param uniqueKeys each over columns that are not null, for all rows; the primary key's too
   * @param indexes the columns that each index begins with, of all that hold all rows
   * @param foreignKeys what other rows it names
   * @param rows by the last statistics; negative: never counted
   * @param full whether its replica identity is {@code FULL}, and that of each of its partitions
   * @param partitioned whether its rows stand in partitions
   * @param secured whether it has row-level security
   */
  public record Table(
      TableId id,
      List<Column> columns,
      List<String> primaryKey,
      List<List<String>> uniqueKeys,
      List<List<String>> indexes,
      List<ForeignKey> foreignKeys,
      long rows,
      boolean full,
      boolean partitioned,
      boolean secured) {

    public Table {
      columns = List.copyOf(columns);
      primaryKey = List.copyOf(primaryKey);
      uniqueKeys = List.copyOf(uniqueKeys);
      indexes = List.copyOf(indexes);
      foreignKeys = List.copyOf(foreignKeys);
    }

    /** The same with other foreign keys. */
    public Table with(List<ForeignKey> keys) {
      return new Table(
          id, columns, primaryKey, uniqueKeys, indexes, keys, rows, full, partitioned, secured);
    }

    /** A column by its name. */
    public Column column(String name) {
      return columns.stream()
          .filter(column -> column.name().equals(name))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException(id + " has no column " + name));
    }

    /** What its rows are known by: the primary key, or the only other unique one. */
    public List<String> key() {
      if (!primaryKey.isEmpty()) {
        return primaryKey;
      }
      return uniqueKeys.size() == 1 ? uniqueKeys.getFirst() : List.of();
    }
  }

  /**
   * A column.
   *
   * @param type as SQL writes it, without length
   * @param kind {@code text}, {@code number}, {@code boolean}, {@code time}, {@code bytea}, {@code
   *     array} or {@code other}
   * @param virtual whether it is generated, and nowhere stored
   * @param values the few that it can have, as an enum, a check or the statistics say; empty: it is
   *     not known to have few
   * @param kinds how many of the sampled rows name a row of each kind: the whole value, or, with
   *     its comma, what stands before a number as in {@code sale.order,12}; the most first; empty:
   *     none does, or no row was read
   */
  public record Column(
      String name,
      String type,
      String kind,
      boolean notNull,
      boolean generated,
      boolean virtual,
      List<String> values,
      Map<String, Long> kinds) {

    public Column {
      values = List.copyOf(values);
      kinds = Collections.unmodifiableMap(new LinkedHashMap<>(kinds));
    }

    /** One of which no row was read. */
    public Column(
        String name,
        String type,
        String kind,
        boolean notNull,
        boolean generated,
        boolean virtual,
        List<String> values) {
      this(name, type, kind, notNull, generated, virtual, values, Map.of());
    }

    /** The same with what its rows tell. */
    public Column with(List<String> few, Map<String, Long> named) {
      return new Column(name, type, kind, notNull, generated, virtual, few, named);
    }
  }

  /**
   * A foreign key.
   *
   * @param columns of the table that has it
   * @param table whose row they name
   * @param to the columns of that, in their order
   * @param cascades whether its row is deleted with the other
   * @param declared whether the database knows of it; otherwise names and types imply it
   */
  public record ForeignKey(
      List<String> columns, TableId table, List<String> to, boolean cascades, boolean declared) {

    public ForeignKey {
      columns = List.copyOf(columns);
      to = List.copyOf(to);
    }

    /** One that the database knows of. */
    public ForeignKey(List<String> columns, TableId table, List<String> to, boolean cascades) {
      this(columns, table, to, cascades, true);
    }
  }

  /**
   * The same without those of its undeclared foreign keys by which more than one in ten of up to
   * 1,000 rows name a row that is not there. Reads in one read-only transaction as {@link #read}.
   *
   * @throws SourceException in words, if the source cannot be asked
   */
  public SourceCatalog confirmed(SourceConfig source) {
    try (Connection connection = PostgresConnections.connect(source)) {
      return KeySamples.confirmed(connection, this);
    } catch (SQLException e) {
      throw SourceException.of(List.of(SourceValidator.connecting(source, e)));
    }
  }

  /** The same with those of its tables that fit. */
  public SourceCatalog only(Predicate<TableId> fits) {
    return new SourceCatalog(
        server, tables.stream().filter(table -> fits.test(table.id())).toList());
  }

  /** The tables by name. */
  public Map<TableId, Table> byName() {
    Map<TableId, Table> names = new LinkedHashMap<>();
    tables.forEach(table -> names.put(table.id(), table));
    return names;
  }

  /**
   * Reads it in one read-only transaction, waiting for no lock longer than 2 s and for no statement
   * longer than 30 s.
   *
   * @param samples whether up to 1,000 rows of a table may be read where statistics say nothing
   * @throws SourceException in words, if the source cannot be asked
   */
  public static SourceCatalog read(SourceConfig source, boolean samples) {
    try (Connection connection = PostgresConnections.connect(source)) {
      return SourceCatalogReader.read(connection, source.publication(), samples);
    } catch (SQLException e) {
      throw SourceException.of(List.of(SourceValidator.connecting(source, e)));
    }
  }
}
