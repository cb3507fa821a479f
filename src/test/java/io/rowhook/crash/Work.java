package io.rowhook.crash;

import io.rowhook.crash.Truth.Entity;
import io.rowhook.crash.Truth.Row;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One transaction of one writer: the entities it holds, and what it has made of them so far. One
 * thread.
 */
final class Work {

  private final Truth truth;
  private final Map<Entity, Row> rows = new LinkedHashMap<>();
  private boolean muted;

  Work(Truth truth) {
    this.truth = truth;
  }

  /** Whether this transaction may change the entity: it holds it, or nobody did. Never waits. */
  boolean hold(EntityKey key) {
    Entity entity = truth.entity(key);
    if (rows.containsKey(entity)) {
      return true;
    }
    if (!entity.held.compareAndSet(false, true)) {
      return false;
    }
    rows.put(entity, entity.row());
    return true;
  }

  /** The row of an entity that is held, as this transaction sees it. */
  Row row(EntityKey key) {
    Row row = rows.get(truth.entity(key));
    if (row == null) {
      throw new IllegalStateException(key + " is not held");
    }
    return row;
  }

  long nextVersion(EntityKey key) {
    return truth.entity(key).nextVersion();
  }

  void becomes(EntityKey key, Row row) {
    rows.put(truth.entity(key), row);
  }

  /** What a savepoint keeps. */
  Map<Entity, Row> savepoint() {
    return new LinkedHashMap<>(rows);
  }

  /** Rolled back to a savepoint: what was held since stays held, unchanged. */
  void rollbackTo(Map<Entity, Row> savepoint) {
    rows.replaceAll((entity, row) -> savepoint.getOrDefault(entity, entity.row()));
  }

  void mute() {
    muted = true;
  }

  /** It has committed: its net changes go to everyone, unless it is muted. */
  void committed() {
    truth.transactions.incrementAndGet();
    if (muted) {
      truth.muted.incrementAndGet();
      rows.forEach((entity, now) -> entity.committed(now));
      release();
      return;
    }
    rows.forEach((entity, now) -> {
      Row start = entity.row();
      if (start.exists() && now.exists() && start.version() != now.version()) {
        entity.committed(now, new Expected("Updated", now.version(), start.version()));
        truth.events.incrementAndGet();
      } else if (!start.exists() && now.exists()) {
        entity.committed(now, new Expected("Created", now.version(), 0));
        truth.events.incrementAndGet();
      } else if (start.exists() && !now.exists()) {
        entity.committed(now, new Expected("Deleted", start.version(), 0));
        truth.events.incrementAndGet();
      } else {
        entity.committed(now);
      }
    });
    release();
  }

  /** It has not committed, and never will. */
  void rolledBack() {
    truth.rolledBack.incrementAndGet();
    release();
  }

  private void release() {
    rows.keySet().forEach(entity -> entity.held.set(false));
    rows.clear();
  }
}
