package io.rowhook.base;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that was probably meant, for messages. */
public final class DidYouMean {

  /** Nobody misspells a longer one. */
  private static final int MAX_NAME = 100;

  private DidYouMean() {}

  /**
   * The known name with the fewest edits to this one, if they are few: up to a third of its
   * letters.
   */
  public static Optional<String> to(String name, Collection<String> known) {
    if (name.length() > MAX_NAME) {
      return Optional.empty();
    }
    String wanted = plain(name);
    int limit = Math.max(1, (wanted.length() + 1) / 3);
    String best = null;
    for (String candidate : known) {
      int edits = edits(wanted, plain(candidate), limit);
      if (edits <= limit && (best == null || edits < limit)) {
        best = candidate;
        limit = edits;
      }
    }
    return Optional.ofNullable(best);
  }

  /** {@code Did you mean timeout?}, or else what is known. */
  public static String advice(String name, Collection<String> known, String listed) {
    return to(name, known)
        .map(near -> "Did you mean " + near + "?")
        .orElseGet(() -> listed + ": " + String.join(", ", known) + ".");
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The optimal string alignment distance: letters put in, left out, replaced, or swapped with
   * their neighbour. Where the lengths alone differ by more than the limit it is not counted out.
   */
  private static int edits(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) > limit) {
      return Integer.MAX_VALUE;
    }
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int fewest = edits[i - 1][j - 1] + (same ? 0 : 1);
        fewest = Math.min(fewest, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          fewest = Math.min(fewest, 1 + edits[i - 2][j - 2]);
        }
        edits[i][j] = fewest;
      }
    }
    return edits[a.length()][b.length()];
  }
}
