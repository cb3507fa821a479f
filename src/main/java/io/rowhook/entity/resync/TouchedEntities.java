package io.rowhook.entity.resync;

import io.rowhook.capture.RowKey;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.aggregate.AggregateChange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which entities capture has made events of, of one type, while a chunk was open. */
final class TouchedEntities {

  private final Set<String> keys = new HashSet<>();
  private boolean all;

  void clear() {
    keys.clear();
    all = false;
  }

  /** By all keys that it had and has; where none is known it may be any. */
  void add(AggregateChange one) {
    List<RowKey> own = new ArrayList<>();
    one.key().ifPresent(own::add);
    for (NetChange root : one.roots()) {
      RowKey.of(root.before(), one.schema().key()).ifPresent(own::add);
      RowKey.of(root.after(), one.schema().key()).ifPresent(own::add);
    }
    all |= own.isEmpty();
    own.forEach(key -> keys.add(key.text()));
  }

  boolean has(String key) {
    return all || keys.contains(key);
  }
}
