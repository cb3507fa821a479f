package io.rowhook.entity;

/**
 * A column that parts are ordered by, as in SQL's ORDER BY.
 *
 * @param nullsFirst whether null comes before all values, whatever the direction
 */
public record OrderBy(String column, boolean descending, boolean nullsFirst) {

  /** Smallest first, null last. */
  public OrderBy(String column) {
    this(column, false, false);
  }
}
