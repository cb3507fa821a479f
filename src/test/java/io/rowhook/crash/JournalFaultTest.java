package io.rowhook.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What befalls the journal's file under the running product is named in words; capture waits or
 * stops, and nothing is marked that is not durable.
 */
@Tag("slow")
class JournalFaultTest {

  @SuppressWarnings("NullAway.Init")
  private static SourceDatabase source;

  @TempDir Path directory;
  private Bench bench;

  @BeforeAll
  static void startSource() {
    source = Bench.source();
  }

  @AfterAll
  static void stopSource() {
    source.close();
  }

  @BeforeEach
  void bench() throws Exception {
    bench = Bench.of(directory, source);
  }

  @AfterEach
  void clear() {
    bench.close();
    Bench.clear(source);
  }

  @Test
  void lockedByAnotherProcess() throws Exception {
    RowhookProcess rowhook = delivering(1);
    try (Connection tool = DriverManager.getConnection("jdbc:sqlite:" + bench.journal());
        Statement statement = tool.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      String before = confirmed();
      Bench.order(source, 2);
      rowhook.awaitLine(Bench.PATIENCE, "another process keeps it locked");
      assertThat(confirmed()).as("nothing is marked").isEqualTo(before);
      statement.execute("ROLLBACK");
    }
    bench.received(2);
    assertThat(bench.orders()).containsExactly("Order/1", "Order/2");
    bench.stop();
  }

  /** The journal is on a file system of 8 MB, of which a ballast leaves little. */
  @Test
  void aDiskThatIsFullAndFreedAgain() throws Exception {
    Path disk = Files.createDirectories(directory.resolve("disk"));
    RowhookProcess rowhook =
        bench.start(
            RowhookProcess.run(
                    bench.config(), directory.resolve("templates"), disk.resolve("journal.db"))
                .under(
                    "unshare",
                    "-rm",
                    "sh",
                    "-c",
                    "mount -t tmpfs -o size=8m tmpfs '"
                        + disk
                        + "' && head -c 6000000 /dev/zero > '"
                        + disk.resolve("ballast")
                        + "' && exec \"$@\"",
                    "sh"));
    rowhook.awaitLine(Bench.PATIENCE, "Streaming");
    Bench.order(source, 1);
    bench.received(1);
    String large = "repeat('x', 3000000)";
    String before = confirmed();
    source.execute(
        "INSERT INTO public.article VALUES (7, 1, 'Article/7 v1', 1, 1, 1, " + large + ")");
    rowhook.awaitLine(Bench.PATIENCE, "its disk is full");
    assertThat(confirmed()).as("nothing is marked").isEqualTo(before);
    Bench.order(source, 2);

    Files.delete(
        Path.of("/proc/" + rowhook.pid() + "/root" + disk.resolve("ballast").toAbsolutePath()));
    bench.received(2);
    assertThat(bench.orders()).containsExactlyInAnyOrder("Order/1", "Article/7", "Order/2");
    bench.stop();
  }

  @Test
  void madeReadOnlyAndWritableAgain() throws Exception {
    RowhookProcess rowhook = delivering(1);
    String before = confirmed();
    try (Unwritable files = Unwritable.make(bench.journal(), rowhook)) {
      Bench.order(source, 2);
      rowhook.awaitLine(Bench.PATIENCE, "journal " + bench.journal() + ": " + files.words());
      assertThat(confirmed()).as("nothing is marked").isEqualTo(before);
      assertThat(bench.orders()).containsExactly("Order/1");
    }
    bench.received(2);
    assertThat(bench.orders()).containsExactly("Order/1", "Order/2");
    bench.stop();
  }

