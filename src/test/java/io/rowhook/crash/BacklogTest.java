package io.rowhook.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A recipient that was away has a backlog of a million deliveries and comes back, while another is
 * served as ever, all in a heap of 128 MB: {@code mvn test -Dtest=BacklogTest -Dexcluded.tags=};
 * {@code -Dowed.rows=N} for another size. Delays are printed, side by side in one run, and not
 * asserted.
 */
@Tag("long")
class BacklogTest {

  private static final int ROWS = Integer.getInteger("owed.rows", 1_000_000);
  private static final int TRANSACTION = 10_000;
  private static final int SAMPLES = 400;
  private static final Duration BETWEEN_SAMPLES = Duration.ofMillis(20);
  private static final long MOST_RESIDENT = 300L << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  static {
    // Else the JDK's server sends head and body of an answer 40 ms apart (Nagle, delayed ACK).
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  @TempDir Path directory;

  private final Map<Long, Long> sent = new ConcurrentHashMap<>(); // by number, nanoTime
  private final Map<Long, Long> took = new ConcurrentHashMap<>();
  private final BitSet arrived = new BitSet(); // at the one that was away; guarded by itself
  private final AtomicLong repeats = new AtomicLong();
  private final AtomicBoolean away = new AtomicBoolean(true);
  private int number;

  @Test
  @Tag("feature-29")
  @Tag("feature-36")
  void comesBackToAMillionOwedWithoutDisturbingTheOthers() throws Exception {
    try (SourceDatabase source = SourceDatabase.start();
        Connection writer = source.connect();
        Receiver live = new Receiver(this::live).keepingNothing();
        Receiver back = new Receiver(this::back).keepingNothing()) {
      source.execute(Kind.tables().toArray(String[]::new));
      configure(source, live.url("/"), back.url("/"));
      try (RowhookProcess rowhook =
          RowhookProcess.run(
                  directory.resolve("config"),
                  directory.resolve("templates"),
                  Child.journal(directory))
              .heap("128m")
              .start()) {
        rowhook.awaitLine(Duration.ofMinutes(1), "Streaming");
        delays(writer); // warm
        String alone = delays(writer);
        owe(source);
        Eventually.within(PATIENCE, "the others have all", () -> live.count() >= number);
        String owing = delays(writer);
        double each = (double) Child.journalBytes(directory) / number;
        long begin = System.nanoTime();
        away.set(false); // its pause is short
        Eventually.within(PATIENCE, "it is being made up for", () -> arrivals() > ROWS / 100);
        String catchingUp = delays(writer);
        boolean still = arrivals() < number;
        Eventually.within(PATIENCE, "all have arrived", () -> arrivals() == number);
        long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
        System.out.printf(
            "%d owed: the other's delay %s before, %s while they are owed, %s while they are sent"
                + " (%s); sent in %d s, %d a second; %d repeats; %.0f bytes of disk an event; at"
                + " most %d MB resident%n",
            number,
            alone,
            owing,
            catchingUp,
            still ? "not done by then" : "done by then",
            seconds,
            number / Math.max(1, seconds),
            repeats.get(),
            each,
            rowhook.peakResidentBytes() >> 20);
        assertThat(rowhook.peakResidentBytes()).isLessThan(MOST_RESIDENT);
        assertThat(repeats.get()).isZero();
        assertThat(rowhook.stop()).isZero();
      }
    }
  }

  private Answer live(Receiver.Request request) {
    long id = Long.parseLong(request.header("Rowhook-Entity-Id"));
    Long since = sent.get(id);
    if (since != null) {
      took.put(id, System.nanoTime() - since);
    }
    return Answer.of(200);
  }

  private Answer back(Receiver.Request request) {
    if (away.get()) {
      return Answer.of(503);
    }
    int id = Integer.parseInt(request.header("Rowhook-Entity-Id"));
    synchronized (arrived) {
      if (arrived.get(id)) {
        repeats.incrementAndGet();
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

  private void owe(SourceDatabase source) {
    for (int begun = 0; begun < ROWS; begun += TRANSACTION) {
      int from = number + 1;
      number += Math.min(TRANSACTION, ROWS - begun);
      source.execute(
          "INSERT INTO sales.sales_order SELECT n, 1, 'Order/' || n || ' v1', 1"
              + " FROM generate_series(%d, %d) n".formatted(from, number));
    }
  }

  /** Commits single rows in a steady rhythm; p50, p99 and the longest from commit to receipt. */
  private String delays(Connection writer) throws SQLException, InterruptedException {
    took.clear();
    int first = number + 1;
    try (Statement statement = writer.createStatement()) {
      long next = System.nanoTime();
      for (int i = 0; i < SAMPLES; i++) {
        number++;
        sent.put((long) number, Math.min(System.nanoTime(), next)); // late is late
        statement.execute(
            "INSERT INTO sales.sales_order VALUES (%d, 1, 'Order/%d v1', 1)"
                .formatted(number, number));
        next += BETWEEN_SAMPLES.toNanos();
        Thread.sleep(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
      }
    }
    Eventually.within(PATIENCE, "the samples arrive", () -> took.size() == SAMPLES);
    assertThat(took.keySet()).allMatch(id -> id >= first);
    long[] sorted = took.values().stream().mapToLong(Long::longValue).sorted().toArray();
    return "p50 %.1f p99 %.1f longest %.1f ms"
        .formatted(
            sorted[SAMPLES / 2] / 1e6, sorted[SAMPLES * 99 / 100] / 1e6, sorted[SAMPLES - 1] / 1e6);
  }

  private void configure(SourceDatabase source, URI live, URI back) throws IOException {
    String common = "allow: { http: true, networks: [127.0.0.0/8] }\njobs: 16\n";
    Child.settings(
        directory,
        source.connectorProperties(),
        Map.of(
            "live",
            "url: " + live + "\n" + common,
            "back",
            "url: " + back + "\npause: { probe: 5s }\n" + common));
  }
}
