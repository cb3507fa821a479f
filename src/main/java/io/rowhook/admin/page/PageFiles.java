package io.rowhook.admin.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page's files, read from the jar when they are asked for. They hold nothing of the
 * installation, so whoever reaches the listener may have them. Immutable.
 */
public final class PageFiles {

  /**
   * A file as a browser gets it.
   *
   * @param etag quoted, by its content
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record PageFile(byte[] content, String type, String etag) {}

  private static final String INDEX = "index.html";

  private static final Pattern PATH =
      Pattern.compile(
          "/page/((?:[A-Za-z0-9-]+/)*[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*\\.(js|css|svg))");

  private static final Map<String, String> TYPES =
      Map.of("js", "text/javascript", "css", "text/css", "svg", "image/svg+xml");

  private static final Pattern IMPORTS =
      Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);

  private final String policy;

  public PageFiles() {
    PageFile index =
        file(INDEX, "text/html")
            .orElseThrow(() -> new IllegalStateException("the page is not in this jar"));
    Matcher imports = IMPORTS.matcher(new String(index.content(), StandardCharsets.UTF_8));
    if (!imports.find()) {
      throw new IllegalStateException(INDEX + " has no import map");
    }
    String hash =
        Base64.getEncoder()
            .encodeToString(sha256(imports.group(1).getBytes(StandardCharsets.UTF_8)));
    policy =
        "default-src 'none'; script-src 'self' 'sha256-"
            + hash
            + "'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none';"
            + " form-action 'none'; frame-ancestors 'none'";
  }

  /** What the page may do: nothing but run its own files and ask where it comes from. */
  public String contentSecurityPolicy() {
    return policy;
  }

  /** The file at a path of the server; empty: none of the page's. */
  public Optional<PageFile> find(String path) {
    if (path.equals("/")) {
      return file(INDEX, "text/html");
    }
    Matcher name = PATH.matcher(path);
    return name.matches()
        ? file(name.group(1), String.valueOf(TYPES.get(name.group(2))))
        : Optional.empty();
  }

  private static Optional<PageFile> file(String name, String type) {
    try (InputStream in = PageFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        return Optional.empty();
      }
      byte[] content = in.readAllBytes();
      String etag = '"' + HexFormat.of().formatHex(sha256(content), 0, 16) + '"';
      return Optional.of(new PageFile(content, type + "; charset=utf-8", etag));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("each JDK has SHA-256", e);
    }
  }
}
