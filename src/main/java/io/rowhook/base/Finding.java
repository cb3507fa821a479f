package io.rowhook.base;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a check has found. Its words hold no secret.
 *
 * @param severity how bad it is
 * @param area what it is about
 * @param what place and fact
 * @param means what follows for webhooks; empty: the fact says it
 * @param mend what to do; empty: nothing, or the fact says it
 * @param about single things that it is about, by what they are, for programs; often empty
 */
public record Finding(
    Severity severity,
    Area area,
    String what,
    String means,
    String mend,
    Map<String, String> about) {

  public Finding {
    about = Map.copyOf(about);
  }

  /** One whose words say what it is about. */
  public Finding(Severity severity, Area area, String what, String means, String mend) {
    this(severity, area, what, means, mend, Map.of());
  }

  /** How bad it is. */
  public enum Severity {
    /** Something cannot work: {@code rowhook run} refuses it, or webhooks will be missing. */
    error,
    /** It runs, but some webhook will not be what was meant. */
    warning,
    /** Good to know; it may be meant so. */
    advice
  }

  /** What it is about, in the order of a report. */
  public enum Area {
    settings,
    source,
    tables,
    templates,
    recipients,
    journal,
    host
  }

  /** Where a sentence goes over from the fact to what is to be done. */
  private static final Pattern MEND =
      Pattern.compile(
          "\\.\\s+(?=[A-Z])|[;:] (?=make it|name another|name a place|give that user|run the newer|if that is meant)");

  /** What can be executed as it stands, after {@code Run}. */
  private static final Pattern STATEMENTS =
      Pattern.compile("\\b[Rr]un ((?:[A-Z]{3,} [^;]*;)(?: [A-Z]{3,} [^;]*;)*)");

  private static final Pattern AFTER_STATEMENT = Pattern.compile("(?<=;) ");

  /** Of a sentence as rooms write them: the fact, a full stop, and what mends it. */
  public static Finding of(Severity severity, Area area, String sentence, String means) {
    Matcher split = MEND.matcher(sentence);
    return split.find()
        ? new Finding(
            severity,
            area,
            sentence.substring(0, split.start()),
            means,
            sentence.substring(split.end()))
        : new Finding(severity, area, sentence, means, "");
  }

  /** The SQL in what mends it that can be executed as it stands, statement by statement. */
  public List<String> statements() {
    List<String> statements = new ArrayList<>();
    Matcher runs = STATEMENTS.matcher(mend);
    while (runs.find()) {
      for (String one : AFTER_STATEMENT.split(runs.group(1), -1)) {
        if (!one.contains("...")) {
          statements.add(one);
        }
      }
    }
    return statements;
  }
}
