package io.rowhook.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What capture says is complete, held against PostgreSQL's own account of when each transaction was
 * committed. {@code -Dcompleteness.seed=N} replays a seed.
 */
@Tag("feature-71")
class CompletenessTest {

  private static final int WRITERS = 4;
  private static final int EACH = 400;
  private static SourceDatabase source;

  @BeforeAll
  static void startSource() {
    source = SourceDatabase.start(Map.of("track_commit_timestamp", "on"));
    source.execute(
        "CREATE TABLE noted (id bigint PRIMARY KEY)",
        "CREATE TABLE altered (id bigint PRIMARY KEY)",
        "CREATE TABLE unnoted (id bigint PRIMARY KEY)");
  }

  @AfterAll
  static void stopSource() {
    source.close();
  }

  @Test
  void nothingIsCalledCompleteThatIsNot() throws Exception {
    long seed = Long.getLong("completeness.seed", System.nanoTime());
    System.out.println("completeness, seed " + seed);
    try (Rig rig = new Rig(source, "complete", "public.noted")) {
      rig.start();
      write(new SplittableRandom(seed));
      rig.awaitRows(WRITERS * EACH);
      Instant end = instant("now()");
      Eventually.within(
          Rig.SOON,
          "complete up to the end",
          () -> rig.sink.complete().stream().anyMatch(one -> !one.committedTo().isBefore(end)));
      verify(rig);
    }
  }

  @Test
  void aQuietSourceIsCompleteToo() {
    try (Rig rig = new Rig(source, "quiet", "public.noted")) {
      rig.start();
      for (int i = 0; i < 3; i++) {
        source.execute("SELECT pg_switch_wal()"); // what would be next stands behind a header
        Instant before = Instant.now();
        Eventually.within(
            Duration.ofSeconds(5),
            "complete up to " + before,
            () -> rig.sink.complete().stream().anyMatch(one -> one.committedTo().isAfter(before)));
      }
    }
  }

  @Test
  void nothingIsCompleteWhileATableIsNotPublished() throws InterruptedException {
    try (Rig rig = new Rig(source, "altered", "public.altered")) {
      CaptureSupervisor capture = rig.start();
      Eventually.within(Rig.SOON, "complete so far", () -> !rig.sink.complete().isEmpty());
      source.execute("ALTER PUBLICATION altered DROP TABLE altered");
      source.execute("INSERT INTO altered VALUES (1)");
      Instant missed = instant("pg_xact_commit_timestamp(xmin) FROM altered");
      Eventually.within(
          Rig.SOON, "it is seen", () -> !(capture.state() instanceof CaptureState.Streaming));
      assertThat(rig.sink.complete()).isNotEmpty();
      assertThat(rig.sink.complete()).allMatch(one -> one.committedTo().isBefore(missed));
    }
  }

  /** Rows in transactions of one's own: short, long, not waited for, rolled back, and others'. */
  private static void write(SplittableRandom random) throws Exception {
    AtomicLong ids = new AtomicLong();
    AtomicInteger left = new AtomicInteger(WRITERS * EACH);
    try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        SplittableRandom own = random.split();
        all.add(
            writers.submit(() -> {
              try (Connection connection = source.connect()) {
                connection.setAutoCommit(false);
                for (int n = 0; n < EACH; n++) {
                  transaction(connection, ids.incrementAndGet(), own);
                  left.decrementAndGet();
                }
              }
              return null;
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    assertThat(left.get()).isZero();
  }

  private static void transaction(Connection connection, long id, SplittableRandom random)
      throws SQLException, InterruptedException {
    Rig.run(connection, "SET LOCAL synchronous_commit = " + (random.nextBoolean() ? "on" : "off"));
    if (random.nextInt(10) == 0) {
      Rig.run(connection, "INSERT INTO noted VALUES (" + -id + ")");
      connection.rollback();
    }
    Rig.run(connection, "INSERT INTO noted VALUES (" + id + ")");
    if (random.nextInt(3) == 0) {
      Rig.run(connection, "INSERT INTO unnoted VALUES (" + id + ")");
    }
    if (random.nextInt(20) == 0) {
      Thread.sleep(random.nextInt(400));
    }
    connection.commit();
  }

  private static Instant instant(String what) {
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT " + what)) {
      row.next();
      return row.getObject(1, OffsetDateTime.class).toInstant();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void verify(Rig rig) {
    Map<Long, Instant> committed = committed();
    List<MemorySink.Whole> durable = rig.sink.all();
    Set<Long> had = new HashSet<>();
    int taken = 0;
    int marks = 0;
    for (MemorySink.Complete mark : rig.sink.complete()) {
      for (MemorySink.Whole whole : durable.subList(taken, mark.durable())) {
        whole.rows().forEach(row -> had.add(row.key().path("id").asLong()));
      }
      taken = mark.durable();
      marks++;
      committed.forEach((id, at) -> {
        if (!at.isAfter(mark.committedTo())) {
          assertThat(had).as("complete to " + mark + ", and " + id + " at " + at).contains(id);
        }
      });
    }
    assertThat(marks).isGreaterThan(3);
  }

  private static Map<Long, Instant> committed() {
    Map<Long, Instant> all = new HashMap<>();
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT id, pg_xact_commit_timestamp(xmin) FROM noted")) {
      while (row.next()) {
        all.put(row.getLong(1), row.getObject(2, OffsetDateTime.class).toInstant());
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return all;
  }
}
