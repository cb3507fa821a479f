package io.rowhook.settings.yaml;

import java.nio.file.Path;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reading of all settings: what is shared by its files.
 *
 * @param problems where they are collected
 * @param references how {@code ${...}} is resolved
 * @param files collects those that the settings name and that were looked into, there or not: an
 *     edit of them is an edit of the settings
 * @param edits files that are read as they would be, and not as they are
 */
public record ParseSession(
    Diagnostics problems, Interpolation references, Set<Path> files, PendingEdits edits) {

  private static final Logger log = LoggerFactory.getLogger(ParseSession.class);

  /** One that reads the files as they are. */
  public ParseSession(Diagnostics problems, Interpolation references, Set<Path> files) {
    this(problems, references, files, PendingEdits.NONE);
  }

  /**
   * Reads one file, whatever it holds: what a parser breaks off with is a problem of that file, and
   * of no other.
   *
   * @param otherwise what it then is
   */
  public <T> T guarded(Path file, T otherwise, Supplier<T> read) {
    try {
      return read.get();
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      log.debug("{} broke off", file, e);
      problems.add(
          Location.of(file),
          "what the file holds cannot be read; it broke off with "
              + e.getClass().getSimpleName()
              + ". Undo what was edited last, or write it in a simpler way.");
      return otherwise;
    }
  }
}
