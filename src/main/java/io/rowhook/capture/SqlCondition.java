package io.rowhook.capture;

import io.rowhook.capture.lookup.RowConditions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An SQL condition on one row, as {@code where} and {@code deleted} of {@code entities.yaml} have
 * it: its words, by PostgreSQL's "Lexical Structure", and what of it can be judged without a
 * server. PostgreSQL judges the rest, see {@link RowConditions}. Pure.
 */
public final class SqlCondition {

  /** What makes the same row match today and not tomorrow, or looks at more than the row. */
  private static final Set<String> REFUSED =
      Set.of(
          "select",
          "values",
          "with",
          "table",
          "exists",
          "over",
          "filter",
          "current_date",
          "current_time",
          "current_timestamp",
          "localtime",
          "localtimestamp",
          "current_user",
          "current_role",
          "session_user",
          "user",
          "current_schema",
          "current_catalog");

  /** Words that may stand before a parenthesis and are no functions. */
  private static final Set<String> NO_FUNCTIONS =
      Set.of(
          "and",
          "or",
          "not",
          "in",
          "any",
          "all",
          "some",
          "is",
          "between",
          "like",
          "ilike",
          "similar",
          "to",
          "case",
          "when",
          "then",
          "else",
          "distinct",
          "from",
          "array",
          "row",
          "cast",
          "as",
          "coalesce",
          "nullif",
          "greatest",
          "least",
          "extract",
          "position",
          "substring",
          "trim",
          "overlay",
          "varchar",
          "char",
          "character",
          "numeric",
          "decimal",
          "bit",
          "varying",
          "time",
          "timestamp",
          "interval",
          "escape",
          "symmetric");

  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<space>\\s+)"
              + "|(?<comment>--|/\\*)"
              + "|(?<dollar>\\$)"
              + "|(?<escaped>[eE]'(?:[^'\\\\]|\\\\.|'')*')"
              + "|(?<literal>(?:[bBxX])?'(?:[^']|'')*')"
              + "|(?<quoted>\"(?:[^\"]|\"\")+\")"
              + "|(?<word>[\\p{L}_][\\p{L}\\p{N}_$]*)"
              + "|(?<number>[0-9.][0-9A-Za-z_.]*)"
              + "|(?<other>.)",
          Pattern.DOTALL);

  private final Set<String> identifiers = new LinkedHashSet<>();
  private final Set<String> functions = new LinkedHashSet<>();
  private final Set<String> literals = new LinkedHashSet<>();
  private String problem = "";

  private SqlCondition() {}

  /** Reads its words. */
  public static SqlCondition of(String text) {
    SqlCondition condition = new SqlCondition();
    condition.read(text);
    return condition;
  }

  private void read(String text) {
    int depth = 0;
    String word = "";
    boolean quotedWord = false;
    Matcher token = TOKEN.matcher(text);
    while (token.find()) {
      if (token.group("space") != null) {
        continue;
      }
      String other = token.group("other");
      if ("(".equals(other)) {
        depth++;
        if (!word.isEmpty() && (quotedWord || !NO_FUNCTIONS.contains(word))) {
          functions.add(word);
          identifiers.remove(word);
        }
      }
      word = "";
      if (token.group("comment") != null) {
        refuse("must be without comments");
      } else if (token.group("dollar") != null
          || ";".equals(other)
          || "'".equals(other)
          || "\"".equals(other)) {
        refuse("must be one SQL condition, without ;, $ and open quotes");
      } else if (token.group("literal") != null || token.group("escaped") != null) {
        literals.add(token.group().toLowerCase(Locale.ROOT));
      } else if (token.group("quoted") != null) {
        String quoted = token.group();
        word = quoted.substring(1, quoted.length() - 1).replace("\"\"", "\"");
        quotedWord = true;
        identifiers.add(word);
      } else if (token.group("word") != null) {
        word = token.group().toLowerCase(Locale.ROOT);
        quotedWord = false;
        identifiers.add(word);
        if (REFUSED.contains(word)) {
          refuse(
              "must be a condition on the row's own columns, always the same for the same row, so without "
                  + word.toUpperCase(Locale.ROOT));
        }
      } else if (")".equals(other) && --depth < 0) {
        refuse("must have a ( for each )");
      }
    }
    if (depth != 0) {
      refuse("must have a ) for each (");
    }
  }

  private void refuse(String rule) {
    problem = problem.isEmpty() ? rule : problem;
  }

  /**
   * The condition as it may stand in a statement that is prepared: a question mark is an operator,
   * not the place of an argument.
   */
  public static String prepared(String text) {
    StringBuilder sql = new StringBuilder(text.length());
    Matcher token = TOKEN.matcher(text);
    while (token.find()) {
      sql.append("?".equals(token.group("other")) ? "??" : token.group());
    }
    return sql.toString();
  }

  /** The condition that a column is at least a value, which PostgreSQL reads by its type. */
  public static String atLeast(String column, String value) {
    return "%s >= E'%s'"
        .formatted(TableId.quote(column), value.replace("\\", "\\\\").replace("'", "''"));
  }

  /** What is wrong with it by its words alone: {@code must be ...}. */
  public Optional<String> problem() {
    return problem.isEmpty() ? Optional.empty() : Optional.of(problem);
  }

  /** All words that could be columns, as the catalog spells them; keywords are among them. */
  public Set<String> words() {
    return identifiers;
  }

  /** Which of some columns it may look at. */
  public List<String> columns(List<String> known) {
    return known.stream().filter(identifiers::contains).toList();
  }

  /** The names of the functions that it calls. */
  public Set<String> functions() {
    return functions;
  }

  /** A date as {@code 'today'} is another one tomorrow. */
  public boolean namesAMovingDate() {
    return literals.stream()
        .anyMatch(literal -> literal.matches("e?'\\s*(now|today|tomorrow|yesterday)\\s*'"));
  }
}
