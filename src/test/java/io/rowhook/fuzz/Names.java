package io.rowhook.fuzz;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Draws names that no other thing in the same place has. */
final class Names {

  private static final List<String> ODD =
      List.of(
          "Größe",
          "full.stop",
          "quo\"te",
          "two words",
          "UPPER",
          "it's",
          "select",
          "user",
          "a-b",
          "%s",
          "$1",
          "日本",
          "back\\slash",
          "order",
          "x:y",
          "#no",
          "{a}",
          "it, too",
          "[b]",
          "&amp;");

  private final Dice dice;
  private final Set<String> taken = new HashSet<>();

  Names(Dice dice) {
    this.dice = dice;
  }

  static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** One that is like the stem, mostly. */
  String draw(String stem) {
    for (int i = 0; ; i++) {
      String name =
          i < 3 && dice.chance("names", 0.2)
              ? dice.pick(ODD)
              : i < 3 && dice.chance("twins", 0.08)
                  ? stem.toUpperCase(Locale.ROOT)
                  : i == 0 && dice.chance(0.5) ? stem : stem + "_" + dice.word(2);
      if (taken.add(name)) {
        return name;
      }
    }
  }

  /** One that differs from another in case alone, if nothing has it. */
  String twin(String other) {
    String twin =
        other.equals(other.toUpperCase(Locale.ROOT))
            ? other.toLowerCase(Locale.ROOT)
            : other.toUpperCase(Locale.ROOT);
    return taken.add(twin) ? twin : draw(other);
  }

  boolean take(String name) {
    return taken.add(name);
  }
}
