package io.rowhook.capture;

/**
 * A place in the source's log: a byte position, an unsigned 64-bit number, written as PostgreSQL
 * writes its {@code pg_lsn}: {@code 0/16B3748}.
 */
public record Lsn(long value) implements Position {

  /** Before everything. */
  public static final Lsn ZERO = new Lsn(0);

  /**
   * Reads {@code 0/16B3748}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static Lsn parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("a log position is written 0/16B3748, got: " + text);
    }
    long high = Long.parseLong(text.substring(0, slash), 16);
    long low = Long.parseLong(text.substring(slash + 1), 16);
    return new Lsn(high << 32 | low);
  }

  /** Bytes from {@code other} to here; negative where this is the earlier one. */
  public long minus(Lsn other) {
    return value - other.value;
  }

  @Override
  public long stored() {
    return value;
  }

  @Override
  public Position justBefore() {
    return new Lsn(value - 1);
  }

  @Override
  public boolean isAfter(Position other) {
    return compareTo(other) > 0;
  }

  @Override
  public int compareTo(Position other) {
    return Long.compareUnsigned(value, other.stored());
  }

  @Override
  public String toString() {
    return Long.toHexString(value >>> 32).toUpperCase(java.util.Locale.ROOT)
        + "/"
        + Long.toHexString(value & 0xFFFF_FFFFL).toUpperCase(java.util.Locale.ROOT);
  }
}
