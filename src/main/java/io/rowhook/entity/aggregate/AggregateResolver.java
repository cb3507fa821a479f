package io.rowhook.entity.aggregate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.RowKey;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.schema.EntitySchema;
import io.rowhook.entity.schema.EntitySchemas;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells which entities a net change belongs to: a root row to its own, a part's row to the one that
 * it belonged to before the transaction and to the one that it belongs to now.
 *
 * <p>The row of a part's part names a part. What that belongs to is in that key itself, or else in
 * what the transactions of the same batch did to it, or else it is read from the source. Any
 * thread.
 */
public final class AggregateResolver {

  /**
   * A change of a row that others may belong to.
   *
   * @param moment the place of its transaction among those of the batch
   */
  public record Step(int moment, NetChange change) {}

  /**
   * What the transactions of the batch did to rows that others may belong to, in their order; by
   * {@link NetChange#entityKey}.
   */
  public interface Others {
    List<Step> find(String entityKey);
  }

  private final EntitySchemas schemas;

  /** The parts that have to be known to tell what their parts belong to, by their paths. */
  private final Set<String> between = new HashSet<>();

  public AggregateResolver(EntitySchemas schemas) {
    this.schemas = schemas;
    for (EntitySchema schema : schemas.byName().values()) {
      for (EntitySchema.Node part : schema.parts()) {
        EntitySchema.Node parent = part.parent();
        if (parent != null && !parent.keyIsInPrimaryKey()) {
          between.add(parent.path());
        }
      }
    }
  }

  /** What some transactions, each with its changes, did to rows that others may belong to. */
  public Others others(List<Collection<NetChange>> transactions) {
    if (between.isEmpty()) {
      return _ -> List.of();
    }
    Map<String, List<Step>> steps = new HashMap<>();
    for (int i = 0; i < transactions.size(); i++) {
      for (NetChange change : transactions.get(i)) {
        if (between.contains(change.entityType())) {
          steps
              .computeIfAbsent(change.entityKey(), _ -> new ArrayList<>(1))
              .add(new Step(i, change));
        }
      }
    }
    return key -> steps.getOrDefault(key, List.of());
  }

  /** Notes which parents have to be read to tell what a change belongs to. */
  public void want(NetChange change, Others others, ParentLookup parents) {
    EntitySchemas.Named named = schemas.named(change.entityType());
    if (named.schema().isSpelled()) {
      parents.normalizer().add(change, named);
    }
    EntitySchema.Node part = named.part();
    if (part == null || part.parent() == null || isUnchanged(change, part)) {
      return;
    }
    EntitySchema.Node parent = part.parent();
    if (parent.keyIsInPrimaryKey()) {
      return;
    }
    for (RowKey key : keys(change, part)) {
      if (others.find(entityKey(parent, key)).isEmpty()) {
        parents.want(parent, key);
      }
    }
  }

  /**
   * The entities that a change belongs to; none where it changes nothing.
   *
   * @param moment the place of its transaction among those of the batch
   * @throws OrphanException if one of them cannot be told
   */
  public Set<AggregateRoot> of(NetChange change, int moment, Others others, ParentLookup parents)
      throws OrphanException {
    EntitySchemas.Named named = schemas.named(change.entityType());
    EntitySchema schema = named.schema();
    EntitySchema.Node part = named.part();
    Set<AggregateRoot> roots = new LinkedHashSet<>(2);
    if (part == null) {
      RowKey.of(change.after() == null ? change.before() : change.after(), schema.key())
          .ifPresent(
              key -> roots.add(new AggregateRoot(schema, parents.normalizer().of(schema, key))));
    } else if (!isUnchanged(change, part)) {
      if (change.existed()) {
        add(roots, schema, part, key(change, part, false), moment, false, others, parents);
      }
      if (change.after() != null) {
        add(roots, schema, part, key(change, part, true), moment, true, others, parents);
      }
    }
    return roots;
  }

  private static void add(
      Set<AggregateRoot> roots,
      EntitySchema schema,
      EntitySchema.Node part,
      Optional<RowKey> key,
      int moment,
      boolean now,
      Others others,
      ParentLookup parents)
      throws OrphanException {
    if (key.isEmpty()) {
      return; // it belongs to nothing
    }
    EntitySchema.Node parent = part.parent();
    if (parent == null) {
      roots.add(new AggregateRoot(schema, parents.normalizer().of(part, key.get())));
      return;
    }
    if (parent.keyIsInPrimaryKey()) {
      RowKey above = key.get().only(parent.primaryKey(), parent.part().key());
      add(roots, schema, parent, Optional.of(above), moment, now, others, parents);
      return;
    }
    List<Step> steps = others.find(entityKey(parent, key.get()));
    Optional<RowKey> above =
        steps.isEmpty() ? parents.of(parent, key.get()) : above(parent, steps, moment, now);
    if (above == null) {
      throw parents.orphan(parent, key.get());
    }
    add(roots, schema, parent, above, moment, now, others, parents);
  }

  /** What a part's row, which the batch has changed, belonged to before or after a transaction. */
  private static Optional<RowKey> above(
      EntitySchema.Node part, List<Step> steps, int moment, boolean now) {
    Step own = null;
    for (int i = steps.size() - 1; i >= 0; i--) {
      Step step = steps.get(i);
      if (step.moment() < moment && own == null) {
        return key(step.change(), part, true);
      }
      own = step.moment() == moment ? step : own;
    }
    if (own != null) { // it came or went with what belongs to it
      Optional<RowKey> above = key(own.change(), part, now);
      return above.isPresent() ? above : key(own.change(), part, !now);
    }
    return key(steps.getFirst().change(), part, false);
  }

  /**
   * What a part's row names, now or before. Where the old row is not logged, its key has not
   * changed, since the key is in the table's identity.
   */
  static Optional<RowKey> key(NetChange change, EntitySchema.Node part, boolean now) {
    if (now) {
      return part.parentKey(change.after());
    }
    if (!change.existed()) {
      return Optional.empty();
    }
    return part.parentKey(change.before() == null ? change.after() : change.before());
  }

  private static List<RowKey> keys(NetChange change, EntitySchema.Node part) {
    List<RowKey> keys = new ArrayList<>(2);
    key(change, part, false).ifPresent(keys::add);
    key(change, part, true).filter(key -> !keys.contains(key)).ifPresent(keys::add);
    return keys;
  }

  /** A part's row is told by its primary key. */
  private static String entityKey(EntitySchema.Node part, RowKey key) {
    return part.path() + '\0' + key.text();
  }

  /** Nothing that is shown, or that something shown depends on. */
  private static boolean isUnchanged(NetChange change, EntitySchema.Node part) {
    if (change.after() == null) {
      return !change.existed();
    }
    ObjectNode before = change.before();
    if (!change.existed() || before == null) {
      return false;
    }
    Set<String> ignored = part.role().ignored();
    return ignored.isEmpty()
        ? change.after().equals(before)
        : without(ignored, change.after()).equals(without(ignored, before));
  }

  private static ObjectNode without(Set<String> columns, ObjectNode row) {
    ObjectNode rest = Json.MAPPER.createObjectNode();
    rest.setAll(row);
    return rest.remove(columns);
  }
}
