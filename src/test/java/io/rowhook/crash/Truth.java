package io.rowhook.crash;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the writers have committed: the events that every recipient must get, in commit order for
 * each entity. It rests on nothing but the writers' own counting: no log position is in it.
 *
 * <p>A writer holds an entity from its first change until the outcome of the transaction is known;
 * so the order of the holders is the order of the commits. Any thread.
 */
final class Truth {

  /**
   * What an entity's row is. A version is given once, never reset: not by a rollback, nor a delete.
   */
  record Row(boolean exists, long version, long described) {
    static final Row NONE = new Row(false, 0, 0);
  }

  /** One entity; all but {@code held} belongs to its holder. */
  static final class Entity {
    final EntityKey key;
    final AtomicBoolean held = new AtomicBoolean();
    private volatile Row row = Row.NONE;
    private long lastVersion;
    private final List<Expected> expected = new CopyOnWriteArrayList<>();

    private Entity(EntityKey key) {
      this.key = key;
    }

    Row row() {
      return row;
    }

    long nextVersion() {
      return ++lastVersion;
    }

    void committed(Row now, Expected event) {
      row = now;
      expected.add(event);
    }

    void committed(Row now) {
      row = now;
    }
  }

  private final Map<EntityKey, Entity> entities = new ConcurrentHashMap<>();
  final AtomicLong transactions = new AtomicLong();
  final AtomicLong muted = new AtomicLong();
  final AtomicLong rolledBack = new AtomicLong();
  final AtomicLong unknownOutcomes = new AtomicLong();
  final AtomicLong events = new AtomicLong();

  Entity entity(EntityKey key) {
    return entities.computeIfAbsent(key, Entity::new);
  }

  /** The events expected, by entity; whole only when no writer runs. */
  Map<String, List<Expected>> expected() {
    Map<String, List<Expected>> all = new TreeMap<>();
    entities.forEach((key, entity) -> {
      if (!entity.expected.isEmpty()) {
        all.put(key.toString(), List.copyOf(entity.expected));
      }
    });
    return all;
  }

  /** The rows that must be in a table. */
  Map<String, Row> rows(Kind kind) {
    Map<String, Row> all = new TreeMap<>();
    entities.forEach((key, entity) -> {
      if (key.kind() == kind && entity.row.exists()) {
        all.put(key.id(), entity.row);
      }
    });
    return all;
  }
}
