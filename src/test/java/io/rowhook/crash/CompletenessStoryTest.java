package io.rowhook.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Run after run of Rowhook is killed or stopped, while recipients refuse, are slow or paused: what
 * a recipient is told to be complete is held against PostgreSQL's own account of when each change
 * was committed. {@code -Dcomplete.seed=N} replays a seed, {@code -Dcomplete.runs=N} goes on for so
 * many: {@code mvn -Pslow test -Dtest=CompletenessStoryTest -Dcomplete.runs=1000}.
 */
@Tag("slow")
@Tag("feature-71")
class CompletenessStoryTest {

  private static final int RUNS = Integer.getInteger("complete.runs", 8);
  private static final int WRITERS = 3;
  private static final int ORDERS = 40;
  private static final String RETRY = "retry: { delays: [50ms, 200ms], jitter: 0 }\n";

  static {
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /** What a recipient was told, and which version of each order it had accepted when it was. */
  private static final class Inbox {
    /** By order: its versions that were newer than all before, and the moment of each. */
    private final Map<Long, NavigableMap<Long, Long>> versions = new HashMap<>();

    private final List<Told> told = new ArrayList<>();
    private long moment;

    private record Told(Instant completeTo, long moment) {}

    synchronized void arrived(Receiver.Request request) {
      String to = request.header("Rowhook-Complete-To");
      if (!to.isEmpty()) {
        told.add(new Told(Instant.parse(to), moment));
      }
    }

    synchronized boolean wasTold() {
      return !told.isEmpty();
    }

    synchronized void accepted(long order, long version) {
      moment++;
      NavigableMap<Long, Long> had = versions.computeIfAbsent(order, _ -> new TreeMap<>());
      if (had.isEmpty() || had.lastKey() < version) {
        had.put(version, moment);
      }
    }

    /** The first moment at which it had a version of an order, or a later one. */
    synchronized long had(long order, long version) {
      Map.Entry<Long, Long> first =
          versions.getOrDefault(order, Collections.emptyNavigableMap()).ceilingEntry(version);
      return first == null ? Long.MAX_VALUE : first.getValue();
    }
  }

  @TempDir Path directory;

  private final Map<String, Inbox> inboxes = new HashMap<>();
  private volatile Map<String, Double> refused = Map.of();
  private final AtomicLong versions = new AtomicLong();

  @Test
  void nobodyIsToldTooEarly() throws Exception {
    long seed = Long.getLong("complete.seed", System.nanoTime());
    System.out.println("completeness story, seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    try (SourceDatabase source = SourceDatabase.start(Map.of("track_commit_timestamp", "on"));
        Receiver receiver = new Receiver(this::answer).keepingNothing();
        Child child = new Child(directory)) {
      source.execute(Kind.tables().toArray(String[]::new));
      source.execute(
          "CREATE TABLE history (order_id bigint NOT NULL, version bigint NOT NULL)",
          "INSERT INTO sales.sales_order SELECT n, 0, 'begin', 0 FROM generate_series(1, %d) n"
              .formatted(ORDERS));
      String common = "allow: { http: true, networks: [127.0.0.0/8] }\n" + RETRY;
      Map<String, String> files = new HashMap<>();
      files.put("calm", "jobs: 1\npause: { failures: 20, within: 5s, probe: 1s }\n");
      files.put("quick", "jobs: 8\nexhausted: continue\n");
      files.put("latest", "jobs: 4\nsubscriptions: [{ entity: Order, latest-only: true }]\n");
      files.put("some", "subscriptions: [{ entity: Order, when: '.data.order_id > 20' }]\n");
      files.replaceAll((name, own) -> "url: " + receiver.url("/" + name) + "\n" + common + own);
      files.keySet().forEach(name -> inboxes.put(name, new Inbox()));
      Child.settings(directory, source.connectorProperties(), files);
      for (int run = 1; run <= RUNS; run++) {
        Map<String, Double> next = new HashMap<>();
        boolean first = run == 1; // what fails holds marks back, so all are told something before
        files
            .keySet()
            .forEach(name -> next.put(name, random.nextInt(3) == 0 && !first ? 0.3 : 0.0));
        refused = next;
        child.start();
        child.awaitStreaming(source);
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
          SplittableRandom own = random.split();
          writers.add(Thread.ofPlatform().start(() -> write(source, own, over)));
        }
        Thread.sleep(random.nextInt(500, 4_000));
        if (first) {
          Eventually.within(
              Duration.ofMinutes(1),
              "each is told something",
              () -> inboxes.values().stream().allMatch(Inbox::wasTold));
        }
        switch (random.nextInt(6)) {
          case 0 -> command("pause", "quick");
          case 1, 2 -> command("resume", "quick");
          case 3 -> {
            for (String name : files.keySet()) {
              command("replay", name, "--failed");
            }
          }
          default -> Thread.sleep(random.nextInt(100, 1_500));
        }
        if (random.nextInt(5) == 0) {
          child.stop();
        } else {
          child.kill("killed");
        }
        over.set(true);
        for (Thread writer : writers) {
          writer.join();
        }
        if (run % 10 == 0 || run == RUNS) {
          verify(source, run, seed);
        }
      }
    }
  }

