package io.rowhook.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The README and the pages under {@code docs/}, for the tests that hold what they say. */
public final class Docs {

  private static final Pattern FENCE =
      Pattern.compile("^```([^\n]*)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  /**
   * A fenced block of a page.
   *
   * @param place the page and the line of the block's first one
   * @param info what stands behind the opening fence: {@code yaml recipient}
   * @param text its lines, each with its end
   */
  public record Block(String place, String info, String text) {}

  private Docs() {}

  /** The README, and then the pages in the order of their names. */
  public static List<Path> pages() {
    try (Stream<Path> docs = Files.list(Path.of("docs"))) {
      return Stream.concat(
              Stream.of(Path.of("README.md")),
              docs.filter(page -> page.toString().endsWith(".md")).sorted())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A page's text. */
  public static String text(Path page) {
    try {
      return Files.readString(page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A page's text without its fenced blocks. */
  public static String prose(Path page) {
    return FENCE.matcher(text(page)).replaceAll("");
  }

  /** All fenced blocks of all pages. */
  public static List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    for (Path page : pages()) {
      String text = text(page);
      Matcher fence = FENCE.matcher(text);
      while (fence.find()) {
        long line = text.substring(0, fence.start()).lines().count() + 1;
        blocks.add(new Block(page + ":" + line, fence.group(1), fence.group(2)));
      }
    }
    return blocks;
  }

  /** The anchors that a page's headings have, as GitHub makes them. */
  public static List<String> anchors(Path page) {
    return prose(page)
        .lines()
        .filter(line -> line.matches("#{1,6} .*"))
        .map(line -> line.replaceFirst("^#+ ", "").replace("&lt;", "<").replace("&gt;", ">"))
        .map(heading ->
            heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }
}
