package io.rowhook;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that was probably meant, for messages. */
final class Nearest {

  private Nearest() {}

  /** The known name with the fewest edits to this one, if they are few: up to a third of its letters. */
  static Optional<String> to(String name, Collection<String> known) {
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
  static String advice(String name, Collection<String> known, String listed) {
    return to(name, known)
        .map(near -> "Did you mean " + near + "?")
        .orElseGet(() -> listed + ": " + String.join(", ", known) + ".");
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The Levenshtein distance; more than the limit is not counted out for names of other lengths. */
  private static int edits(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) > limit) {
      return Integer.MAX_VALUE;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
