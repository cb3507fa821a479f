package io.rowhook.entity.resync;

import io.rowhook.capture.RowKey;
import io.rowhook.entity.EventType;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.aggregate.AggregateChange;
import io.rowhook.entity.content.EventDraft;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which entities capture has made events of, of one type, while a chunk was open. Bounded, however
 * large a transaction is: past a limit all count as touched. Under the window's lock.
 */
final class TouchedEntities {

  /** Keys, or ids; a chunk has at most a hundred. */
  static final int MOST = 20_000;

  private final Set<String> keys = new HashSet<>();
  private boolean all;

  /** The newest event of each of the busy ones, up to the high mark. */
  private final Map<String, EventDraft> newest = new HashMap<>();

  private Set<String> busy = Set.of();
  private boolean byId;

  /**
   * Forgets all.
   *
   * @param ofThese the newest events of these are kept from now on
   * @param ids whether entities are known by their ids from now on, or by their rows' keys
   */
  void clear(Set<String> ofThese, boolean ids) {
    byId = ids;
    keys.clear();
    all = false;
    newest.clear();
    busy = ofThese;
  }

  /** By all keys that it had and has; where none is known it may be any. */
  void add(AggregateChange one, EventDraft draft) {
    List<String> own = keys(one, draft);
    all |= own.isEmpty() || keys.size() + own.size() > MOST;
    if (all) {
      keys.clear();
    } else {
      keys.addAll(own);
    }
  }

  /** Keeps an event of it for the high mark, if it is a busy one. */
  void keep(AggregateChange one, EventDraft draft) {
    if (busy.isEmpty()) {
      return;
    }
    for (String key : keys(one, draft)) {
      if (busy.contains(key)) {
        newest.remove(key);
        if (draft.type() != EventType.Deleted && isNow(one, key)) {
          newest.put(key, draft);
        }
      }
    }
  }

  private boolean isNow(AggregateChange one, String key) {
    return one.roots().isEmpty()
        || one.roots().stream()
            .anyMatch(root ->
                RowKey.of(root.after(), columns(one))
                    .filter(after -> after.text().equals(key))
                    .isPresent());
  }

  private List<String> columns(AggregateChange one) {
    return byId ? one.schema().id() : one.schema().key();
  }

  private List<String> keys(AggregateChange one, EventDraft draft) {
    List<RowKey> own = new ArrayList<>();
    if (byId) {
      own.add(RowKey.ofId(draft.id(), one.schema().id()));
    } else {
      one.key().ifPresent(own::add);
    }
    for (NetChange root : one.roots()) {
      RowKey.of(root.before(), columns(one)).ifPresent(own::add);
      RowKey.of(root.after(), columns(one)).ifPresent(own::add);
    }
    return own.stream().map(RowKey::text).distinct().toList();
  }

  boolean has(String key) {
    return all || keys.contains(key);
  }

  /** What the newest event of a busy one said; empty: there was none, or it is gone. */
  Optional<EventDraft> newest(String key) {
    return Optional.ofNullable(newest.get(key));
  }
}
