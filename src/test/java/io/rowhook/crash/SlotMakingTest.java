package io.rowhook.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wherever it is killed while its slot is made, the next start goes on by itself. */
@Tag("slow")
class SlotMakingTest {

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
  void killedBeforeItIsMade() {
    haltAt(HaltPoint.MAKING_SLOT);
    assertThat(slots()).isEqualTo("0");
    goesOn();
  }

  @Test
  void killedOnceItIsMade() {
    haltAt(HaltPoint.MADE_SLOT);
    assertThat(slots()).isEqualTo("1");
    Bench.order(source, 1); // nothing is missing of what came after
    bench.start();
    bench.received(1);
    bench.stop();
  }

  @Test
  void killedWhileItWaitsForATransaction() throws Exception {
    try (Connection open = source.connect();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute("INSERT INTO public.article VALUES (1, 1, 'open', 1)");
      RowhookProcess making = bench.start();
      Eventually.within(Bench.PATIENCE, "the slot is being made", () -> slots().equals("1"));
      String maker = maker();
      making.kill();
      RowhookProcess next = bench.start();
      Eventually.within(
          Bench.PATIENCE, "it is made anew", () -> !maker().isEmpty() && !maker().equals(maker));
      open.rollback();
      Eventually.within(
          Bench.PATIENCE,
          "the slot is in use",
          () ->
              "1"
                  .equals(
                      source.query(
                          "SELECT count(*) FROM pg_replication_slots WHERE active AND confirmed_flush_lsn IS NOT NULL")));
      Bench.order(source, 1);
      bench.received(1);
      assertThat(next.output()).doesNotContain("--accept-gap");
      bench.stop();
    }
  }

  /** The server finishes the slot for the process that is gone. */
  @Test
  void killedWhileItWaitsAndMadeMeanwhile() throws Exception {
    try (Connection open = source.connect();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute("INSERT INTO public.article VALUES (1, 1, 'open', 1)");
      RowhookProcess making = bench.start();
      Eventually.within(Bench.PATIENCE, "the slot is being made", () -> slots().equals("1"));
      making.kill();
      open.rollback();
    }
    goesOn();
  }

  private void goesOn() {
    RowhookProcess next = bench.start();
    next.awaitLine(Bench.PATIENCE, "Streaming from slot");
    Bench.order(source, 1);
    bench.received(1);
    bench.stop();
  }

  private void haltAt(HaltPoint point) {
    RowhookProcess halting =
        bench.start(
            RowhookProcess.command(
                    bench.config().toString(),
                    directory.resolve("templates").toString(),
                    bench.journal().toString())
                .main(HaltingMain.class)
                .env(HaltPoint.VARIABLE, point + ":1"));
    assertThat(halting.exitCode(Bench.PATIENCE)).isEqualTo(HaltPoint.EXIT_STATUS);
  }

  /** The server process that makes or uses the slot; empty: none. */
  private static String maker() {
    return String.valueOf(
        source.query("SELECT coalesce(max(active_pid)::text, '') FROM pg_replication_slots"));
  }

  private static String slots() {
    return String.valueOf(source.query("SELECT count(*) FROM pg_replication_slots"));
  }
}
