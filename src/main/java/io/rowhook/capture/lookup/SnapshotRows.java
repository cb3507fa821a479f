package io.rowhook.capture.lookup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.KeyRange;
import io.rowhook.capture.MissingGrant;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.RowLookup.Condition;
import io.rowhook.capture.RowLookup.Judged;
import io.rowhook.capture.RowLookup.Query;
import io.rowhook.capture.RowLookup.Rows;
import io.rowhook.capture.RowLookup.TooMuchException;
import io.rowhook.capture.TableId;
import io.rowhook.capture.catalog.TableColumns;
import io.rowhook.capture.connection.OversizedRows;
import io.rowhook.capture.decode.TypeCatalog;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What is read in one snapshot of the source, by {@link JdbcRowLookup}. A statement that fails is
 * no failure of the reading: what cannot be read is left out and named. One use; one thread.
 */
public final class SnapshotRows implements RowLookup.Snapshot {

  /** More keys at fault than this, one by one, and it is the table's. */
  private static final int MOST_AT_FAULT = 32;

  /** A statement has failed, and the snapshot with it: all is read again in a new one. */
  public static final class Again extends SQLException {
    private static final long serialVersionUID = 1;
    private final boolean carefully;

    private Again(boolean carefully) {
      this.carefully = carefully;
    }

    /** Whether with a savepoint before each statement, to find the row at fault. */
    public boolean carefully() {
      return carefully;
    }
  }

  private final LookupState shared;
  private final Connection connection;
  private final TypeCatalog types;
  private final long limit;
  private final boolean carefully;
  private final SnapshotMoment moment;
  private long bytes;
  private int atFault;
  private final SnapshotColumns seen;

  /**
   * @param moment of the snapshot that the connection has
   */
  public SnapshotRows(
      Connection connection,
      TypeCatalog types,
      LookupState shared,
      boolean limited,
      boolean carefully,
      SnapshotMoment moment) {
    this.moment = moment;
    this.connection = connection;
    this.types = types;
    this.shared = shared;
    this.limit = limited ? JdbcRowLookup.MAX_BYTES : JdbcRowLookup.MOST_BYTES;
    this.carefully = carefully;
    this.seen = new SnapshotColumns(connection, shared);
  }

  @Override
  public Instant at() {
    return moment.at();
  }

  @Override
  public boolean shows(String transaction) {
    return moment.transactions().shows(transaction);
  }

  @Override
  public Rows rows(Query query, Collection<RowKey> keys) throws SQLException {
    Rows all = new Rows(new LinkedHashMap<>(), new HashMap<>(), new LinkedHashSet<>());
    if (!keys.isEmpty()) {
      Optional<String> why = shared.circuits().closed(query.table());
      if (why.isPresent()) {
        leaveOut(keys, why.get(), all);
      } else {
        atFault = 0;
        read(query, List.copyOf(keys), all);
      }
    }
    return all;
  }

  private void read(Query query, List<RowKey> keys, Rows all) throws SQLException {
    long begin = System.nanoTime();
    Savepoint before = carefully ? connection.setSavepoint() : null;
    long bytesBefore = bytes;
    try {
      select(query, keys, all);
      if (before != null) {
        connection.releaseSavepoint(before);
      }
      shared.circuits().succeeded(query.table());
    } catch (TooMuchException e) {
      throw e;
    } catch (SQLException | RuntimeException | StackOverflowError e) {
      bytes = bytesBefore;
      Optional<MissingGrant> missing = missing(query);
      if (seen.forget(query) && LookupFailure.isOfCatalog(e)) {
        throw new Again(carefully); // altered since its columns were looked at, or a right is gone
      }
      if (e instanceof SQLException sql && OversizedRows.ROWS.equals(sql.getSQLState())) {
        shared.largest().put(query.table(), LookupState.FETCHED_BYTES); // from now on one by one
        throw new Again(carefully);
      }
      LookupFailure failure = judge(query, e, missing, Duration.ofNanos(System.nanoTime() - begin));
      if (before == null) {
        throw new Again(failure.kind() == LookupFailure.Kind.ROW);
      }
      connection.rollback(before);
      afterFailure(query, keys, failure, all);
    }
  }

  @Override
  public List<RowKey> keys(KeyRange range) throws SQLException {
    shared.queries().increment();
    try {
      return KeyPage.read(connection, types, seen.of(range.table()), range);
    } catch (SQLException e) {
      shared.tables().remove(range.table());
      LookupFailure failure = LookupFailure.of(e);
      if (failure.kind() == LookupFailure.Kind.CONNECTION || connection.isClosed()) {
        throw e;
      }
      throw new RowLookup.RefusedException(failure.reason(), LookupFailure.mayPass(e));
    }
  }

  @Override
  public List<Integer> classes(TableId table, List<String> columns, List<RowKey> keys)
      throws SQLException {
    Savepoint before = carefully ? connection.setSavepoint() : null;
    try {
      shared.queries().increment();
      return KeyEquality.of(connection, seen.of(table), columns, keys);
    } catch (SQLException e) {
      if (LookupFailure.of(e).kind() == LookupFailure.Kind.CONNECTION || connection.isClosed()) {
        throw e;
      }
      if (before == null) {
        throw new Again(true);
      }
      connection.rollback(before);
      return IntStream.range(0, keys.size()).boxed().toList();
    }
  }