  /** Root may write what its permissions forbid, but not where nothing is writable. */
  @Test
  void onAFileSystemThatIsMountedReadOnly() {
    delivering(1);
    bench.stop();
    String before = confirmed();
    Bench.order(source, 2);
    RowhookProcess refused =
        bench.start(
            RowhookProcess.run(bench.config(), directory.resolve("templates"), bench.journal())
                .under(
                    "unshare",
                    "-rm",
                    "sh",
                    "-c",
                    "mount --bind '%1$s' '%1$s' && mount -o remount,bind,ro '%1$s' && exec \"$@\""
                        .formatted(directory),
                    "sh"));
    assertThat(refused.exitCode(Bench.PATIENCE)).isEqualTo(1);
    assertThat(refused.output())
        .contains("journal " + bench.journal() + ": cannot be written by user ");
    assertThat(confirmed()).as("nothing is marked").isEqualTo(before);
    bench.start();
    bench.received(2);
    bench.stop();
  }

  @Test
  void truncated() throws Exception {
    delivering(1).kill();
    try (RandomAccessFile file = new RandomAccessFile(bench.journal().toFile(), "rw")) {
      assertThat(file.length()).isPositive();
    }
    settle();
    try (RandomAccessFile file = new RandomAccessFile(bench.journal().toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }
    refusesTheDamaged();
  }

  @Test
  void flippedBits() throws Exception {
    delivering(1).kill();
    settle();
    try (RandomAccessFile file = new RandomAccessFile(bench.journal().toFile(), "rw")) {
      byte[] page = new byte[4096];
      for (long at = 4096; at < file.length(); at += 2 * 4096) {
        file.seek(at);
        file.readFully(page);
        for (int i = 0; i < page.length; i++) {
          page[i] ^= 0x55;
        }
        file.seek(at);
        file.write(page);
      }
    }
    refusesTheDamaged();
  }

  @Test
  void twoRowhooksOnOneJournal() {
    RowhookProcess first = delivering(1);
    try (RowhookProcess second =
        RowhookProcess.run(bench.config(), directory.resolve("templates"), bench.journal())
            .start()) {
      assertThat(second.exitCode(Bench.PATIENCE)).isEqualTo(1);
      assertThat(second.output()).contains("journal ", Long.toString(first.pid()));
    }
    Bench.order(source, 2);
    bench.received(2); // the first has noticed nothing
    bench.stop();
  }

  @Test
  void twoRowhooksOnOneSlot() throws Exception {
    delivering(1);
    bench.stop();
    Path copy = directory.resolve("copy.db");
    Files.copy(bench.journal(), copy);
    bench.start();
    Bench.order(source, 2);
    bench.received(2);
    String walsender =
        String.valueOf(source.query("SELECT active_pid FROM pg_replication_slots WHERE active"));
    try (RowhookProcess second =
        RowhookProcess.run(bench.config(), directory.resolve("templates"), copy).start()) {
      assertThat(second.exitCode(Bench.PATIENCE)).isEqualTo(1);
      assertThat(second.output()).contains("rowhook", walsender);
    }
    Bench.order(source, 3);
    bench.received(3);
    assertThat(bench.orders()).containsExactly("Order/1", "Order/2", "Order/3");
    bench.stop();
  }

  private RowhookProcess delivering(long number) {
    RowhookProcess rowhook = bench.start();
    rowhook.awaitLine(Bench.PATIENCE, "Streaming");
    Bench.order(source, number);
    bench.received(number);
    return rowhook;
  }

  /** Everything into the one file, as if it had been closed; the lock's trace says it was not. */
  private void settle() throws Exception {
    try (Connection tool = DriverManager.getConnection("jdbc:sqlite:" + bench.journal());
        Statement statement = tool.createStatement()) {
      statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
  }

  private void refusesTheDamaged() {
    String before = confirmed();
    Bench.order(source, 2);
    assertThat(bench.startRefused()).contains("journal ", "damaged");
    assertThat(confirmed()).isEqualTo(before);
    assertThat(bench.orders()).containsExactly("Order/1");
  }

  private String confirmed() {
    Eventually.within(Duration.ofSeconds(10), "there is a slot", () -> slots() == 1);
    return String.valueOf(source.query("SELECT confirmed_flush_lsn FROM pg_replication_slots"));
  }

  private long slots() {
    return Long.parseLong(
        String.valueOf(source.query("SELECT count(*) FROM pg_replication_slots")));
  }
}
