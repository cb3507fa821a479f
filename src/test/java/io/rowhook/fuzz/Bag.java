package io.rowhook.fuzz;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Rows in the order of some columns; those that these do not tell apart may come in any.
 *
 * @param order names of columns with numbers; null comes last
 */
record Bag(List<Entry> entries, List<String> order) implements Json {

  /**
   * One row.
   *
   * @param optional whether it may be missing: it was not there all the time
   */
  record Entry(Json row, boolean optional) {}

  @Override
  public boolean allows(Json actual) {
    return actual instanceof Json.Array(List<Json> rows)
        && isSorted(rows)
        && unmatched(rows).isEmpty()
        && missing(rows).isEmpty();
  }

  private boolean isSorted(List<Json> rows) {
    for (int i = 1; i < rows.size(); i++) {
      for (String column : order) {
        int compared = number(rows.get(i - 1), column).compareTo(number(rows.get(i), column));
        if (compared > 0) {
          return false;
        }
        if (compared < 0) {
          break;
        }
      }
    }
    return true;
  }

  /** Rows that came and that no entry allows. */
  List<Json> unmatched(List<Json> rows) {
    List<Entry> left = new ArrayList<>(entries);
    List<Json> unmatched = new ArrayList<>();
    for (Json row : rows) {
      int found = -1;
      for (int i = 0; i < left.size() && found < 0; i++) {
        found = left.get(i).row.allows(row) ? i : -1;
      }
      if (found < 0) {
        unmatched.add(row);
      } else {
        left.remove(found);
      }
    }
    return unmatched;
  }

  /** Entries that had to come and did not. */
  List<Json> missing(List<Json> rows) {
    List<Json> missing = new ArrayList<>();
    for (Entry entry : entries) {
      if (!entry.optional && rows.stream().noneMatch(entry.row::allows)) {
        missing.add(entry.row);
      }
    }
    return missing;
  }

  private static BigDecimal number(Json row, String column) {
    return row instanceof Json.Mapping object
            && object.get(column) instanceof Json.Numeral(String digits)
        ? new BigDecimal(digits)
        : new BigDecimal("1e100");
  }

  @Override
  public String toString() {
    return entries.stream()
        .map(entry -> (entry.optional ? "perhaps " : "") + entry.row)
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