  @Override
  public Judged judge(Condition condition, List<ObjectNode> images) throws SQLException {
    Judged all = new Judged(new BitSet(images.size()), new HashMap<>());
    judge(condition, images, 0, all);
    return all;
  }

  private void judge(Condition condition, List<ObjectNode> images, int first, Judged all)
      throws SQLException {
    if (images.isEmpty()) {
      return;
    }
    Savepoint before = carefully ? connection.setSavepoint() : null;
    try {
      shared.queries().increment();
      RowConditions.matching(connection, seen.judging(condition), condition, images).stream()
          .forEach(place -> all.holds().set(first + place));
      if (before != null) {
        connection.releaseSavepoint(before);
      }
    } catch (SQLException e) {
      shared.tables().remove(condition.table());
      shared.judgedBy().remove(condition);
      LookupFailure failure = LookupFailure.of(e);
      if (failure.kind() == LookupFailure.Kind.CONNECTION || connection.isClosed()) {
        throw e;
      }
      if (before == null) {
        throw new Again(true);
      }
      connection.rollback(before);
      int half = images.size() / 2;
      if (half == 0) {
        all.unjudged().put(first, failure.reason());
      } else {
        judge(condition, images.subList(0, half), first, all);
        judge(condition, images.subList(half, images.size()), first + half, all);
      }
    }
  }

  /** The right that the role lacks for a query, as far as it is known. */
  private Optional<MissingGrant> missing(Query query) {
    TableColumns known = shared.tables().get(query.table());
    if (known == null) {
      return Optional.empty();
    }
    Set<String> wanted = LookupStatement.wanted(query, known);
    wanted.addAll(query.key().isEmpty() ? known.primaryKey() : query.key());
    return known.missing(query.table(), wanted, shared.role());
  }

  private LookupFailure judge(
      Query query, Throwable thrown, Optional<MissingGrant> missing, Duration lost)
      throws SQLException {
    LookupFailure failure = LookupFailure.of(thrown, missing);
    if (thrown instanceof SQLException sql
        && (failure.kind() == LookupFailure.Kind.CONNECTION || connection.isClosed())) {
      throw sql;
    }
    if (failure.kind() == LookupFailure.Kind.RELATION) {
      shared.circuits().failed(query.table(), failure.reason(), lost);
    }
    return failure;
  }

  /** Halves the keys until the one at fault is alone. */
  private void afterFailure(Query query, List<RowKey> keys, LookupFailure failure, Rows all)
      throws SQLException {
    boolean ofRow = failure.kind() == LookupFailure.Kind.ROW;
    if (ofRow && atFault < MOST_AT_FAULT && keys.size() > 1) {
      int half = keys.size() / 2;
      read(query, keys.subList(0, half), all);
      read(query, keys.subList(half, keys.size()), all);
      return;
    }
    if (ofRow) {
      atFault += keys.size();
      shared.circuits().rowFailed(query.table(), failure.reason());
    }
    leaveOut(keys, failure.reason(), all);
  }

  private void leaveOut(Collection<RowKey> keys, String reason, Rows all) {
    shared.unread().add(keys.size());
    keys.forEach(key -> all.unread().put(key, reason));
  }

  private void select(Query query, List<RowKey> keys, Rows all) throws SQLException {
    Map<RowKey, List<ObjectNode>> found = new LinkedHashMap<>();
    shared.queries().increment();
    TableColumns columns = seen.of(query);
    LookupStatement lookup =
        new LookupStatement(
            query,
            columns,
            query.asked() == null ? null : seen.of(query.asked().table()),
            shared.whole());
    boolean policed = columns.policed();
    if (policed) {
      execute("SET LOCAL row_security = on");
    }
    try (PreparedStatement statement = connection.prepareStatement(lookup.sql())) {
      for (int i = 0; i < lookup.width(); i++) {
        statement.setArray(i + 1, connection.createArrayOf("text", lookup.argument(keys, i)));
      }
      statement.setFetchSize(shared.fetched(query.table()));
      try (ResultSet result = statement.executeQuery()) {
        take(lookup, keys, query.table(), new RowResultReader(types, result), found);
      }
    }
    if (policed) {
      execute("SET LOCAL row_security = off");
    }
    all.found().putAll(found);
    all.withheld().addAll(lookup.withheld());
    shared
        .circuits()
        .read(
            query.table(),
            lookup.selected(),
            columns.missing(query.table(), lookup.withheld(), shared.role()));
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void take(
      LookupStatement lookup,
      List<RowKey> keys,
      TableId table,
      RowResultReader result,
      Map<RowKey, List<ObjectNode>> found)
      throws SQLException {
    while (result.next()) {
      ObjectNode row = result.row();
      bytes += result.bytes();
      if (bytes > limit) {
        throw new TooMuchException(table, limit);
      }
      if (shared.largest().merge(table, result.bytes(), Math::max) == result.bytes()) {
        result.fetch(shared.fetched(table));
      }
      shared.rows().increment();
      lookup.take(row, keys, found);
    }
  }
}
