package io.rowhook.settings.recipients;

import io.rowhook.base.DidYouMean;
import io.rowhook.base.DirectoryTree;
import io.rowhook.settings.yaml.InvalidValueException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which attribute sets there are files for, so that a misspelt name is found before anything is
 * pending. Whether the files are sound is the template room's to say.
 */
public final class TemplateNames {

  /** What needs no file. */
  static final List<String> BUILT_IN = List.of("full", "notify");

  private static final String SUFFIX = ".jslt";

  /** So that no name leads out of the directory. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

  private final Path directory;
  private final Set<String> files;

  /**
   * @param edits of files in the directory that are not on disk yet, by their path inside
   */
  public TemplateNames(Path directory, Map<String, Optional<String>> edits) {
    this.directory = directory;
    this.files = new HashSet<>(files(directory));
    edits.forEach((name, text) -> {
      if (text.isPresent()) {
        files.add(name);
      } else {
        files.remove(name);
      }
    });
  }

  private static Set<String> files(Path directory) {
    try {
      return DirectoryTree.files(directory, SUFFIX).keySet();
    } catch (IOException e) {
      return Set.of(); // whoever reads them says so
    }
  }

  /** The name itself, if there is a set of that name for this recipient. */
  String checked(String recipient, String name) throws InvalidValueException {
    if (!NAME.matcher(name).matches()) {
      throw InvalidValueException.because(
          "must be the name of an attribute set: letters, digits, hyphens and underscores",
          "Write it without directory and " + SUFFIX + ".");
    }
    if (files.contains(recipient + "/" + name + SUFFIX)
        || files.contains(name + SUFFIX)
        || BUILT_IN.contains(name)) {
      return name;
    }
    String near =
        DidYouMean.to(name, names(recipient)).map(n -> " Did you mean " + n + "?").orElse("");
    throw InvalidValueException.because(
        "must be an attribute set that exists",
        "There is no "
            + directory.resolve(recipient).resolve(InvalidValueException.VALUE + SUFFIX)
            + " and no "
            + directory.resolve(InvalidValueException.VALUE + SUFFIX)
            + ", and built in are only full and notify."
            + near);
  }

  private NavigableSet<String> names(String recipient) {
    NavigableSet<String> names = new TreeSet<>(BUILT_IN);
    for (String file : files) {
      String name =
          file.startsWith(recipient + "/") ? file.substring(recipient.length() + 1) : file;
      if (name.endsWith(SUFFIX) && name.indexOf('/') < 0) {
        names.add(name.substring(0, name.length() - SUFFIX.length()));
      }
    }
    return names;
  }
}
