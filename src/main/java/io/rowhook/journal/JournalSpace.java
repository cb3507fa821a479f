package io.rowhook.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a journal takes on its disk, and what is left there.
 *
 * @param bytes of its file and of those that SQLite and a large transaction keep beside it
 * @param free bytes that its user may still write on that disk
 */
public record JournalSpace(long bytes, long free) {

  private static final List<String> PARTS = List.of("", "-wal", "-shm", "-spill");

  /**
   * Looks; opens none of the files. Any thread.
   *
   * @param journal its file
   * @throws IOException if the disk does not answer
   */
  public static JournalSpace of(Path journal) throws IOException {
    Path file = journal.toAbsolutePath();
    long bytes = 0;
    for (String part : PARTS) {
      bytes += size(file.resolveSibling(file.getFileName() + part));
    }
    return new JournalSpace(bytes, Files.getFileStore(file).getUsableSpace());
  }

  private static long size(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0; // those beside it come and go
    }
  }
}
