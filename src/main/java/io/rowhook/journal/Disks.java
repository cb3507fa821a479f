package io.rowhook.journal;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells what a directory is on. Any thread. */
public interface Disks {

  /** Those of this machine. */
  Disks SYSTEM =
      directory -> {
        FileStore store = Files.getFileStore(directory);
        return new Disk(store.type(), store.getUsableSpace());
      };

  /**
   * What a directory is on.
   *
   * @param type of its file system: {@code ext4}, {@code nfs4}
   * @param free bytes that this user may still write
   */
  record Disk(String type, long free) {}

  /** Looks. */
  Disk of(Path directory) throws IOException;
}
