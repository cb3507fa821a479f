package io.rowhook.journal.sqlite;

import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a second Rowhook off a journal: an exclusive lock, for the life of the process, on a file
 * beside it that says who holds it. Not on the journal itself, so that any SQLite tool can read
 * along. The operating system lets go of it however the process ends; the file stays.
 */
public final class ProcessLock implements AutoCloseable {

  /** What a holder writes about itself is far shorter. */
  private static final int MAX_HOLDER_BYTES = 500;

  /**
   * Journals open in this process. Asked first, because closing any channel on a file gives up all
   * locks that the process has on it (POSIX): the second opener must not even look.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path key;
  private final FileChannel channel;

  private ProcessLock(Path key, FileChannel channel) {
    this.key = key;
    this.channel = channel;
  }

  /** The file that is locked. */
  public static Path beside(Path journal) {
    return journal.resolveSibling(journal.getFileName() + ".lock");
  }

  /** Whether this process itself has locked it. */
  static boolean isHeldHere(Path file) {
    return HELD.contains(file);
  }

  /**
   * Takes the lock.
   *
   * @throws JournalException if another process, or this one, has it; or the file cannot be written
   */
  static ProcessLock take(Path journal, SqliteErrorTranslator errors) {
    Path file = beside(journal);
    if (!HELD.add(file)) {
      throw locked(errors, "this process itself");
    }
    try {
      return new ProcessLock(file, lock(file, errors));
    } catch (IOException e) {
      HELD.remove(file);
      throw errors.of(e);
    } catch (RuntimeException e) {
      HELD.remove(file);
      throw e;
    }
  }

  /** The same beside a file of any kind. */
  public static ProcessLock take(Path file) {
    return take(file, new SqliteErrorTranslator(file));
  }

  @SuppressWarnings("resource") // the lock is held until the channel is closed
  private static FileChannel lock(Path file, SqliteErrorTranslator errors) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw locked(errors, holder(file));
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(myself().getBytes(StandardCharsets.UTF_8)), 0);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static JournalException locked(SqliteErrorTranslator errors, String holder) {
    return new JournalException(
        Kind.LOCKED,
        errors.words(
            "in use by "
                + holder
                + "; one Rowhook runs on one journal: stop that one, or give this one a journal of"
                + " its own"));
  }

  private static String holder(Path file) throws IOException {
    if (Files.size(file) == 0) {
      return "another process";
    }
    byte[] content = Files.readAllBytes(file);
    int length = Math.min(content.length, MAX_HOLDER_BYTES);
    return new String(content, 0, length, StandardCharsets.UTF_8).strip();
  }

  private static String myself() {
    return "process "
        + ProcessHandle.current().pid()
        + " on "
        + host()
        + " since "
        + Instant.now().truncatedTo(ChronoUnit.SECONDS)
        + "\n";
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "this machine";
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // the lock goes with the process at the latest
    } finally {
      HELD.remove(key);
    }
  }
}
