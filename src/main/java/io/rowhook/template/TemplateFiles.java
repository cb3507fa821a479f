package io.rowhook.template;

import io.rowhook.base.DirectoryTree;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The {@code .jslt} files of one directory tree as they were at one moment, by their path relative
 * to it, with {@code /} between folders. Immutable.
 *
 * @param problems of those that cannot be read, a sentence for each
 */
record TemplateFiles(Map<String, String> sources, Map<String, String> problems) {

  static final String EXTENSION = ".jslt";

  /** One file may have this many bytes; an attribute set is a page, not a book. */
  static final long MAX_BYTES = 1 << 20;

  /**
   * Reads them.
   *
   * @throws TemplateException if the directory cannot be listed
   */
  static TemplateFiles read(Path directory) throws TemplateException {
    Map<String, String> sources = new TreeMap<>();
    Map<String, String> problems = new TreeMap<>();
    try {
      for (Map.Entry<String, Path> file : DirectoryTree.files(directory, EXTENSION).entrySet()) {
        String name = file.getKey();
        if (!Files.exists(file.getValue()) && Files.isSymbolicLink(file.getValue())) {
          problems.put(name, name + ": a link that leads nowhere. Mend it, or take it away");
        } else if (name.endsWith(EXTENSION)) {
          try {
            sources.put(name, read(file.getValue(), name));
          } catch (TemplateException e) {
            problems.put(name, String.valueOf(e.getMessage()));
          }
        }
      }
    } catch (IOException e) {
      throw new TemplateException(directory + " cannot be read: " + e.getMessage(), e);
    }
    return new TemplateFiles(sources, problems);
  }

  /**
   * The same with edits that are not on disk yet.
   *
   * @param edits by name what the file would hold; empty: it would be gone
   */
  TemplateFiles with(Map<String, Optional<String>> edits) {
    Map<String, String> texts = new TreeMap<>(sources);
    Map<String, String> left = new TreeMap<>(problems);
    edits.forEach((name, text) -> {
      left.remove(name);
      if (text.isEmpty()) {
        texts.remove(name);
      } else if (name.endsWith(EXTENSION)) {
        texts.put(name, text.get());
      }
    });
    return new TemplateFiles(texts, left);
  }

  private static String read(Path file, String name) throws TemplateException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new TemplateException(name + ": larger than " + MAX_BYTES + " bytes");
      }
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new TemplateException(name + ": not UTF-8 text", e);
    } catch (NoSuchFileException e) {
      throw new TemplateException(name + ": vanished while it was read", e);
    } catch (IOException e) {
      throw new TemplateException(name + " cannot be read: " + e.getMessage(), e);
    }
  }
}
