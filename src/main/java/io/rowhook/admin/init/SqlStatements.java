package io.rowhook.admin.init;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes a file of SQL apart into its statements, without comments between them. Pure. */
public final class SqlStatements {

  /** What may hold a semicolon that ends nothing: texts, names, comments, dollar quotes. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<comment>--[^\\n]*|/\\*.*?\\*/)|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(?<dollar>\\$\\w*\\$).*?\\k<dollar>|(?<end>;)",
          Pattern.DOTALL);

  /** Names of publications that the settings take are the same in small letters. */
  private static final Pattern PUBLICATION =
      Pattern.compile(
          "(?i:(?:CREATE|ALTER)\\s+PUBLICATION\\s+)(?:\"(?<quoted>(?:[^\"]|\"\")+)\"|(?<plain>\\w+))");

  private SqlStatements() {}

  public static List<String> of(String sql) {
    List<String> statements = new ArrayList<>();
    StringBuilder statement = new StringBuilder();
    Matcher token = TOKEN.matcher(sql);
    int from = 0;
    while (token.find()) {
      statement.append(sql, from, token.start());
      from = token.end();
      if (token.group("end") != null) {
        add(statement, statements);
      } else if (token.group("comment") == null) {
        statement.append(token.group());
      }
    }
    statement.append(sql, from, sql.length());
    add(statement, statements);
    return statements;
  }

  /** A publication by another name that statements make or alter; empty: there is none. */
  public static Optional<String> otherPublication(List<String> statements, String name) {
    return statements.stream()
        .map(PUBLICATION::matcher)
        .filter(Matcher::lookingAt)
        .map(made -> made.group("plain") == null ? made.group("quoted") : made.group("plain"))
        .filter(made -> !made.equals(name))
        .findFirst();
  }

  private static void add(StringBuilder statement, List<String> statements) {
    String text = statement.toString().strip();
    if (!text.isEmpty()) {
      statements.add(text);
    }
    statement.setLength(0);
  }
}
