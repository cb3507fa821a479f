package io.rowhook.settings.yaml;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How what is written in a settings file is shown to whoever asks for the file: secrets as {@link
 * #MASK}, references as they stand. Pure.
 */
public final class SecretMask {

  /** Stands for what is not shown; sent back, it means what was there before. */
  public static final String MASK = "***";

  private static final String REFERENCES = "(?:\\$\\{(?:env|file):[^}]*})+";

  /** A reference shows nothing, nor does the word that a header has before it. */
  private static final Pattern REFERENCE =
      Pattern.compile("(?:(?:Basic|Bearer|Token) )?" + REFERENCES);

  private static final Pattern ONE_REFERENCE = Pattern.compile(REFERENCES);

  /** Of a path: {@code /hooks/erp} may be shown, what follows it may be a token. */
  private static final int SHORTEST_SEGMENT = 12;

  /** User and password, a long part of the path, and the value of a parameter. */
  private static final Pattern IN_URL =
      Pattern.compile(
          "(?<=://|^)[^/?#@]+(?=@)|(?<=[^:/]/)[^/?#]{"
              + SHORTEST_SEGMENT
              + ",}|(?<=[?&])(?<name>[^=&#]*=)(?<value>[^&#]*)");

  /** Stands for a reference while a URL is looked at. */
  private static final String REFERRED = "\uE000";

  /** What people put in a comment while they try something out. */
  private static final Pattern IN_COMMENT =
      Pattern.compile(
          "(?<key>\\b(?:secret|password|bearer|token|authorization|client-secret|private-key|[a-z-]*key)\\s*[:=]\\s*)\\S.*"
              + "|whs(?:ec|k)_\\S+"
              + "|(?<host>https?://[^/\\s\"']+)/[^\\s\"']+",
          Pattern.CASE_INSENSITIVE);

  private SecretMask() {}

  /** A secret: a reference as it stands, anything else not at all. */
  public static String whole(String written) {
    return written.isEmpty() || REFERENCE.matcher(written).matches() ? written : MASK;
  }

  /**
   * A URL without user, password, long parts of its path, and values in its query: any of them may
   * be secret.
   */
  public static String url(String written) {
    Matcher references = ONE_REFERENCE.matcher(written);
    List<String> referred = references.results().map(MatchResult::group).toList();
    String plain = references.replaceAll(REFERRED);
    String shown =
        IN_URL.matcher(plain).replaceAll(found -> Matcher.quoteReplacement(inUrl(found)));
    for (String reference : referred) {
      shown = shown.replaceFirst(REFERRED, Matcher.quoteReplacement(reference));
    }
    return shown;
  }

  private static String inUrl(MatchResult found) {
    String name = found.group("name");
    if (name == null) {
      return MASK;
    }
    String value = found.group("value");
    return name + (value.isEmpty() || value.equals(REFERRED) ? value : MASK);
  }

  /** A key that is none of Rowhook's: {@code {password:x}} is a key {@code password:x} in YAML. */
  static String key(String written) {
    int colon = written.indexOf(':');
    return colon < 0 ? written : written.substring(0, colon + 1) + MASK;
  }

  /** A comment, without what may be a secret. */
  static String comment(String written) {
    Matcher found = IN_COMMENT.matcher(written);
    return found.replaceAll(one -> {
      String before = one.group(1) != null ? one.group(1) : "";
      String host = one.group(2) != null ? one.group(2) + "/" : "";
      return Matcher.quoteReplacement(before + host + MASK);
    });
  }
}
