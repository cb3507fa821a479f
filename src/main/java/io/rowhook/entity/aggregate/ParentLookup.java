package io.rowhook.entity.aggregate;

import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.entity.schema.EntitySchema;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows that parents belong to, as read: by their part, their own key, and what it says. */
public final class ParentLookup {
  private final Map<EntitySchema.Node, Set<RowKey>> wanted = new LinkedHashMap<>();
  private final Map<EntitySchema.Node, Map<RowKey, Optional<RowKey>>> found = new HashMap<>();
  private final Map<EntitySchema.Node, Map<RowKey, String>> unread = new HashMap<>();
  private final KeyNormalizer normalizer = new KeyNormalizer();

  void want(EntitySchema.Node part, RowKey key) {
    wanted.computeIfAbsent(part, _ -> new LinkedHashSet<>()).add(key);
  }

  /**
   * Reads what is wanted: one statement a part.
   *
   * @param transactions whose changes it is for, by the ids in the log
   */
  public void read(RowLookup rows, Set<String> transactions) {
    if (!wanted.isEmpty()) {
      readWanted(rows, transactions);
      found.forEach((part, keys) ->
          keys.values().forEach(key -> key.ifPresent(above -> normalizer.add(part, above))));
    }
    normalizer.read(rows, transactions);
  }

  /** How keys are written; once read. */
  public KeyNormalizer normalizer() {
    return normalizer;
  }

  private void readWanted(RowLookup rows, Set<String> transactions) {
    rows.read(
        transactions,
        false,
        snapshot -> {
          found.clear();
          unread.clear();
          for (var one : wanted.entrySet()) {
            EntitySchema.Node part = one.getKey();
            RowLookup.Rows read = snapshot.rows(part.keyOnly(), one.getValue());
            unread.put(part, read.unread());
            Map<RowKey, Optional<RowKey>> keys = new HashMap<>();
            read.found()
                .forEach((key, row) ->
                    keys.put(key, part.parentKey(row.isEmpty() ? null : row.getFirst())));
            found.put(part, keys);
          }
          return found;
        });
  }

  /** Null: its row is not there; empty: it is, and belongs to nothing that exists for us. */
  @SuppressWarnings("NullableOptional") // three answers, told apart in one place
  @Nullable Optional<RowKey> of(EntitySchema.Node part, RowKey key) {
    return found.getOrDefault(part, Map.of()).get(key);
  }

  OrphanException orphan(EntitySchema.Node part, RowKey key) {
    String why = unread.getOrDefault(part, Map.of()).get(key);
    return why == null ? new OrphanException() : new OrphanException(why);
  }
}
