package io.rowhook.fuzz;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** What a seed decides. One thread. */
final class Dice {

  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";
  private static final String[] ODD = {
    "'", "\"", "\\", ",", ";", "{", "}", "(", ")", " ", "\n", "\t", "ä", "ß", "€", "😀", "%",
    "NULL", "\u0001", "\u2028", "<", "&", "=>", "[", "]", ".", "$", "é", "I", "ı", "null", "\u007f",
    ":"
  };

  private final SplittableRandom random;
  private final Set<String> without;

  /**
   * @param without what is not to be drawn, by its name
   */
  Dice(long seed, Set<String> without) {
    this(new SplittableRandom(seed), without);
  }

  private Dice(SplittableRandom random, Set<String> without) {
    this.random = random;
    this.without = without;
  }

  /** Another one, whose throws do not depend on how often this one is thrown. */
  Dice split() {
    return new Dice(random.split(), without);
  }

  /** From 0 to bound - 1. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  int between(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  long any() {
    return random.nextLong();
  }

  double fraction() {
    return random.nextDouble();
  }

  /** The same for what can be left out by its name. */
  boolean chance(String what, double probability) {
    return chance(probability) && allows(what);
  }

  /** Whether it is to be drawn. */
  boolean allows(String what) {
    return !without.contains(what);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  @SafeVarargs
  final <T> T of(T... from) {
    return from[random.nextInt(from.length)];
  }

  String word(int length) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return word.toString();
  }

  /** Mostly a word; now and then what quoting, splitting and encoding trip over. */
  String text() {
    if (chance(0.5)) {
      return word(between(0, 8));
    }
    StringBuilder text = new StringBuilder();
    for (int i = between(1, 5); i > 0; i--) {
      text.append(chance(0.5) ? word(between(1, 3)) : of(ODD));
    }
    return text.toString();
  }

  /** Does not compress, so that it is stored out of line. */
  String large() {
    StringBuilder large = new StringBuilder();
    for (int i = between(300, 900); i > 0; i--) {
      large.append(Long.toString(random.nextLong(), 36));
    }
    return large.toString();
  }
}
