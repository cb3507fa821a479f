package io.rowhook.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the source's catalog says about a captured table.
 *
 * @param table which
 * @param oid the table's own; another table of the same name has another
 * @param allColumns all its columns, in their order, also those that are not captured
 * @param primaryKey the columns that tell its rows apart, in the key's order: those of its primary
 *     key; without one, those of the index that is its {@code REPLICA IDENTITY}
 * @param identity what PostgreSQL logs of a row's old state; of a partitioned table the least that
 *     one of its partitions logs
 * @param identityColumns the columns that are known of an old row: all that are captured with
 *     {@link ReplicaIdentity#FULL}
 * @param uniqueKeys the columns of each unique index that covers all rows and no nullable column,
 *     the primary key's among them
 * @param partitioned whether its rows stand in partitions
 * @param leaves the partitions that hold rows, at any depth; empty where it is not partitioned
 * @param foreignKeys what PostgreSQL itself says that its rows name
 */
public record TableMetadata(
    TableId table,
    long oid,
    List<Column> allColumns,
    List<String> primaryKey,
    ReplicaIdentity identity,
    List<String> identityColumns,
    List<List<String>> uniqueKeys,
    boolean partitioned,
    List<Leaf> leaves,
    List<ForeignKey> foreignKeys) {

  /** PostgreSQL's OIDs of smallint, integer and bigint: {@code pg_type.dat}. */
  private static final Set<Long> WHOLE_NUMBERS = Set.of(21L, 23L, 20L);

  /** {@code date}, {@code timestamp}, {@code timestamptz}. */
  private static final Set<Long> DATES = Set.of(1082L, 1114L, 1184L);

  /** So many tables are named one by one; for more, a statement makes the statements. */
  private static final int NAMED = 4;

  public TableMetadata {
    allColumns = List.copyOf(allColumns);
    primaryKey = List.copyOf(primaryKey);
    identityColumns = List.copyOf(identityColumns);
    uniqueKeys = uniqueKeys.stream().map(List::copyOf).toList();
    leaves = List.copyOf(leaves);
    foreignKeys = List.copyOf(foreignKeys);
  }

  /** One that is not partitioned, and whose rows name nothing. */
  public TableMetadata(
      TableId table,
      long oid,
      List<Column> allColumns,
      List<String> primaryKey,
      ReplicaIdentity identity,
      List<String> identityColumns,
      List<List<String>> uniqueKeys) {
    this(
        table,
        oid,
        allColumns,
        primaryKey,
        identity,
        identityColumns,
        uniqueKeys,
        false,
        List.of(),
        List.of());
  }

  /**
   * A column.
   *
   * @param type the OID of its type
   * @param notNull whether the table forbids null
   * @param generated whether PostgreSQL computes it, stored or not; such a column is not in the
   *     log, and so is never captured
   * @param virtual whether it is computed when it is read
   * @param exact whether values are equal to PostgreSQL just where they are the same as sent; not
   *     so of a citext, a char(n), or a collation that is not deterministic
   */
  public record Column(
      String name, long type, boolean notNull, boolean generated, boolean virtual, boolean exact) {

    /** One that stands in the table, and whose values are equal where they are the same. */
    public Column(String name, long type, boolean notNull, boolean generated) {
      this(name, type, notNull, generated, false, true);
    }

    /** True of whole numbers that are sent as numbers. */
    public boolean isWholeNumber() {
      return WHOLE_NUMBERS.contains(type);
    }

    /** True of a date or a timestamp, with or without a zone: these can be compared. */
    public boolean isDate() {
      return DATES.contains(type);
    }
  }

  /** A partition that holds rows. */
  public record Leaf(TableId table, long oid) {}

  /**
   * A foreign key.
   *
   * @param columns the table's own
   * @param table which it names a row of
   * @param to that row's columns, in the order of these
   */
  public record ForeignKey(List<String> columns, TableId table, List<String> to) {

    public ForeignKey {
      columns = List.copyOf(columns);
      to = List.copyOf(to);
    }
  }

  /** What PostgreSQL logs of a row's old state: {@code ALTER TABLE … REPLICA IDENTITY}. */
  public enum ReplicaIdentity {
    /** All columns. */
    FULL,
    /** The primary key. */
    DEFAULT,
    /** The columns of one unique index. */
    INDEX
  }

  /** True if the log has a changed row's old state whole. */
  public boolean logsOldRows() {
    return identity == ReplicaIdentity.FULL;
  }

  /** The names of the columns that can be captured, in the table's order: not generated ones. */
  public List<String> columns() {
    return allColumns.stream().filter(c -> !c.generated()).map(Column::name).toList();
  }

  /** The names of the columns that PostgreSQL computes. */
  public List<String> generatedColumns() {
    return allColumns.stream().filter(Column::generated).map(Column::name).toList();
  }

  /** The statement that makes old values known; of a partitioned table it takes several. */
  public String fullIdentityStatement() {
    Optional<Column> virtual = allColumns.stream().filter(Column::virtual).findFirst();
    if (virtual.isPresent()) {
      String name = TableId.quote(virtual.get().name());
      return "ALTER TABLE %s DROP COLUMN %s, ADD COLUMN %s ... GENERATED ALWAYS AS (...) STORED, REPLICA IDENTITY FULL; since PostgreSQL cannot log old rows whole where a column is VIRTUAL"
          .formatted(table.quoted(), name, name);
    }
    List<TableId> all = new ArrayList<>(List.of(table));
    leaves.forEach(leaf -> all.add(leaf.table()));
    return fullIdentityStatement(table, all);
  }

  /** For a partitioned table and some of its partitions, which do not inherit it. */
  public static String fullIdentityStatement(TableId root, List<TableId> tables) {
    if (tables.size() > NAMED) {
      return "in psql SELECT format('ALTER TABLE %%s REPLICA IDENTITY FULL', relid) FROM pg_partition_tree('%s') \\gexec"
          .formatted(root.quoted().replace("'", "''"));
    }
    return tables.stream()
        .map(table -> "ALTER TABLE " + table.quoted() + " REPLICA IDENTITY FULL;")
        .collect(Collectors.joining(" "));
  }
}
