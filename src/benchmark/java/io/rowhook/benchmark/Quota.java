package io.rowhook.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gives a process a part of a processor, by Linux's control groups; needs root. */
final class Quota {

  private static final Path FIRST = Path.of("/sys/fs/cgroup/cpu"); // version 1
  private static final Path SECOND = Path.of("/sys/fs/cgroup");
  private static final int PERIOD = 20_000; // microseconds

  private Quota() {}

  /**
   * From now on it has so much.
   *
   * @param name of its group
   * @param percent of one processor
   */
  static void give(String name, long pid, int percent) throws IOException {
    int quota = PERIOD * percent / 100;
    if (Files.isDirectory(FIRST)) {
      Path group = Files.createDirectories(FIRST.resolve(name));
      Files.writeString(group.resolve("cpu.cfs_period_us"), Integer.toString(PERIOD));
      Files.writeString(group.resolve("cpu.cfs_quota_us"), Integer.toString(quota));
      Files.writeString(group.resolve("cgroup.procs"), Long.toString(pid));
    } else {
      Path group = Files.createDirectories(SECOND.resolve(name));
      Files.writeString(group.resolve("cpu.max"), quota + " " + PERIOD);
      Files.writeString(group.resolve("cgroup.procs"), Long.toString(pid));
    }
  }
}
