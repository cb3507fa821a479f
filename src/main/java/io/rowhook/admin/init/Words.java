package io.rowhook.admin.init;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names taken apart into words, and put together to an entity's name. Pure.
 *
 * <p>The singular is made by rules of its own. Of the libraries for the JVM, Evo Inflector makes
 * plurals only, ModeShape's is not kept any more, and JavaLite's comes with the rest of a web
 * framework; all take every word for English. What is needed here is small: the last word of a
 * table's name, left alone in doubt, and in English schemas only.
 */
final class Words {

  private static final Pattern BOUNDARY =
      Pattern.compile("[^\\p{L}\\p{N}]+|(?<=\\p{Ll})(?=\\p{Lu})|(?<=[\\p{Lu}])(?=\\p{Lu}\\p{Ll})");

  private static final Map<String, String> IRREGULAR =
      Map.ofEntries(
          Map.entry("people", "person"),
          Map.entry("children", "child"),
          Map.entry("men", "man"),
          Map.entry("women", "woman"),
          Map.entry("indices", "index"),
          Map.entry("matrices", "matrix"),
          Map.entry("vertices", "vertex"),
          Map.entry("criteria", "criterion"),
          Map.entry("halves", "half"),
          Map.entry("shelves", "shelf"),
          Map.entry("leaves", "leave"),
          Map.entry("analyses", "analysis"),
          Map.entry("bases", "base"),
          Map.entry("movies", "movie"),
          Map.entry("cookies", "cookie"),
          Map.entry("ties", "tie"),
          Map.entry("caches", "cache"),
          Map.entry("quizzes", "quiz"),
          Map.entry("shoes", "shoe"),
          Map.entry("toes", "toe"),
          Map.entry("axes", "axis"),
          Map.entry("crises", "crisis"),
          Map.entry("diagnoses", "diagnosis"),
          Map.entry("hypotheses", "hypothesis"),
          Map.entry("theses", "thesis"),
          Map.entry("parentheses", "parenthesis"),
          Map.entry("lenses", "lens"),
          Map.entry("gases", "gas"),
          Map.entry("knives", "knife"),
          Map.entry("lives", "life"),
          Map.entry("wives", "wife"),
          Map.entry("loaves", "loaf"),
          Map.entry("wolves", "wolf"),
          Map.entry("thieves", "thief"),
          Map.entry("calves", "calf"),
          Map.entry("stimuli", "stimulus"),
          Map.entry("syllabi", "syllabus"),
          Map.entry("teeth", "tooth"),
          Map.entry("feet", "foot"),
          Map.entry("geese", "goose"),
          Map.entry("mice", "mouse"),
          Map.entry("oxen", "ox"),
          Map.entry("menus", "menu"));

  private static final Set<String> UNCHANGED =
      Set.of(
          "series",
          "species",
          "news",
          "goods",
          "sales",
          "logistics",
          "sms",
          "lens",
          "gas",
          "atlas",
          "canvas",
          "alias",
          "bias");

  private static final int LONGEST_ABBREVIATION = 4;

  private static final Pattern LATIN_US = Pattern.compile(".*[b-df-hj-np-tv-z]uses");
  private static final Pattern SIBILANT = Pattern.compile(".*(ss|sh|ch|x|zz|ias|[dtgh]o|ero)es");
  private static final Pattern NO_PLURAL = Pattern.compile(".*(ss|(?<!ea)us|is)");

  private Words() {}

  /**
   * {@code tblSalesOrders} and {@code sales_orders} in small letters; joined words that are known.
   */
  static List<String> of(String name) {
    List<String> words = new ArrayList<>();
    for (String part : BOUNDARY.split(name, -1)) {
      if (!part.isEmpty()) {
        words.addAll(apart(part.toLowerCase(Locale.ROOT)));
      }
    }
    return words;
  }

  /**
   * {@code orderitems}: words that are known, written as one; in other languages the last may be an
   * abbreviation, as of {@code facturascli}.
   */
  private static List<String> apart(String word) {
    return split(word).orElse(List.of(word));
  }

  private static Optional<List<String>> split(String word) {
    if (isKnown(word)) {
      return Optional.of(List.of(word));
    }
    for (int cut = word.length() - 2; cut >= 3; cut--) {
      String first = word.substring(0, cut);
      String second = word.substring(cut);
      if (isKnown(first)) {
        Optional<List<String>> rest = second.length() < 3 ? Optional.empty() : split(second);
        boolean abbreviated =
            second.length() <= LONGEST_ABBREVIATION
                && Vocabulary.foreign(Vocabulary.base(first))
                && first.length() > LONGEST_ABBREVIATION;
        if (rest.isEmpty() && abbreviated) {
          rest = Optional.of(List.of(second));
        }
        if (rest.isPresent()) {
          List<String> all = new ArrayList<>(List.of(first));
          all.addAll(rest.get());
          return Optional.of(all);
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isKnown(String word) {
    return Vocabulary.known(singular(word)) || Vocabulary.known(Vocabulary.base(word));
  }

  /** An English word in the singular; what is none already, or is no plural, stays as it is. */
  static String singular(String word) {
    String known = IRREGULAR.get(word);
    if (known != null) {
      return known;
    }
    int length = word.length();
    if (length < 4 || !word.endsWith("s") || UNCHANGED.contains(word)) {
      return word;
    }
    if (word.endsWith("ies") && length > 4) {
      return word.substring(0, length - 3) + "y";
    }
    if (SIBILANT.matcher(word).matches() || LATIN_US.matcher(word).matches()) {
      return word.substring(0, length - 2);
    }
    return NO_PLURAL.matcher(word).matches() ? word : word.substring(0, length - 1);
  }

  /** The same words, the last in the singular. */
  static List<String> lastSingular(List<String> words) {
    if (words.isEmpty()) {
      return words;
    }
    List<String> singular = new ArrayList<>(words);
    singular.set(words.size() - 1, singular(words.getLast()));
    return singular;
  }

  /** {@code SalesOrder}: letters and digits only; empty where none of them is one. */
  static String camel(List<String> words) {
    StringBuilder camel = new StringBuilder();
    for (String word : words) {
      String plain = plain(word);
      if (!plain.isEmpty()) {
        camel.append(Character.toUpperCase(plain.charAt(0))).append(plain, 1, plain.length());
      }
    }
    String name = camel.toString();
    name = name.isEmpty() || Character.isLetter(name.charAt(0)) ? name : "T" + name;
    return name.length() > 60 ? name.substring(0, 60) : name;
  }

  /** An attribute's name: letters, digits and {@code _}; it begins with a letter. */
  static String attribute(List<String> words) {
    String name = String.join("_", words.stream().map(Words::plain).toList());
    name = name.isEmpty() || !Character.isLetter(name.charAt(0)) ? "a" + name : name;
    return name.length() > 60 ? name.substring(0, 60) : name;
  }

  /** Without accents, umlauts written out; letters and digits of ASCII only. */
  private static String plain(String word) {
    String written =
        word.replace("ä", "ae")
            .replace("ö", "oe")
            .replace("ü", "ue")
            .replace("ß", "ss")
            .replace("æ", "ae")
            .replace("ø", "oe")
            .replace("å", "aa");
    return Normalizer.normalize(written, Normalizer.Form.NFD).replaceAll("[^A-Za-z0-9]", "");
  }
}
