package io.rowhook.journal.sqlite;

import io.rowhook.journal.Disks;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * Where a journal is, or is to be: what has to hold there before it is opened. Changes nothing but
 * by {@link #make}. Any thread.
 */
public final class JournalPlace {

  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  /** Of an SQLite file's head: its length, and where {@code user_version} stands in it. */
  private static final int HEAD = 100;

  private static final int VERSION_AT = 60;
  private static final int APPLICATION_AT = 68;

  /**
   * File systems of other machines: SQLite's write-ahead log is shared memory, which they have not,
   * and their locks do not hold always.
   */
  private static final List<String> REMOTE = List.of("nfs", "cifs", "smb", "afs", "fuse.sshfs");

  private final Path file;
  private final SqliteErrorTranslator errors;

  JournalPlace(Path file, SqliteErrorTranslator errors) {
    this.file = file;
    this.errors = errors;
  }

  /** Of a file that need not exist. */
  public static JournalPlace of(Path path) {
    Path file = path.toAbsolutePath().normalize();
    return new JournalPlace(file, new SqliteErrorTranslator(file));
  }

  public Path file() {
    return file;
  }

  /** The nearest directory above it that exists. */
  public Path existing() {
    Path directory = file.getParent();
    while (directory != null && !Files.isDirectory(directory)) {
      directory = directory.getParent();
    }
    return directory == null ? file : directory;
  }

  /**
   * Looks whether a journal can be there.
   *
   * @throws JournalException if not, in words
   */
  public void check() throws IOException {
    check(Disks.SYSTEM);
  }

  /** The same, by disks that may be others than this machine's. */
  public void check(Disks disks) throws IOException {
    Path directory = file.getParent();
    if (directory == null || !(isDirectory(directory) || isDirectory(directory.getParent()))) {
      throw new JournalException(
          Kind.UNWRITABLE,
          errors.words(
              "there is no directory "
                  + directory
                  + ", nor the one above it; make it, or name another place for the journal"));
    }
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw foreign(directory + " is no directory");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw foreign("is no file");
    }
    if (!Files.isWritable(Files.exists(file) ? file : existing())) {
      throw errors.unwritable();
    }
    refusal(disks.of(existing()).type())
        .ifPresent(why -> {
          throw new JournalException(Kind.UNWRITABLE, errors.words(why));
        });
    checkMagic();
  }

  private static boolean isDirectory(@Nullable Path path) {
    return path != null && Files.isDirectory(path);
  }

  /** Why no journal can be on a file system of this type, in words; empty: it can. */
  static Optional<String> refusal(String type) {
    String name = type.toLowerCase(Locale.ROOT);
    return REMOTE.stream().anyMatch(name::startsWith)
        ? Optional.of(
            "is on a file system of another machine ("
                + type
                + "), on which SQLite can neither lock nor share memory; name a place on a disk of"
                + " this machine")
        : Optional.empty();
  }

  private void checkMagic() throws IOException {
    if (!Files.exists(file) || Files.size(file) == 0) {
      return;
    }
    if (!Arrays.equals(head(MAGIC.length), MAGIC)) {
      throw foreign("is no journal: it does not begin as an SQLite file does");
    }
  }

  /** Makes the directory, where the one above it exists; for its owner alone. */
  public void make() throws IOException {
    Path directory = file.getParent();
    if (directory != null && !Files.isDirectory(directory)) {
      Files.createDirectory(directory, ownerOnly("rwx------"));
    }
  }

  /**
   * What the ERP's rows hold is nobody else's business; SQLite gives the files beside it the same.
   */
  static FileAttribute<?>[] ownerOnly(String rights) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
        }
        : new FileAttribute<?>[0];
  }

  /**
   * Looks whether this Rowhook knows the version of a journal that is there.
   *
   * @throws JournalException if it is newer, or another program's
   */
  public void checkVersion() throws IOException {
    if (!Files.exists(file) || Files.size(file) < HEAD) {
      return;
    }
    ByteBuffer head = ByteBuffer.wrap(head(HEAD));
    if (head.getInt(APPLICATION_AT) != SchemaMigrations.APPLICATION_ID) {
      throw foreign("is an SQLite file, but no journal");
    }
    SchemaMigrations.CURRENT.checkKnown(head.getInt(VERSION_AT), errors);
  }

  /**
   * Whether this process has it open. Then no file of it may be opened and closed beside SQLite:
   * with that POSIX ends all locks that the process has on the file, and another process could take
   * itself for the last one that has the journal open, and remove its log.
   */
  public boolean isOpenHere() {
    return ProcessLock.isHeldHere(ProcessLock.beside(file));
  }

  /** Whether a Rowhook has it open; it is not kept from it. */
  public boolean isInUse() throws IOException {
    Path lock = ProcessLock.beside(file);
    if (isOpenHere()) {
      return true; // to look at the file itself would give the lock up
    }
    if (!Files.exists(lock)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock mine = channel.tryLock()) {
      return mine == null;
    } catch (OverlappingFileLockException e) {
      return true;
    }
  }

  /**
   * Opens a journal that nobody has open, to read it. Makes no file beside it, unless the last run
   * has left one there whose content is not in the journal yet.
   */
  public SqliteSession peek() throws IOException, SQLException {
    Path wal = file.resolveSibling(file.getFileName() + "-wal");
    boolean whole = !Files.exists(wal) || Files.size(wal) == 0;
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    String uri = "file:" + file.toUri().getRawPath() + (whole ? "?immutable=1" : "?mode=ro");
    return new SqliteSession(config.createConnection("jdbc:sqlite:" + uri));
  }

  private byte[] head(int length) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(length);
    }
  }

  JournalException foreign(String what) {
    return new JournalException(
        Kind.FOREIGN,
        errors.words(what + "; it was left as it is: name another place for the journal"));
  }
}
