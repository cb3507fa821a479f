package io.rowhook.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where the journal and the source's log do not fit, the product stops before anything is delivered
 * wrongly, says what may be missing and what to do; and goes on in a new epoch if it is told to.
 */
@Tag("slow")
class DiscontinuityTest {

  /** Of the line that says it; messages that only offer it have other words. */
  private static final String NEW_EPOCH = " begins at ";

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
  void anotherCluster() throws Exception {
    delivered(1);
    try (SourceDatabase other = Bench.source()) {
      bench.configure(other);
      assertThat(bench.startRefused())
          .contains("the server is another cluster (system identifier ", "--accept-gap");

      RowhookProcess going = bench.start("--accept-gap");
      going.awaitLine(Bench.PATIENCE, NEW_EPOCH);
      Bench.order(other, 2);
      bench.received(2);
      assertThat(bench.orders()).containsExactly("Order/1", "Order/2");
      bench.stop();

      bench.start(); // the gap was accepted once and for all
      Bench.order(other, 3);
      bench.received(3);
      bench.stop();
    }
  }

  @Test
  void aRecreatedSlot() {
    delivered(1);
    String slot = source.query("SELECT slot_name FROM pg_replication_slots");
    source.execute("SELECT pg_drop_replication_slot('%s')".formatted(slot));
    Bench.order(source, 2);
    assertThat(bench.startRefused()).contains("does not exist any more", "--accept-gap");
    source.execute("SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(slot));
    assertThat(bench.startRefused())
        .contains("after the journal's end: it was made anew or moved", "--accept-gap");
    goesOn(3, "Order/1", "Order/3");
  }

  @Test
  void aSlotAhead() {
    delivered(1);
    Bench.order(source, 2);
    source.execute(
        "SELECT pg_replication_slot_advance(slot_name, pg_current_wal_lsn()) FROM"
            + " pg_replication_slots");
    assertThat(bench.startRefused())
        .contains("after the journal's end: it was made anew or moved", "--accept-gap");
    goesOn(3, "Order/1", "Order/3");
  }

  @Test
  void aNewJournalOnAnOldSlot() throws Exception {
    delivered(1);
    Bench.order(source, 2);
    for (String suffix : new String[] {"", "-wal", "-shm"}) {
      Files.deleteIfExists(Path.of(bench.journal() + suffix));
    }
    assertThat(bench.startRefused()).contains("the journal is new", "--accept-gap");
    goesOn(3, "Order/1", "Order/2", "Order/3"); // the slot still had the second
  }

  @Test
  void aJournalFromACopy() throws Exception {
    delivered(1);
    Path copy = directory.resolve("copy.db");
    Files.copy(bench.journal(), copy);
    delivered(2);
    Files.copy(copy, bench.journal(), StandardCopyOption.REPLACE_EXISTING);
    for (String suffix : new String[] {"-wal", "-shm"}) {
      Files.deleteIfExists(Path.of(bench.journal() + suffix));
    }
    Bench.order(source, 3);
    assertThat(bench.startRefused()).contains("or the journal is an old copy", "--accept-gap");
    goesOn(4, "Order/1", "Order/2", "Order/3", "Order/4");
  }

  @Test
  void aRestoredBackupWhoseLogIsShorter() throws Exception {
    delivered(1);
    Path backup = source.backup();
    for (int number = 2; number < 30; number++) {
      Bench.order(source, number);
    }
    bench.start();
    bench.received(29);
    bench.stop();
    source.restore(backup);
    assertThat(bench.startRefused())
        .contains("before the journal's end: it was restored from a backup", "--accept-gap");
    long seen = bench.orders().size();
    RowhookProcess going = bench.start("--accept-gap");
    going.awaitLine(Bench.PATIENCE, NEW_EPOCH);
    Bench.order(source, 100);
    bench.received(100);
    assertThat(bench.orders()).hasSize((int) seen + 1);
    bench.stop();
  }

  /**
   * The log has grown past the journal's end, but it is not the log that the journal knows. Some of
   * its new transactions lie before that end: they have to arrive too once the gap is accepted.
   */
  @Test
  void aRestoredBackupWhoseLogHasGrownPastTheJournal() throws Exception {
    delivered(1);
    Path backup = source.backup();
    for (int number = 2; number < 10; number++) {
      Bench.order(source, number);
    }
    bench.start();
    bench.received(9);
    bench.stop();
    source.restore(backup);
    for (int number = 100; number < 130; number++) {
      Bench.order(source, number);
    }
    // however many heartbeats the journal has seen, the log ends after it
    source.execute("SELECT pg_logical_emit_message(false, 'other', repeat('x', 300000))");
    Bench.order(source, 130);
    assertThat(awaitStop()).contains("its log is another than the journal knows", "--accept-gap");
    assertThat(bench.orders()).hasSize(9);

    RowhookProcess going = bench.start("--accept-gap");
    going.awaitLine(Bench.PATIENCE, NEW_EPOCH);
    for (int number = 100; number <= 130; number++) {
      bench.received(number);
    }
    bench.stop();
  }

  private String awaitStop() {
    RowhookProcess running = bench.start();
    running.awaitLine(Bench.PATIENCE, "capture has stopped");
    String said = running.output();
    running.stop();
    return said;
  }

  private void delivered(long number) {
    bench.start().awaitLine(Bench.PATIENCE, "");
    awaitSlotActive();
    Bench.order(source, number);
    bench.received(number);
    bench.stop();
  }

  private void awaitSlotActive() {
    Eventually.within(
        Bench.PATIENCE,
        "the slot is in use",
        () -> "1".equals(source.query("SELECT count(*) FROM pg_replication_slots WHERE active")));
  }

  private void goesOn(long number, String... orders) {
    RowhookProcess going = bench.start("--accept-gap");
    going.awaitLine(Bench.PATIENCE, NEW_EPOCH);
    Bench.order(source, number);
    bench.received(number);
    assertThat(bench.orders()).containsExactly(orders);
    bench.stop();
  }
}
