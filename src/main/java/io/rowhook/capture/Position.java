package io.rowhook.capture;

/**
 * A place in the source's log. Outside this room it only orders, is stored, and is shown as the
 * source writes it; what it consists of is known here.
 */
public sealed interface Position extends Comparable<Position> permits Lsn {

  /** Before everything. */
  @SuppressWarnings("ClassInitializationDeadlock") // no default methods: Lsn does not wait for this
  Position START = new Lsn(0);

  /** Returns the position whose {@link #stored} form this is. */
  static Position of(long stored) {
    return new Lsn(stored);
  }

  /**
   * Reads what {@link Object#toString} gives.
   *
   * @throws IllegalArgumentException for anything else
   */
  static Position parse(String text) {
    return Lsn.parse(text);
  }

  /** Returns 64 bits to store it in; as unsigned numbers they order as positions do. */
  long stored();

  /** Returns the greatest position before this one; not of {@link #START}. */
  Position justBefore();

  /** True if this one is the later. */
  boolean isAfter(Position other);
}