  private Answer answer(Receiver.Request request) throws InterruptedException {
    String name = request.target().substring(1);
    Inbox inbox = Objects.requireNonNull(inboxes.get(name));
    inbox.arrived(request);
    double part = refused.getOrDefault(name, 0.0);
    double drawn = ThreadLocalRandom.current().nextDouble();
    if (part > 0 && drawn < part) {
      return Answer.of(503);
    }
    if (drawn > 0.98) {
      Thread.sleep(300);
    }
    JsonNode data;
    try {
      data = Json.MAPPER.readTree(request.body()).path("data");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    inbox.accepted(data.path("order_id").asLong(), data.path("version").asLong());
    return Answer.of(200);
  }

  private void command(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--journal", Child.journal(directory).toString()));
    try (RowhookProcess process =
        RowhookProcess.command(all.toArray(String[]::new)).sharing(directory).start()) {
      process.exitCode(Duration.ofSeconds(30)); // refused where there is nothing to do
    }
  }

  private void write(SourceDatabase source, SplittableRandom random, AtomicBoolean over) {
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      while (!over.get()) {
        statement.execute(
            "SET LOCAL synchronous_commit = " + (random.nextBoolean() ? "on" : "off"));
        long order = 1L + random.nextInt(ORDERS);
        statement.execute( // one order's versions are committed in their order
            "SELECT 1 FROM sales.sales_order WHERE order_id = %d FOR UPDATE".formatted(order));
        long version = versions.incrementAndGet();
        statement.execute(
            "UPDATE sales.sales_order SET version = %d WHERE order_id = %d"
                .formatted(version, order));
        statement.execute("INSERT INTO history VALUES (%d, %d)".formatted(order, version));
        if (random.nextInt(10) == 0) {
          Thread.sleep(random.nextInt(50));
        }
        connection.commit();
        Thread.sleep(random.nextInt(60));
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Change(long order, long version, Instant at) {}

  private void verify(SourceDatabase source, int run, long seed) throws SQLException {
    List<Change> changes = new ArrayList<>();
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT order_id, version, pg_xact_commit_timestamp(xmin) AS at FROM history"
                    + " ORDER BY at")) {
      while (row.next()) {
        changes.add(
            new Change(
                row.getLong(1),
                row.getLong(2),
                row.getObject(3, OffsetDateTime.class).toInstant()));
      }
    }
    for (Map.Entry<String, Inbox> one : inboxes.entrySet()) {
      verify(one.getKey(), one.getValue(), changes, run, seed);
    }
  }

  private static void verify(String name, Inbox inbox, List<Change> changes, int run, long seed) {
    List<Inbox.Told> told;
    synchronized (inbox) {
      told = new ArrayList<>(inbox.told);
    }
    List<Inbox.Told> byTime = new ArrayList<>(told);
    byTime.sort(Comparator.comparing(Inbox.Told::completeTo));
    int next = 0;
    long had = 0; // the moment from which on it had all changes so far
    Change last = null;
    for (Inbox.Told one : byTime) {
      while (next < changes.size() && !changes.get(next).at().isAfter(one.completeTo())) {
        Change change = changes.get(next++);
        if (!name.equals("some") || change.order() > 20) {
          long when = inbox.had(change.order(), change.version());
          if (when > had) {
            had = when;
            last = change;
          }
        }
      }
      assertThat(had)
          .as("seed %d, run %d: %s was told %s, and had not %s", seed, run, name, one, last)
          .isLessThanOrEqualTo(one.moment());
    }
    Duration lag =
        byTime.isEmpty() || changes.isEmpty()
            ? Duration.ZERO
            : Duration.between(byTime.getLast().completeTo(), changes.getLast().at());
    System.out.printf(
        "run %d: %s was told %d times, of %d changes; the last is %.1f s before the last change%n",
        run, name, told.size(), changes.size(), lag.toMillis() / 1e3);
    assertThat(told).as("marks of " + name).isNotEmpty();
  }
}
