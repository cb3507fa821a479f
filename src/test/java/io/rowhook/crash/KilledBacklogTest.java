package io.rowhook.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import io.rowhook.webhook.RecipientDispatcher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Killed in the middle of a backlog, Rowhook sends again what it had in flight and what was not
 * recorded yet, and no more, whatever waits.
 */
@Tag("slow")
class KilledBacklogTest {

  private static final int BACKLOG = 20_000;
  private static final int KILLS = 4;
  private static final int JOBS = 16;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir Path directory;

  private final BitSet arrived = new BitSet(); // guarded by itself
  private final AtomicInteger twice = new AtomicInteger();

  @Test
  @Tag("feature-37")
  void sendsNoMoreTwiceThanItsJobsAndOneGroupCommit() throws Exception {
    try (SourceDatabase source = SourceDatabase.start();
        Receiver shop = new Receiver(this::receive).keepingNothing()) {
      source.execute(Kind.tables().toArray(String[]::new));
      String yaml =
          "url: %s\njobs: %d\nallow: { http: true, networks: [127.0.0.0/8] }\n"
              .formatted(shop.url("/"), JOBS);
      Child.settings(directory, source.connectorProperties(), Map.of("shop", yaml));
      int most = 0;
      try (RowhookProcess first = start()) {
        first.awaitLine(Duration.ofMinutes(1), "Streaming");
        source.execute(
            "INSERT INTO sales.sales_order SELECT n, 1, 'Order/' || n || ' v1', 1"
                + " FROM generate_series(1, %d) n".formatted(BACKLOG));
        most = Math.max(most, killedAt(1, first));
      }
      for (int kill = 2; kill <= KILLS; kill++) {
        try (RowhookProcess next = start()) {
          most = Math.max(most, killedAt(kill, next));
        }
      }
      int before = twice.get();
      try (RowhookProcess last = start()) {
        Eventually.within(PATIENCE, "all have arrived", () -> arrivals() == BACKLOG);
        assertThat(last.stop()).isIn(0, 143);
      }
      most = Math.max(most, twice.get() - before);
      System.out.printf(
          "%d owed, %d kills: %d requests came twice, at most %d after one kill; the bound for each"
              + " is %d: %d jobs and a group-commit window of %d%n",
          BACKLOG,
          KILLS,
          twice.get(),
          most,
          JOBS + RecipientDispatcher.GROUP_COMMIT_WINDOW,
          JOBS,
          RecipientDispatcher.GROUP_COMMIT_WINDOW);
      assertThat(most).isLessThanOrEqualTo(JOBS + RecipientDispatcher.GROUP_COMMIT_WINDOW);
    }
  }

  /** How many came twice in the life that this kill ends, which are those of the kill before. */
  private int killedAt(int kill, RowhookProcess process) {
    int before = twice.get();
    Eventually.within(
        PATIENCE, "some have arrived", () -> arrivals() >= BACKLOG / (KILLS + 1) * kill);
    process.kill();
    return twice.get() - before;
  }

  private RowhookProcess start() {
    return RowhookProcess.run(
            directory.resolve("config"), directory.resolve("templates"), Child.journal(directory))
        .start();
  }

  private Answer receive(Receiver.Request request) {
    int id = Integer.parseInt(request.header("Rowhook-Entity-Id"));
    synchronized (arrived) {
      if (arrived.get(id)) {
        twice.incrementAndGet();
      }
      arrived.set(id);
    }
    return Answer.of(200);
  }

  private int arrivals() {
    synchronized (arrived) {
      return arrived.cardinality();
    }
  }
}
