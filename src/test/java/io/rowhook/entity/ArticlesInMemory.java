package io.rowhook.entity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.KeyRange;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.TableId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A table of articles by their number, always as it is now. One thread. */
final class ArticlesInMemory implements RowLookup, RowLookup.Snapshot {

  final TreeMap<Integer, ObjectNode> rows = new TreeMap<>();
  int mostAtOnce = Integer.MAX_VALUE;

  @Override
  public <T> T read(Set<String> transactions, boolean limited, Reading<T> reading) {
    try {
      return reading.of(this);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Instant at() {
    return Instant.EPOCH;
  }

  @Override
  public boolean shows(String transaction) {
    return true;
  }

  @Override
  public Rows rows(Query query, Collection<RowKey> keys) {
    if (keys.size() > mostAtOnce) {
      throw new TooMuchException(ResyncChunksTest.ARTICLE, 1);
    }
    Map<RowKey, List<ObjectNode>> found = new HashMap<>();
    for (RowKey key : keys) {
      ObjectNode row = rows.get(key.values().getFirst().intValue());
      if (row != null) {
        found.put(key, List.of(row.deepCopy()));
      }
    }
    return new Rows(found, Map.of());
  }

  @Override
  public List<RowKey> keys(KeyRange range) {
    RowKey after = range.after();
    int from = after == null ? 0 : after.values().getFirst().intValue();
    return rows.tailMap(from, false).values().stream()
        .limit(range.limit())
        .map(row -> RowKey.of(row, range.key()).orElseThrow())
        .toList();
  }

  @Override
  public List<Integer> classes(TableId of, List<String> columns, List<RowKey> keys) {
    Integer[] all = new Integer[keys.size()];
    Arrays.setAll(all, i -> i);
    return List.of(all);
  }

  @Override
  public Judged judge(Condition condition, List<ObjectNode> images) {
    throw new AssertionError("there is no condition");
  }
}
