package io.rowhook.settings;

import io.rowhook.capture.Nearest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which attribute sets there are files for, so that a misspelt name is found before anything is
 * owed. Whether the files are sound is the template room's to say.
 */
final class AttributeSetFiles {

  /** What needs no file. */
  static final List<String> BUILT_IN = List.of("full", "notify");

  private static final String SUFFIX = ".jslt";

  /** So that no name leads out of the directory. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

  private final Path directory;

  AttributeSetFiles(Path directory) {
    this.directory = directory;
  }

  /** The name itself, if there is a set of that name for this recipient. */
  String checked(String recipient, String name) throws Refused {
    if (!NAME.matcher(name).matches()) {
      throw Refused.because(
          "must be the name of an attribute set: letters, digits, hyphens and underscores",
          "Write it without directory and " + SUFFIX + ".");
    }
    Path own = directory.resolve(recipient).resolve(name + SUFFIX);
    Path common = directory.resolve(name + SUFFIX);
    if (Files.isRegularFile(own) || Files.isRegularFile(common) || BUILT_IN.contains(name)) {
      return name;
    }
    String near =
        Nearest.to(name, names(recipient)).map(n -> " Did you mean " + n + "?").orElse("");
    throw Refused.because(
        "must be an attribute set that exists",
        "There is no "
            + directory.resolve(recipient).resolve(Refused.VALUE + SUFFIX)
            + " and no "
            + directory.resolve(Refused.VALUE + SUFFIX)
            + ", and built in are only full and notify."
            + near);
  }

  private NavigableSet<String> names(String recipient) {
    NavigableSet<String> names = new TreeSet<>(BUILT_IN);
    names.addAll(in(directory));
    names.addAll(in(directory.resolve(recipient)));
    return names;
  }

  private static NavigableSet<String> in(Path directory) {
    if (!Files.isDirectory(directory)) {
      return Collections.emptyNavigableSet();
    }
    NavigableSet<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(directory)) {
      files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(file -> file.endsWith(SUFFIX))
          .map(file -> file.substring(0, file.length() - SUFFIX.length()))
          .forEach(names::add);
    } catch (IOException | UncheckedIOException e) {
      return names; // these names only help a message
    }
    return names;
  }
}
