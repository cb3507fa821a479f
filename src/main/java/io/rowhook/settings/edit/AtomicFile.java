package io.rowhook.settings.edit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a file whole or not at all, whatever ends the process: a hidden file beside it, which no
 * watcher looks at, takes its name once it is on disk.
 */
final class AtomicFile {

  private static final Logger LOG = LoggerFactory.getLogger(AtomicFile.class);

  /** Of a new one: it may hold secrets. */
  private static final String MODE = "rw-r-----";

  private AtomicFile() {}

  /** Makes a new file, and its directory. Returns false if there is one of its name. */
  static boolean create(Path file, byte[] content) throws IOException {
    Path directory = directory(file);
    Files.createDirectories(directory);
    Path draft = draft(file, content, null);
    try {
      Files.createLink(file, draft); // fails if there is one, in one step
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (UnsupportedOperationException | IOException e) {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
      LOG.debug("{} has no hard links", directory, e);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
    sync(directory);
    return true;
  }

  /** Puts other content in place of a file's, which keeps its mode, and its owner where it may. */
  static void replace(Path file, byte[] content) throws IOException {
    Path draft = draft(file, content, attributes(file));
    try {
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
    sync(directory(file));
  }

  static void delete(Path file) throws IOException {
    Files.delete(file);
    sync(directory(file));
  }

  private static Path directory(Path file) {
    Path directory = file.getParent();
    return directory == null ? Path.of("") : directory;
  }

  private static @Nullable PosixFileAttributes attributes(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    return view == null ? null : view.readAttributes();
  }

  /** The content on disk under another name. */
  private static Path draft(Path file, byte[] content, @Nullable PosixFileAttributes as)
      throws IOException {
    Path draft = file.resolveSibling(".rowhook-" + UUID.randomUUID() + ".tmp");
    try {
      Files.createFile(draft); // then narrowed, before anything is in it
      PosixFileAttributeView view = Files.getFileAttributeView(draft, PosixFileAttributeView.class);
      if (view != null) {
        view.setPermissions(as == null ? PosixFilePermissions.fromString(MODE) : as.permissions());
        if (as != null) {
          give(view, as);
        }
      }
      try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      return draft;
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(draft);
      throw e;
    }
  }

  /** Only a privileged user may give a file away. */
  private static void give(PosixFileAttributeView view, PosixFileAttributes as) {
    try {
      view.setGroup(as.group());
      view.setOwner(as.owner());
    } catch (IOException e) {
      LOG.debug("owner or group of {} could not be kept", as, e);
    }
  }

  /** So that the name is on disk as well. */
  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (UnsupportedOperationException e) {
      LOG.debug("{} cannot be synced", directory, e);
    }
  }
}
