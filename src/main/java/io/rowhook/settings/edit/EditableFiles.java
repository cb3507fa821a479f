package io.rowhook.settings.edit;

import io.rowhook.base.DirectoryTree;
import io.rowhook.base.FileErrors;
import io.rowhook.settings.EditRefusedException;
import io.rowhook.settings.EditRefusedException.Reason;
import io.rowhook.settings.yaml.Yaml;
import io.rowhook.template.TemplateRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The files of one directory that may be edited through Rowhook: what they may be called, and where
 * they are not to be edited. One thread at a time.
 */
public final class EditableFiles {

  /** In the directories of recipients and templates names are not that long. */
  private static final int MAX_NAME = 200;

  private static final Set<PosixFilePermission> WRITE =
      Set.of(
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_WRITE);

  private final Path directory;
  private final Pattern names;
  private final String rule;
  private final String extension;
  private final String suffix;

  /**
   * @param extension of all files, not part of the names
   * @param suffix that all files' names end with
   */
  private EditableFiles(
      Path directory, Pattern names, String rule, String extension, String suffix) {
    this.directory = directory;
    this.names = names;
    this.rule = rule;
    this.extension = extension;
    this.suffix = suffix;
  }

  /** Recipients' files, by the recipient's name. */
  public static EditableFiles recipients(Path directory) {
    return new EditableFiles(
        directory,
        Pattern.compile("(?!lib$)[a-z0-9][a-z0-9_-]*"),
        "a recipient's name must be small letters, digits, hyphens and underscores, and not lib",
        ".yaml",
        "");
  }

  /** Templates, by their path inside the directory. */
  public static EditableFiles templates(Path directory) {
    return new EditableFiles(
        directory,
        Pattern.compile(
            "(?:[A-Za-z0-9][A-Za-z0-9_-]*/){0,4}(?!README)[A-Za-z0-9][A-Za-z0-9_-]*\\.jslt"),
        "a template's path must end in .jslt, and its parts must be letters, digits, hyphens and"
            + " underscores",
        "",
        TemplateRegistry.EXTENSION);
  }

  /** The one file of entities, by the name {@code entities}. */
  public static EditableFiles entities(Path connectorConfig) {
    return new EditableFiles(
        connectorConfig,
        Pattern.compile("entities"),
        "the file of entities is entities.yaml",
        ".yaml",
        "");
  }

  /** Golden cases' files beside templates, by their path inside the directory of these. */
  public static EditableFiles goldenFiles(Path templates) {
    return new EditableFiles(
        templates,
        Pattern.compile(
            "expected/[a-z0-9][a-z0-9_-]*/(?!README)[A-Za-z0-9][A-Za-z0-9_-]*\\.(?:event\\.json|body\\.json|body\\.xml|skipped)"),
        "a golden case's name must be letters, digits, hyphens and underscores, and not begin with"
            + " README",
        "",
        "");
  }

  /**
   * The files there are, by name.
   *
   * @throws EditRefusedException if the directory cannot be read
   */
  public SortedMap<String, Path> all() throws EditRefusedException {
    SortedMap<String, Path> all = new TreeMap<>();
    try {
      DirectoryTree.files(directory, suffix)
          .forEach((path, file) -> {
            String name = extension.isEmpty() ? path : path.replaceFirst("\\.ya?ml$", "");
            boolean counts = extension.isEmpty() || !name.equals(path);
            if (counts && names.matcher(name).matches()) {
              all.putIfAbsent(name, file);
            }
          });
    } catch (IOException e) {
      throw failed(directory, e);
    }
    return all;
  }

  /**
   * Where the file of a name is, or would be.
   *
   * @throws EditRefusedException if it can be no such name
   */
  public Path file(String name) throws EditRefusedException {
    if (name.length() > MAX_NAME || !names.matcher(name).matches()) {
      throw new EditRefusedException(Reason.NAME, rule + ", " + MAX_NAME + " characters at most");
    }
    Path file = directory.resolve(name + extension);
    Path other = directory.resolve(name + ".yml");
    return extension.equals(".yaml")
            && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)
            && Files.exists(other, LinkOption.NOFOLLOW_LINKS)
        ? other
        : file;
  }

  /**
   * What a file holds; empty if there is none.
   *
   * @throws EditRefusedException if it is no file, or cannot be read
   */
  public Optional<byte[]> content(Path file) throws EditRefusedException {
    try {
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      if (!Files.isRegularFile(file) || Files.size(file) > Yaml.MAX_FILE) {
        throw new EditRefusedException(
            Reason.READ_ONLY,
            file + " is no file that holds settings, or one of more than 1 MB. Look at it there");
      }
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /**
   * Refuses where a file is not to be edited, or cannot be: a link, as in a mounted ConfigMap or a
   * release; a file or directory that nobody may write.
   */
  public void checkWritable(Path file) throws EditRefusedException {
    if (Files.exists(directory.resolve("..data"), LinkOption.NOFOLLOW_LINKS)) {
      throw readOnly(
          directory
              + " is mounted from a ConfigMap or Secret, and would lose what is written here");
    }
    Path part = file;
    while (part != null && !part.equals(directory)) {
      if (Files.isSymbolicLink(part)) {
        throw readOnly(part + " is a link to a file elsewhere");
      }
      part = part.getParent();
    }
    Path there = file;
    while (there != null && !Files.exists(there) && !there.equals(directory)) {
      there = there.getParent(); // the first that is there: what comes after it is made
    }
    if (there != null && Files.exists(there)) {
      Path above = there.equals(file) ? there.getParent() : null;
      if (!mayWrite(there) || (above != null && !mayWrite(above))) {
        throw readOnly((mayWrite(there) ? above : there) + " is read-only");
      }
    }
  }

  /** Also of a user that no mode holds back: who has taken everybody's right meant it. */
  private static boolean mayWrite(Path path) {
    try {
      return Files.isWritable(path)
          && Files.getPosixFilePermissions(path).stream().anyMatch(WRITE::contains);
    } catch (IOException | UnsupportedOperationException e) {
      return Files.isWritable(path);
    }
  }

  private static EditRefusedException readOnly(String why) {
    return new EditRefusedException(
        Reason.READ_ONLY,
        why
            + ". Edit it where it comes from (the ConfigMap, the image, the version control):"
            + " Rowhook takes it within seconds");
  }

  /** Writes a new file. */
  public void create(Path file, byte[] content) throws EditRefusedException {
    try {
      if (!AtomicFile.create(file, content)) {
        throw new EditRefusedException(
            Reason.EXISTS, file + " is there already. Read it, and replace it with its ETag");
      }
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /** Writes a file that is there. */
  public void replace(Path file, byte[] content) throws EditRefusedException {
    try {
      AtomicFile.replace(file, content);
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /** Deletes a file. */
  public void delete(Path file) throws EditRefusedException {
    try {
      AtomicFile.delete(file);
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  private static EditRefusedException failed(Path file, IOException e) {
    return new EditRefusedException(
        Reason.READ_ONLY,
        file
            + ": "
            + FileErrors.reason(e)
            + ". Nothing was changed. Let the user that runs Rowhook write there, or edit it where"
            + " it comes from");
  }
}
