package io.rowhook.capture;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * By which rows of the catalog a publication holds a table, whole. Each row is known by its OID and
 * the transaction that wrote it: one that was altered, or taken away and made again, is another,
 * although it says the same. PostgreSQL never sends what was written between.
 *
 * <p>{@code ALTER PUBLICATION ... OWNER TO} writes the publication's own row anew and changes
 * nothing that is sent: where the owner is another, that explains another row. What was altered and
 * altered back between the same two looks as the owner is not seen then.
 *
 * @param text words of the form {@code TABLE/ROUTE}: by which route it holds which table, the one
 *     in question or, where it holds the partitions one by one, a partition of it. A route is
 *     {@code PUBLICATION:ROW}, and {@code PUBLICATION} is {@code TRANSACTION@OWNER}, in a journal
 *     of an earlier version without the owner
 */
public record PublicationRoutes(String text) {

  /** Those of a table that is not in it. */
  public static final PublicationRoutes NONE = new PublicationRoutes("");

  /**
   * True if all along since then the table was held: of what is held still, one route at least has
   * stayed. A route more or less is no harm, nor are other partitions.
   *
   * @param before null: not known, so it is taken to be
   */
  public boolean follow(@Nullable PublicationRoutes before) {
    if (before == null) {
      return true;
    }
    Map<String, Set<String>> then = before.byTable();
    Map<String, Set<String>> now = byTable();
    now.keySet().retainAll(then.keySet());
    return !now.isEmpty()
        && now.entrySet().stream()
            .allMatch(held -> {
              Set<String> old = then.getOrDefault(held.getKey(), Set.of());
              return held.getValue().stream()
                  .anyMatch(route -> old.stream().anyMatch(one -> isSame(one, route)));
            });
  }

  private static boolean isSame(String before, String now) {
    int old = before.indexOf(':');
    int end = now.indexOf(':');
    return before.substring(old).equals(now.substring(end))
        && isSamePublication(before.substring(0, old), now.substring(0, end));
  }

  private static boolean isSamePublication(String before, String now) {
    String[] old = before.split("@", 2);
    String[] its = now.split("@", 2);
    boolean hasOtherOwner = old.length == 2 && its.length == 2 && !old[1].equals(its[1]);
    return old[0].equals(its[0]) || hasOtherOwner;
  }

  private Map<String, Set<String>> byTable() {
    return Arrays.stream(text.split(" "))
        .filter(word -> !word.isEmpty())
        .collect(
            Collectors.groupingBy(
                word -> word.substring(0, word.indexOf('/')), HashMap::new, Collectors.toSet()));
  }
}
