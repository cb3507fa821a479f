package io.rowhook.entity.change;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.RowLookup.Condition;
import io.rowhook.capture.RowLookup.Judged;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.schema.EntitySchemas;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns net changes of rows into what they are to us, where {@code where} or {@code deleted} say
 * that not all rows exist: a row that begins to match was created, one that no longer matches was
 * deleted. Decided by the source, see {@link RowLookup.Snapshot#judge}, for many at once; a change
 * of which nothing is left is one of a row that came and went. One thread.
 */
public final class VisibilityFilter {

  private final EntitySchemas schemas;
  private final RowLookup rows;
  private final boolean needed;

  public VisibilityFilter(EntitySchemas schemas, RowLookup rows) {
    this.schemas = schemas;
    this.rows = rows;
    this.needed =
        schemas.byName().values().stream()
            .anyMatch(schema ->
                schema.role().condition() != null
                    || schema.parts().stream().anyMatch(part -> part.role().condition() != null));
  }

  /** An image of a row, and whether it exists for us once that is known. */
  private static final class Image {
    private final ObjectNode row;
    private boolean matches;
    private @Nullable String unjudged;

    Image(ObjectNode row) {
      this.row = row;
    }
  }

  /** A change whose row a condition is on; of an image that is not known nothing can be said. */
  private record Case(int index, @Nullable Image before, @Nullable Image after) {}

  /** False where every row exists: then there is nothing to apply. */
  public boolean isNeeded() {
    return needed;
  }

  /**
   * The changes as they are to us, in their order.
   *
   * @param unjudged is given changes that nobody can tell it of, and why
   */
  public List<NetChange> apply(
      Collection<NetChange> changes, BiConsumer<NetChange, String> unjudged) {
    List<NetChange> seen = new ArrayList<>(changes);
    if (!needed) {
      return seen;
    }
    Map<Condition, List<Case>> cases = new LinkedHashMap<>();
    for (int i = 0; i < seen.size(); i++) {
      Condition condition = schemas.named(seen.get(i).entityType()).role().condition();
      if (condition != null) {
        cases
            .computeIfAbsent(condition, _ -> new ArrayList<>())
            .add(caseOf(i, seen.get(i), condition.columns()));
      }
    }
    if (!cases.isEmpty()) {
      judge(cases);
      cases.values().stream()
          .flatMap(List::stream)
          .forEach(one -> seen.set(one.index(), decided(seen.get(one.index()), one, unjudged)));
    }
    return seen;
  }

  private static Case caseOf(int index, NetChange change, List<String> columns) {
    ObjectNode before = change.existed() ? change.before() : null;
    ObjectNode after = change.after();
    if (after != null && !change.unavailable().isEmpty()) {
      after = NetChangeMerger.fill(after, change.unavailable(), before, new ArrayList<>());
    }
    return new Case(index, image(before, columns), image(after, columns));
  }

  private static @Nullable Image image(@Nullable ObjectNode row, List<String> columns) {
    if (row == null) {
      return null;
    }
    ObjectNode judged = Json.MAPPER.createObjectNode();
    for (String column : columns) {
      JsonNode value = row.get(column);
      if (value == null) {
        return null;
      }
      judged.set(column, value);
    }
    return new Image(judged);
  }

  private void judge(Map<Condition, List<Case>> cases) {
    Map<Condition, List<Image>> images = new LinkedHashMap<>();
    cases.forEach((condition, all) -> images.put(condition, images(all)));
    Map<Condition, Judged> judged =
        rows.read(
            Set.of(),
            false,
            snapshot -> {
              Map<Condition, Judged> made = new HashMap<>();
              for (var one : images.entrySet()) {
                List<ObjectNode> asked = one.getValue().stream().map(image -> image.row).toList();
                made.put(one.getKey(), snapshot.judge(one.getKey(), asked));
              }
              return made;
            });
    images.forEach((condition, all) -> {
      Judged verdicts = judged.get(condition);
      for (int i = 0; i < all.size() && verdicts != null; i++) {
        all.get(i).matches = verdicts.holds().get(i);
        all.get(i).unjudged = verdicts.unjudged().get(i);
      }
    });
  }

  private static List<Image> images(List<Case> cases) {
    List<Image> images = new ArrayList<>(cases.size());
    for (Case one : cases) {
      if (one.before() != null) {
        images.add(one.before());
      }
      if (one.after() != null) {
        images.add(one.after());
      }
    }
    return images;
  }

  /** An old row that is not logged had what the condition looks at: that is in the identity. */
  private static NetChange decided(
      NetChange change, Case one, BiConsumer<NetChange, String> unjudged) {
    Image after = one.after();
    Image before = one.before() == null && change.existed() ? after : one.before();
    boolean known =
        (change.after() == null || after != null) && (!change.existed() || before != null);
    String why = known ? null : "a column that its condition looks at is not in the log";
    for (Image image : new @Nullable Image[] {before, after}) {
      if (image != null && image.unjudged != null) {
        why = image.unjudged;
      }
    }
    if (why != null) {
      unjudged.accept(change, why);
      return of(change, false, false);
    }
    return of(
        change,
        change.existed() && before != null && before.matches,
        change.after() != null && after != null && after.matches);
  }

  /** Of what neither existed nor exists an image is kept all the same: it has the key. */
  private static NetChange of(NetChange change, boolean existed, boolean exists) {
    ObjectNode before = change.before();
    if (before == null && !existed && !exists) {
      before = change.after();
    }
    return new NetChange(
        change.entityType(),
        change.entityId(),
        change.id(),
        existed,
        before,
        exists ? change.after() : null,
        exists ? change.unavailable() : List.of(),
        change.weight());
  }
}
