package io.rowhook.crash;

import java.util.Locale;

/** Where a Rowhook of the story halts itself, at the worst moments there are. */
enum HaltPoint {
  /** As soon as it has a main method. */
  START(1),
  /** The slot is about to be made, which it is once in a journal's life. */
  MAKING_SLOT(0),
  /** The slot is made, and no epoch noted. */
  MADE_SLOT(0),
  /** A batch was handed on that ends inside a transaction. */
  INSIDE_TRANSACTION(3),
  /** The journal has committed, and nothing of it is marked. */
  BEFORE_MARK(15),
  /** Marked, and the source does not know it yet: the engine tells it when it polls next. */
  BEFORE_FLUSH(15),
  /** The source knows of a mark. */
  AFTER_FLUSH(3),
  /** The recipient has answered, and that is not recorded. */
  AFTER_POST(120);

  /** The exit status of one that halted itself; other than that of SIGKILL, to tell them apart. */
  static final int EXIT_STATUS = 86;

  /** The environment variable that says where, and at which passing: {@code before_mark:3}. */
  static final String VARIABLE = "ROWHOOK_HALT";

  /** It is passed often enough for this to be reached in a few seconds; 0: once, at the start. */
  final int mostPassings;

  HaltPoint(int mostPassings) {
    this.mostPassings = mostPassings;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
