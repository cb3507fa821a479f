package io.rowhook.settings.yaml;

import io.rowhook.base.DirectoryTree;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Edits of files that are not on disk yet: a reading with them tells what would come of them.
 * Immutable.
 *
 * @param texts what each of these files would hold; empty: it would be gone
 */
public record PendingEdits(Map<Path, Optional<String>> texts) {

  /** The files as they are. */
  public static final PendingEdits NONE = new PendingEdits(Map.of());

  public PendingEdits {
    texts = Map.copyOf(texts);
  }

  /** One edit; without a text the file would be gone. */
  public static PendingEdits of(Path file, Optional<String> text) {
    return new PendingEdits(Map.of(file, text));
  }

  /** What a file would hold; empty where it is not edited, or would be gone. */
  Optional<String> text(Path file) {
    return texts.getOrDefault(file, Optional.empty());
  }

  /** Whether a file is edited, and would be gone. */
  boolean isGone(Path file) {
    return texts.containsKey(file) && text(file).isEmpty();
  }

  /** The files directly in a directory as they would be, in the order of their names. */
  public List<Path> in(Path directory, Collection<Path> onDisk) {
    TreeSet<Path> files = new TreeSet<>(onDisk);
    texts.forEach((file, text) -> {
      if (directory.equals(file.getParent()) && !DirectoryTree.isIgnored(file)) {
        if (text.isPresent()) {
          files.add(file);
        } else {
          files.remove(file);
        }
      }
    });
    return List.copyOf(files);
  }

  /** Those somewhere below a directory, by their path inside, with {@code /} between folders. */
  public Map<String, Optional<String>> below(Path directory) {
    Map<String, Optional<String>> below = new TreeMap<>();
    texts.forEach((file, text) -> {
      if (file.startsWith(directory)) {
        below.put(directory.relativize(file).toString().replace('\\', '/'), text);
      }
    });
    return below;
  }
}
