package io.rowhook.crash;

/** One entity of the story. */
record EntityKey(Kind kind, long number) {

  /** Entities up to here are changed again and again, by all writers. */
  static final long BUSY = 60;

  /** From here on: changed in bulk, many in one transaction. */
  static final long FIRST_BULK = 1000;

  /** From here on: articles with a text so large that a bulk of them passes the memory limit. */
  static final long FIRST_HUGE = 5000;

  /** Written last, when all writers have stopped. */
  static final EntityKey SENTINEL = new EntityKey(Kind.Order, 999_999);

  String id() {
    return kind.id(number);
  }

  @Override
  public String toString() {
    return kind + "/" + id();
  }
}
