package io.rowhook.crash;

import io.rowhook.crash.Truth.Entity;
import io.rowhook.crash.Truth.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What one writer does in its transactions, at random from its own seed. One thread. */
final class Writer {

  private static final List<Kind> KINDS = List.of(Kind.values());

  private final Session session;
  private final Truth truth;
  private final SplittableRandom random;
  private final int pauseMillis;

  /**
   * @param pauseMillis between two transactions, on average
   */
  Writer(Session session, Truth truth, SplittableRandom random, int pauseMillis) {
    this.session = session;
    this.truth = truth;
    this.random = random;
    this.pauseMillis = pauseMillis;
  }

  /** One transaction, whatever becomes of it, and a pause. */
  void transact() throws InterruptedException {
    Work work = new Work(truth);
    boolean tried = false;
    try {
      Connection connection = session.begin();
      int muted = random.nextInt(20);
      if (muted == 0) {
        new Rows(connection, work).mute();
      }
      fill(connection, work);
      if (muted == 1) {
        new Rows(connection, work).mute();
      }
      if (random.nextInt(100) < 12) {
        connection.rollback();
        work.rolledBack();
      } else {
        tried = true;
        connection.commit();
        work.committed();
      }
    } catch (SQLException e) {
      session.broke(e);
      if (!tried) {
        work.rolledBack();
      } else {
        truth.unknownOutcomes.incrementAndGet();
        if (session.hasCommitted()) {
          work.committed();
        } else {
          work.rolledBack();
        }
      }
    }
    Thread.sleep(random.nextInt(2 * pauseMillis + 1));
  }

  private void fill(Connection connection, Work work) throws SQLException, InterruptedException {
    Rows rows = new Rows(connection, work);
    int dice = random.nextInt(1000);
    if (dice < 700) {
      steps(connection, rows, work, 1 + random.nextInt(5), 0);
    } else if (dice < 840) { // held open, so that others commit in between
      steps(connection, rows, work, 2 + random.nextInt(3), 250);
    } else if (dice < 980) {
      bulk(rows, work, EntityKey.FIRST_BULK, 5 + random.nextInt(20));
    } else if (dice < 999) { // spans several of Debezium's batches
      bulk(rows, work, EntityKey.FIRST_BULK, 80 + random.nextInt(80));
    } else { // more than is held in memory
      bulk(rows, work, EntityKey.FIRST_HUGE, 300);
    }
  }

  private void steps(Connection connection, Rows rows, Work work, int count, int holdMillis)
      throws SQLException, InterruptedException {
    for (int i = 0; i < count; i++) {
      step(rows, work, random.nextInt(10));
      if (holdMillis > 0) {
        Thread.sleep(random.nextInt(holdMillis));
      }
      if (random.nextInt(8) == 0) {
        savepoint(connection, rows, work);
      }
    }
  }

  private void savepoint(Connection connection, Rows rows, Work work) throws SQLException {
    Map<Entity, Row> kept = work.savepoint();
    var savepoint = connection.setSavepoint();
    step(rows, work, random.nextInt(10));
    step(rows, work, random.nextInt(10));
    if (random.nextBoolean()) {
      connection.rollback(savepoint);
      work.rollbackTo(kept);
    } else {
      connection.releaseSavepoint(savepoint);
    }
  }

  private void step(Rows rows, Work work, int dice) throws SQLException {
    Kind kind = KINDS.get(random.nextInt(KINDS.size()));
    EntityKey key = new EntityKey(kind, 1 + random.nextLong(EntityKey.BUSY));
    if (!work.hold(key)) {
      rows.noise("someone else has " + key);
      return;
    }
    if (!work.row(key).exists()) {
      rows.insert(List.of(key));
      if (dice == 0) {
        rows.delete(key); // created and deleted: no event
      } else if (dice == 1) {
        rows.update(List.of(key), true);
      }
      return;
    }
    switch (dice) {
      case 0 -> rows.touch(key);
      case 1, 2 -> rows.delete(key);
      case 3 -> {
        rows.delete(key); // deleted and recreated: Updated
        rows.insert(List.of(key));
      }
      case 4 -> {
        rows.update(List.of(key), false);
        rows.update(List.of(key), random.nextBoolean());
      }
      case 5 -> {
        EntityKey to = new EntityKey(kind, 1 + random.nextLong(EntityKey.BUSY));
        if (work.hold(to) && !work.row(to).exists()) {
          rows.move(key, to);
        }
      }
      default -> rows.update(List.of(key), random.nextInt(3) == 0);
    }
  }

  /**
   * Many rows of one table: those that are missing come by COPY or one INSERT, the others change.
   */
  private void bulk(Rows rows, Work work, long first, int count) throws SQLException {
    Kind kind =
        first == EntityKey.FIRST_HUGE ? Kind.Article : KINDS.get(random.nextInt(KINDS.size()));
    long from = first == EntityKey.FIRST_HUGE ? first : first + random.nextInt(200);
    List<EntityKey> missing = new ArrayList<>();
    List<EntityKey> there = new ArrayList<>();
    for (long number = from; number < from + count; number++) {
      EntityKey key = new EntityKey(kind, number);
      if (work.hold(key)) {
        (work.row(key).exists() ? there : missing).add(key);
      }
    }
    if (!missing.isEmpty()) {
      if (random.nextBoolean()) {
        rows.copy(missing);
      } else {
        rows.insert(missing);
      }
    }
    if (there.isEmpty()) {
      return;
    }
    if (random.nextInt(3) == 0) {
      for (EntityKey key : there) {
        rows.delete(key);
      }
    } else {
      rows.update(there, first == EntityKey.FIRST_HUGE || random.nextBoolean());
    }
  }
}
