package io.rowhook.entity;

import io.rowhook.capture.RejectedRow;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of one transaction that no event can be made of: the first are kept one by one, the
 * others are counted. The capture thread's.
 */
final class Rejections {

  private static final int MAX = 1000;

  private final List<RejectedRow> rows = new ArrayList<>(0);
  private long more;

  void add(RejectedRow row) {
    if (rows.size() < MAX) {
      rows.add(row);
    } else {
      more++;
    }
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** How many in all. */
  long count() {
    return rows.size() + more;
  }

  /** The kept ones, and one that says how many there are besides. */
  List<RejectedRow> rows() {
    if (more == 0) {
      return List.copyOf(rows);
    }
    List<RejectedRow> all = new ArrayList<>(rows);
    all.add(
        new RejectedRow(
            rows.getFirst().table(), "MORE", "{}", more + " more rows of this transaction"));
    return all;
  }
}
