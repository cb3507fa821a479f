package io.rowhook.base;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Lists the files of a directory of settings or templates: one way for all who read, hash or look
 * for them. Follows links, as a release link or a mounted volume's {@code ..data}; a link that
 * leads nowhere is listed, so that whoever reads it says so. Any thread.
 */
public final class DirectoryTree {

  private static final int MAX_DEPTH = 8;

  /** In one directory; far beyond any real one, and little enough to hash every second. */
  private static final int MAX_FILES = 5_000;

  private DirectoryTree() {}

  /**
   * Returns the files by their path inside, with {@code /} between folders; none if the directory
   * does not exist.
   *
   * @throws IOException if it or a directory inside cannot be read, is a link that leads nowhere,
   *     or holds more than 5,000 files
   */
  public static SortedMap<String, Path> files(Path directory) throws IOException {
    return files(directory, "");
  }

  /**
   * Only those whose names end so; also each link that leads nowhere. Others do not count.
   *
   * @throws IOException as {@link #files(Path)}
   */
  public static SortedMap<String, Path> files(Path directory, String suffix) throws IOException {
    SortedMap<String, Path> files = new TreeMap<>();
    if (!Files.exists(directory)) {
      if (Files.isSymbolicLink(directory)) {
        throw new IOException("it is a link that leads nowhere");
      }
      return files;
    }
    Files.walkFileTree(
        directory,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        MAX_DEPTH,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path inside, BasicFileAttributes attributes) {
            return !inside.equals(directory) && isIgnored(inside)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            boolean counts =
                attributes.isSymbolicLink()
                    || (attributes.isRegularFile() && file.toString().endsWith(suffix));
            if (counts && !isIgnored(file)) {
              if (files.size() == MAX_FILES) {
                throw new IOException("it holds more than " + MAX_FILES + " files");
              }
              files.put(directory.relativize(file).toString().replace('\\', '/'), file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof FileSystemLoopException || e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE; // its files are listed already, or have vanished
            }
            throw e;
          }
        });
    return files;
  }

  /**
   * Whether a file or directory is passed over: hidden ({@code .git}, a mounted volume's {@code
   * ..data}, an editor's {@code .shop.yaml.swp}), an editor's backup, or a {@code README}.
   */
  public static boolean isIgnored(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith(".")
        || name.endsWith("~")
        || name.startsWith("#")
        || name.startsWith("README");
  }
}
