package io.rowhook.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process has in memory, as Linux's {@code /proc} says it. */
public final class ProcessMemory {

  private ProcessMemory() {}

  /** What it has now, in bytes: {@code VmRSS}. */
  public static long resident(long pid) {
    return read(pid, "VmRSS:");
  }

  /** The most it has had, in bytes: {@code VmHWM}. */
  public static long peakResident(long pid) {
    return read(pid, "VmHWM:");
  }

  private static long read(long pid, String what) {
    try (var status = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return status
          .filter(line -> line.startsWith(what))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
