package io.rowhook.capture;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * By which rows of the catalog a publication holds a table, whole. Each row is known by its OID and
 * the transaction that wrote it: one that was altered, or taken away and made again, is another,
 * although it says the same. PostgreSQL never sends what was written between.
 *
 * @param text words of the form {@code TABLE/ROUTE}: by which route it holds which table, the one
 *     in question or, where it holds the partitions one by one, a partition of it
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
              Set<String> stayed = new HashSet<>(held.getValue());
              stayed.retainAll(then.getOrDefault(held.getKey(), Set.of()));
              return !stayed.isEmpty();
            });
  }

  private Map<String, Set<String>> byTable() {
    return Arrays.stream(text.split(" "))
        .filter(word -> !word.isEmpty())
        .collect(
            Collectors.groupingBy(
                word -> word.substring(0, word.indexOf('/')), HashMap::new, Collectors.toSet()));
  }
}
