package io.rowhook.entity.aggregate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.RowLookup.Query;
import io.rowhook.capture.RowLookup.Snapshot;
import io.rowhook.capture.TableId;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.schema.EntitySchema;
import io.rowhook.entity.schema.EntitySchemas;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One spelling for each key that other rows may write in several ways, as in a citext, a char(n) or
 * under a collation that is not deterministic: that of the row which has it, as the source says; of
 * a row that is gone, that of the first key which PostgreSQL calls equal. Filled, read once, then
 * only asked.
 */
public final class KeyNormalizer {

  /** Where no key can be written in two ways, or nobody asks. */
  static final KeyNormalizer NONE = new KeyNormalizer();

  /** What the keys of one table's rows are made of. */
  private record Target(TableId table, List<String> key) {}

  private final Map<Target, Map<Query, Set<RowKey>>> asked = new LinkedHashMap<>();
  private final Map<Target, Map<RowKey, RowKey>> known = new HashMap<>();

  /** Notes the keys that a change has. */
  public void add(NetChange change, EntitySchemas.Named named) {
    for (ObjectNode image : ReadBackRows.images(change)) {
      add(image, named);
    }
  }

  @SuppressWarnings("ReferenceEquality") // a part of this very entity
  private void add(ObjectNode image, EntitySchemas.Named named) {
    EntitySchema.Node part = named.part();
    List<String> own = part == null ? named.schema().key() : part.primaryKey();
    boolean isNamed =
        named.schema().parts().stream()
            .anyMatch(other -> part == other.parent() && other.spelling() != null);
    if (isNamed) {
      TableId table = part == null ? named.schema().type().table() : part.part().table();
      Query query = new Query(table, own, ColumnFilter.only(own));
      RowKey.of(image, own).ifPresent(key -> ask(query, key));
    }
    if (part != null) {
      part.parentKey(image).ifPresent(key -> add(part, key));
    }
  }

  /** Notes the key of a row that rows of a part belong to. */
  void add(EntitySchema.Node part, RowKey key) {
    if (part.spelling() != null) {
      ask(part.spelling(), key);
    }
    EntitySchema.Node parent = part.parent();
    if (parent != null && parent.keyIsInPrimaryKey()) {
      add(parent, key.only(parent.primaryKey(), parent.part().key()));
    }
  }

  private void ask(Query query, RowKey key) {
    asked
        .computeIfAbsent(new Target(query.table(), query.key()), _ -> new LinkedHashMap<>())
        .computeIfAbsent(query, _ -> new LinkedHashSet<>())
        .add(key);
  }

  /** Has the source say which keys are one. */
  public void read(RowLookup rows, Set<String> transactions) {
    if (!asked.isEmpty()) {
      known.putAll(rows.read(transactions, false, this::read));
    }
  }

  private Map<Target, Map<RowKey, RowKey>> read(Snapshot snapshot) throws SQLException {
    Map<Target, Map<RowKey, RowKey>> all = new HashMap<>();
    for (var one : asked.entrySet()) {
      Target target = one.getKey();
      Map<RowKey, RowKey> spelled = new LinkedHashMap<>();
      List<RowKey> gone = new ArrayList<>();
      for (var query : one.getValue().entrySet()) {
        Map<RowKey, List<ObjectNode>> found =
            snapshot.rows(query.getKey(), query.getValue()).found();
        for (RowKey key : query.getValue()) {
          Optional<RowKey> own =
              found.getOrDefault(key, List.of()).stream()
                  .findFirst()
                  .flatMap(row -> RowKey.of(row, target.key()));
          if (own.isPresent()) {
            spelled.put(key, own.get());
          } else {
            gone.add(key);
          }
        }
      }
      gone.removeIf(spelled::containsKey);
      if (!gone.isEmpty()) {
        spellByEquality(snapshot, target, gone, spelled);
      }
      all.put(target, spelled);
    }
    return all;
  }

  private static void spellByEquality(
      Snapshot snapshot, Target target, List<RowKey> gone, Map<RowKey, RowKey> spelled)
      throws SQLException {
    List<RowKey> keys = new ArrayList<>(new LinkedHashSet<>(spelled.values()));
    keys.addAll(gone);
    List<Integer> classes = snapshot.classes(target.table(), target.key(), keys);
    Map<Integer, RowKey> first = new HashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      RowKey key = keys.get(i);
      spelled.putIfAbsent(key, first.computeIfAbsent(classes.get(i), _ -> key));
    }
  }

  /** The one spelling of the key that a part's row names what it belongs to by. */
  public RowKey of(EntitySchema.Node part, RowKey key) {
    Query lookup = part.spelling();
    return lookup == null ? key : of(new Target(lookup.table(), lookup.key()), key);
  }

  /** The one spelling of the key of a root row. */
  RowKey of(EntitySchema schema, RowKey key) {
    return known.isEmpty() ? key : of(new Target(schema.type().table(), schema.key()), key);
  }

  private RowKey of(Target target, RowKey key) {
    return known.getOrDefault(target, Map.of()).getOrDefault(key, key);
  }
}
