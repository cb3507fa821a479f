package io.rowhook.settings.reload;

import io.rowhook.base.DirectoryTree;
import io.rowhook.settings.yaml.Yaml;
import io.rowhook.template.TemplateRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What files hold, as hashes: by content, since mounted volumes give no notifications and their
 * times of change tell nothing. What cannot be read has a mark in place of a hash; reading it will
 * say why.
 */
public final class ContentFingerprint {

  private static final String UNREADABLE = "unreadable";
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{file:([^}]*)}");

  private ContentFingerprint() {}

  /**
   * SHA-256, in hex, of each template in a directory, by its path inside; none if it does not
   * exist. What else stands there, as golden cases, does not count.
   */
  public static SortedMap<String, String> ofTemplates(Path directory) {
    return hashes(files(directory, TemplateRegistry.EXTENSION));
  }

  private static SortedMap<String, String> hashes(SortedMap<String, Path> files) {
    SortedMap<String, String> hashes = new TreeMap<>();
    files.forEach((name, file) -> hashes.put(name, hash(file)));
    return hashes;
  }

  /** SHA-256, in hex, of a file's content. */
  public static String of(byte[] content) {
    return HexFormat.of().formatHex(sha256().digest(content));
  }

  /**
   * Everything that the settings depend on: both directories and the files that the settings refer
   * to.
   *
   * @param named those that the last reading found named by a key of its own
   */
  public static SortedMap<String, String> all(
      Path connectorConfig, Path templates, Set<Path> named) {
    SortedMap<String, String> hashes = new TreeMap<>();
    // So that a directory that has vanished is not the same as one never looked at.
    hashes.put("c:", Files.isDirectory(connectorConfig) ? "there" : "missing");
    Set<String> referred = new HashSet<>();
    files(connectorConfig, "")
        .forEach((path, file) ->
            hashes.put("c:" + path, hash(file, content -> addReferences(content, referred))));
    referred.forEach(name -> hashes.put("r:" + name, referred(name)));
    ofTemplates(templates).forEach((path, hash) -> hashes.put("t:" + path, hash));
    named.forEach(file -> hashes.put("n:" + file, hash(file)));
    return hashes;
  }

  private static void addReferences(byte[] content, Set<String> referred) {
    Matcher references = REFERENCE.matcher(new String(content, StandardCharsets.UTF_8));
    while (references.find()) {
      referred.add(references.group(1));
    }
  }

  /** The key in {@link #all} of a file in one of the directories. */
  public static String key(Path connectorConfig, Path templates, Path file) {
    boolean isTemplate = file.startsWith(templates);
    Path inside = (isTemplate ? templates : connectorConfig).relativize(file);
    return (isTemplate ? "t:" : "c:") + inside.toString().replace('\\', '/');
  }

  private static SortedMap<String, Path> files(Path directory, String suffix) {
    try {
      return DirectoryTree.files(directory, suffix);
    } catch (IOException e) {
      // Vanished under our eyes, or not readable: the first is settled at the next look, of the
      // second the reading of the settings says more than could be said here.
      return new TreeMap<>(Map.of(UNREADABLE, directory));
    }
  }

  private static String hash(Path file) {
    return hash(file, _ -> {});
  }

  /**
   * @param then given what it holds, where that can be read
   */
  private static String hash(Path file, Consumer<byte[]> then) {
    try {
      if (!Files.isRegularFile(file)) {
        return UNREADABLE; // of a device or a pipe there may be no end
      }
      if (Files.size(file) > Yaml.MAX_FILE) {
        return "large " + Files.size(file) + " " + Files.getLastModifiedTime(file);
      }
      byte[] content = Files.readAllBytes(file);
      then.accept(content);
      return of(content);
    } catch (IOException e) {
      return UNREADABLE;
    }
  }

  private static String referred(String name) {
    try {
      return hash(Path.of(name));
    } catch (InvalidPathException e) {
      return UNREADABLE;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
