package io.rowhook.recipient;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path with placeholders: {@code /articles/{data.sku}}. What it says of an event's values is
 * filled in in the webhook room ({@code RequestTargets}), which alone may read them.
 *
 * @param text as it is in the file
 * @param segments what stands between its slashes, from the first
 */
public record PathTemplate(String text, List<Segment> segments) {

  /** Servers commonly take 8 KB a line; the URL and values need room too. */
  private static final int MAX_CHARACTERS = 2_000;

  /** RFC 3986, pchar, without what may be read as a slash, a full stop or an end. */
  private static final Pattern LITERAL =
      Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%(?!2[EeFf]|5[Cc]|00)[0-9A-Fa-f]{2})*");

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
  private static final Pattern NAMES = Pattern.compile("[^.{}/\\s]+(?:\\.[^.{}/\\s]+)*");

  /** What stands between two slashes. */
  public record Segment(List<Part> parts) {
    public Segment {
      parts = List.copyOf(parts);
    }

    /** Whether it is the same for every event. */
    public boolean isFixed() {
      return parts.stream().allMatch(Literal.class::isInstance);
    }
  }

  /** A part of a segment. */
  public sealed interface Part {}

  /** Characters as they are sent, percent-encoded where need be. */
  public record Literal(String text) implements Part {}

  /** A value of the event, by the names that lead to it: {@code data}, {@code sku}. */
  public record Placeholder(List<String> names) implements Part {
    public Placeholder {
      names = List.copyOf(names);
    }

    @Override
    public String toString() {
      return "{" + String.join(".", names) + "}";
    }
  }

  public PathTemplate {
    segments = List.copyOf(segments);
  }

  /** The same path again, whose text says all. */
  @Override
  public String toString() {
    return text;
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException with the rule that it breaks: {@code must ...}
   */
  public static PathTemplate parse(String text) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("must begin with a slash");
    }
    if (text.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException("must have at most " + MAX_CHARACTERS + " characters");
    }
    List<Segment> segments = new ArrayList<>();
    String[] all = text.substring(1).split("/", -1);
    for (int i = 0; i < all.length; i++) {
      boolean last = i == all.length - 1;
      if (all[i].equals(".") || all[i].equals("..") || (all[i].isEmpty() && !last)) {
        throw new IllegalArgumentException(
            "must not have a segment that is empty, '.' or '..'; a slash may stand at its end");
      }
      segments.add(segment(all[i]));
    }
    return new PathTemplate(text, segments);
  }

  private static Segment segment(String text) {
    List<Part> parts = new ArrayList<>();
    Matcher placeholders = PLACEHOLDER.matcher(text);
    int at = 0;
    while (placeholders.find()) {
      addLiteral(parts, text.substring(at, placeholders.start()));
      String names = placeholders.group(1);
      if (!NAMES.matcher(names).matches()) {
        throw new IllegalArgumentException(
            "must have names with full stops between them in its placeholders, as in {data.sku}");
      }
      parts.add(new Placeholder(List.of(names.split("\\."))));
      at = placeholders.end();
    }
    addLiteral(parts, text.substring(at));
    return new Segment(parts);
  }

  private static void addLiteral(List<Part> parts, String text) {
    if (!LITERAL.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "must have only characters that RFC 3986 allows in a path, and no '?', '#', %2E, %2F or"
              + " %5C");
    }
    if (!text.isEmpty()) {
      parts.add(new Literal(text));
    }
  }
}
