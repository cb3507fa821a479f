package io.rowhook.capture;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A table that cannot be read back at present, or not all columns of it.
 *
 * @param reason in words, with what mends it
 * @param lackedAt when an event last went without its rows, by this machine's clock; {@link
 *     Instant#MIN}: none is known to have
 */
public record UnreadTable(TableId table, String reason, Instant lackedAt) {

  /** By the catalog, and by the last reading of what the catalog says nothing of. */
  public static List<UnreadTable> all(List<TableProblem> problems, List<UnreadTable> read) {
    List<UnreadTable> all = new ArrayList<>();
    problems.forEach(one -> all.add(new UnreadTable(one.table(), one.text(), Instant.MIN)));
    read.stream()
        .filter(one -> problems.stream().noneMatch(problem -> one.table().equals(problem.table())))
        .forEach(all::add);
    return all;
  }

  /** The reason with its table. */
  public String text() {
    return table + ": " + reason;
  }
}
