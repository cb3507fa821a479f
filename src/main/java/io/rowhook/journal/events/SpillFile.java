package io.rowhook.journal.events;

import io.rowhook.entity.NetChange;
import io.rowhook.entity.SpilledChanges;
import io.rowhook.journal.sqlite.JournalFile;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.tables.SpilledChangeDao;
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
public final class SpillFile implements SpilledChanges, AutoCloseable {

  private interface Step<T> {
    T run(SqliteSession sql) throws SQLException;
  }

  private final JournalFile journal;
  private @Nullable SqliteSession open;

  /** What a killed process has left goes. */
  public SpillFile(JournalFile journal) {
    this.journal = journal;
    remove();
  }

  /** Adds changes; one of an entity that is there already is merged. */
  void add(Collection<NetChange> changes, BinaryOperator<NetChange> merge) {
    write(sql -> {
      SpilledChangeDao.add(sql, changes, merge);
      return true;
    });
  }

  /** Forgets all of it. */
  public void clear() {
    close();
    remove();
  }

  @Override
  public List<Spilled> after(long ordinal, int limit, int maxWeight) {
    return read(sql -> SpilledChangeDao.after(sql, ordinal, limit, maxWeight));
  }

  @Override
  public Optional<NetChange> find(String entityKey) {
    return read(sql -> SpilledChangeDao.find(sql, entityKey));
  }

  @Override
  public void assign(List<Assignment> assignments) {
    write(sql -> {
      SpilledChangeDao.assign(sql, assignments);
      return true;
    });
  }

  @Override
  public List<Owned> ownedAfter(long ordinal, int limit, int maxWeight) {
    if (ordinal == 0) {
      write(sql -> {
        SpilledChangeDao.order(sql);
        return true;
      });
    }
    return read(sql -> SpilledChangeDao.ownedAfter(sql, ordinal, limit, maxWeight));
  }

  private <T> T read(Step<T> step) {
    try {
      return step.run(sql());
    } catch (SQLException e) {
      clear();
      throw journal.errors().of(e);
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

  private SqliteSession sql() throws SQLException {
    SqliteSession sql = open;
    if (sql == null) {
      sql = journal.spill(SpilledChangeDao.TABLES);
      open = sql;
    }
    return sql;
  }

  private void remove() {
    try {
      Files.deleteIfExists(path());
    } catch (IOException e) {
      throw journal.errors().of(e);
    }
  }

  private Path path() {
    return journal.spillPath();
  }

  @Override
  public void close() {
    SqliteSession sql = open;
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
