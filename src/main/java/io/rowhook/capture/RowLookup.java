package io.rowhook.capture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.time.Instant;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where rows are looked up that the log does not carry: the source. */
public interface RowLookup {

  /**
   * The columns that keys come from: of their types and collations the keys are, when PostgreSQL
   * compares them.
   *
   * @param columns in the order of the key
   */
  record Asked(TableId table, List<String> columns) {
    public Asked {
      columns = List.copyOf(columns);
    }
  }

  /**
   * Which rows are looked up, and what of them.
   *
   * @param table where
   * @param key the columns to find them by; empty: the table's primary key
   * @param columns which are read; those that it names must be there
   * @param known if not empty, other columns than these are not read, however many there are by now
   * @param needed columns without which nothing can be made of a row; together with those to find
   *     rows by and those that {@code columns} includes. Others that the role may not read are left
   *     out
   * @param asked where the keys come from; null: from the columns to find them by
   * @param prefix stands before the key's value in the one column to find them by
   * @param condition an SQL condition on the row; a row that it does not hold for is known to be
   *     there, and no more; empty: none
   */
  record Query(
      TableId table,
      List<String> key,
      ColumnFilter columns,
      List<String> known,
      List<String> needed,
      @Nullable Asked asked,
      String prefix,
      String condition) {
    public Query {
      key = List.copyOf(key);
      known = List.copyOf(known);
      needed = List.copyOf(needed);
    }

    /** One that needs no more than it names. */
    public Query(
        TableId table,
        List<String> key,
        ColumnFilter columns,
        List<String> known,
        @Nullable Asked asked,
        String prefix,
        String condition) {
      this(table, key, columns, known, List.of(), asked, prefix, condition);
    }

    /** By keys that come from the columns themselves. */
    public Query(TableId table, List<String> key, ColumnFilter columns) {
      this(table, key, columns, List.of(), null, "", "");
    }
  }

  /**
   * A condition on the rows of a table.
   *
   * @param sql as it may stand after WHERE
   * @param columns those that it looks at; no other need be given to judge a row
   */
  record Condition(TableId table, String sql, List<String> columns) {
    public Condition {
      columns = List.copyOf(columns);
    }
  }

  /**
   * Which of some rows a condition holds for.
   *
   * @param holds by their place
   * @param unjudged those that it could not be judged for, and why, in words without values
   */
  record Judged(BitSet holds, Map<Integer, String> unjudged) {}

  /** A reading has found more than fits: ask for fewer keys. */
  final class TooMuchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public TooMuchException(TableId table, long bytes) {
      super("the rows of " + table + " that belong together hold more than " + bytes + " bytes");
    }
  }

  /**
   * What was found.
   *
   * @param found the rows for each key; a key without rows is missing, one whose rows do not meet
   *     the query's condition has none
   * @param unread keys whose rows could not be read, and why, in words without values
   * @param withheld columns that the rows lack, since the role may not read them
   */
  record Rows(
      Map<RowKey, List<ObjectNode>> found, Map<RowKey, String> unread, Set<String> withheld) {

    /** With all columns that were asked for. */
    public Rows(Map<RowKey, List<ObjectNode>> found, Map<RowKey, String> unread) {
      this(found, unread, Set.of());
    }
  }

  /** The source refuses to say which rows there are. */
  final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean passing;

    /**
     * @param reason in words, without values
     * @param passing whether the same again may do, as once a lock is gone
     */
    public RefusedException(String reason, boolean passing) {
      super(reason);
      this.passing = passing;
    }

    /** Whether the same again may do. */
    public boolean isPassing() {
      return passing;
    }
  }

  /** What is read in one snapshot of the source. */
  interface Snapshot {

    /** When it was taken, by the source's clock. */
    Instant at();

    /**
     * Whether it has what a transaction did: else that one was not visible to others in time.
     *
     * @param transaction id as in the log
     */
    boolean shows(String transaction);

    /** The rows for each key. One statement, where nothing is wrong. */
    Rows rows(Query query, Collection<RowKey> keys) throws SQLException;

    /**
     * The keys of a table's rows, in their order; one to a reading.
     *
     * @throws RefusedException if the source does not say
     */
    default List<RowKey> keys(KeyRange range) throws SQLException {
      throw new UnsupportedOperationException("keys of " + range.table());
    }

    /**
     * Tells which keys are equal: these have the same number. What PostgreSQL does not take for a
     * key equals itself only.
     *
     * @param columns whose keys they are, with their types and collations
     */
    List<Integer> classes(TableId table, List<String> columns, List<RowKey> keys)
        throws SQLException;

    /**
     * Judges rows that the log gave, as PostgreSQL would: by the types, operators and collations of
     * their table. One statement, where nothing is wrong.
     *
     * @param images with the columns that the condition looks at
     */
    Judged judge(Condition condition, List<ObjectNode> images) throws SQLException;
  }

  /** Makes something of a snapshot; may be called more than once. */
  interface Reading<T> {
    T of(Snapshot snapshot) throws SQLException;
  }

  /**
   * Reads in one snapshot, which has all that some transactions did; or, if these stay invisible
   * for too long, as much of it as there is.
   *
   * <p>What the source refuses to read, or holds back behind a lock, is {@link Rows#unread}: only
   * where it cannot be reached nothing is read.
   *
   * @param transactions ids as in the log: those whose events are made of it
   * @param limited whether more is refused than several entities should take; one may take more
   * @throws TooMuchException if it does not fit in memory
   * @throws SourceException if the source cannot be reached; trying again later may do
   */
  <T> T read(Set<String> transactions, boolean limited, Reading<T> reading);

  /**
   * Takes a snapshot, as {@link #read} does, and holds it for each reading until {@link #release}.
   * If one of them fails, the next ones are made in newer snapshots.
   *
   * @return where the log ended then: all that is shown ends before it, but what was committed with
   *     {@code synchronous_commit = off} in a session whose role or own setting says so
   * @throws SourceException as {@link #read} does
   */
  default Position hold(Set<String> transactions) {
    return Position.START;
  }

  /** Whether the snapshot that is held has what a transaction did; true if none is held. */
  default boolean holds(String transaction) {
    return true;
  }

  /** Lets the snapshot go that is held, if any. */
  default void release() {}
}
