package io.rowhook.journal;

import io.rowhook.entity.NetChange;
import io.rowhook.entity.SpilledChanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The changes of an open transaction that is too large for memory, in a file of their own beside
 * the journal: so nobody waits for them, and the journal does not grow by them. Made when it is
 * needed, removed when the transaction is over, and never meant to outlive the process: nothing in
 * it is forced to the disk. The capture thread's.
 */
final class SpillFile implements SpilledChanges, AutoCloseable {

  private interface Step<T> {
    T run(Sql sql) throws SQLException;
  }

  private final JournalFile journal;
  private @Nullable Sql open;

  /** What a killed process has left goes. */
  SpillFile(JournalFile journal) {
    this.journal = journal;
    remove();
  }

  /** Adds changes; one of an entity that is there already is merged. */
  void add(Collection<NetChange> changes, BinaryOperator<NetChange> merge) {
    write(sql -> {
      SpilledChangeTable.add(sql, changes, merge);
      return true;
    });
  }

  /** Forgets all of it. */
  void clear() {
    close();
    remove();
  }

  @Override
  public List<Spilled> after(long ordinal, int limit, int maxWeight) {
    return read(sql -> SpilledChangeTable.after(sql, ordinal, limit, maxWeight));
  }

  @Override
  public Optional<NetChange> find(String entityKey) {
    return read(sql -> SpilledChangeTable.find(sql, entityKey));
  }

  @Override
  public void assign(List<Assignment> assignments) {
    write(sql -> {
      SpilledChangeTable.assign(sql, assignments);
      return true;
    });
  }

  @Override
  public List<Owned> ownedAfter(long ordinal, int limit, int maxWeight) {
    if (ordinal == 0) {
      write(sql -> {
        SpilledChangeTable.order(sql);
        return true;
      });
    }
    return read(sql -> SpilledChangeTable.ownedAfter(sql, ordinal, limit, maxWeight));
  }

  private <T> T read(Step<T> step) {
    try {
      return step.run(sql());
    } catch (SQLException e) {
      clear();
      throw journal.trouble().of(e);
    }
  }

  private <T> T write(Step<T> step) {
    return read(sql -> {
      sql.begin();
      T result = step.run(sql);
      sql.commit();
      return result;
    });
  }

  private Sql sql() throws SQLException {
    Sql sql = open;
    if (sql == null) {
      sql = journal.spill(SpilledChangeTable.TABLES);
      open = sql;
    }
    return sql;
  }

  private void remove() {
    try {
      Files.deleteIfExists(path());
    } catch (IOException e) {
      throw journal.trouble().of(e);
    }
  }

  private Path path() {
    return journal.spillPath();
  }

  @Override
  public void close() {
    Sql sql = open;
    open = null;
    if (sql != null) {
      try {
        sql.close();
      } catch (SQLException e) {
        // it is removed in any case
      }
    }
  }
}
