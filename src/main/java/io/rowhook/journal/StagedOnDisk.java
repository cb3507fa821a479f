package io.rowhook.journal;

import io.rowhook.entity.NetChange;
import io.rowhook.entity.Staged;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The staged changes as the entity room sees them; the writer's thread, inside its transaction. */
final class StagedOnDisk implements Staged {

  /** Carries a failure of the journal out through the entity room. */
  static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final SQLException why;

    Failed(SQLException why) {
      super(why);
      this.why = why;
    }

    SQLException why() {
      return why;
    }
  }

  private interface Step<T> {
    T run() throws SQLException;
  }

  private final Sql sql;

  StagedOnDisk(Sql sql) {
    this.sql = sql;
  }

  @Override
  public List<Ordered> after(long ordinal, int limit, int maxWeight) {
    return run(() -> StagedTable.after(sql, ordinal, limit, maxWeight));
  }

  @Override
  public Optional<NetChange> find(String entityKey) {
    return run(() -> StagedTable.find(sql, entityKey));
  }

  @Override
  public void assign(long ordinal, String owner) {
    run(() -> {
      StagedTable.assign(sql, ordinal, owner);
      return true;
    });
  }

  @Override
  public void eachOwner(BiConsumer<String, List<NetChange>> taker) {
    run(() -> {
      StagedTable.eachOwner(sql, taker);
      return true;
    });
  }

  private static <T> T run(Step<T> step) {
    try {
      return step.run();
    } catch (SQLException e) {
      throw new Failed(e);
    }
  }
}
