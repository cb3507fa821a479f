package io.rowhook.base;

/** Sentences in one line. Pure. */
public final class Sentences {

  private Sentences() {}

  /**
   * One after the other, with a full stop between them; what ends with a mark of its own, as a
   * statement does with a semicolon, gets none.
   */
  public static String of(String first, String next) {
    if (first.isEmpty() || next.isEmpty()) {
      return first + next;
    }
    boolean ends = ".;:?!".indexOf(first.charAt(first.length() - 1)) >= 0;
    return first + (ends ? " " : ". ") + next;
  }
}
