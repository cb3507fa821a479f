package io.rowhook.base;

import java.util.Locale;

/** Numbers of things, in words. */
public final class Count {

  private Count() {}

  /**
   * {@code 1 table}, {@code 2,000 tables}, {@code 2 deliveries}.
   *
   * @param noun one of them, with a regular plural
   */
  public static String of(long count, String noun) {
    String words = String.format(Locale.ROOT, "%,d %s", count, noun);
    if (count == 1) {
      return words;
    }
    boolean ies = noun.matches(".*[^aeiou]y");
    return ies ? words.substring(0, words.length() - 1) + "ies" : words + "s";
  }
}
