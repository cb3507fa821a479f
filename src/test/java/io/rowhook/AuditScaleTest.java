package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.journal.Difference;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many entities, of which a hundred are changed behind Rowhook's back, while others change all the
 * time: an audit finds just these, goes on after a restart, and mends them with a request each.
 * {@code mvn -Pslow test -Dtest=AuditScaleTest -Daudit.entities=1000000 -Daudit.rate=1000000} shows
 * what it takes.
 */
@Tag("slow")
@Tag("feature-72")
class AuditScaleTest {

  private static final int ENTITIES = Integer.getInteger("audit.entities", 20_000);
  private static final int RATE = Integer.getInteger("audit.rate", 5_000);
  private static final int PLANTED = 100;
  private static final int CHANGES = 500; // a second
  private static final Duration LIMIT = Duration.ofMinutes(20);
  private static final String MUTE =
      "BEGIN; SELECT pg_logical_emit_message(true, 'rowhook', '{\"mute\": true}');";

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;

  private final Set<Long> planted = new TreeSet<>();
  private final Set<Long> posted = ConcurrentHashMap.newKeySet();
  private final AtomicLong posts = new AtomicLong();
  private final AtomicLong mendings = new AtomicLong();
  private volatile boolean mending;

  @Test
  void findsAHundredAmongMany() throws Exception {
    long seed = Long.getLong("audit.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    try (Receiver receiver = new Receiver(this::answer).keepingNothing();
        Stage stage = new Stage(source, directory).empty()) {
      source.execute(
          "CREATE TABLE article (id bigint PRIMARY KEY, sku text, name text, price numeric(10, 2),"
              + " stock int, at timestamptz DEFAULT now(), notes text)",
          "ALTER TABLE article REPLICA IDENTITY FULL");
      stage.write("connector-config/entities.yaml", "Article: { table: public.article }\n");
      stage.recipient(
          "shop",
          "url: "
              + receiver.url("/shop")
              + "\njobs: 16\nsubscriptions: [{ entity: Article, events: [Created, Updated, Deleted,"
              + " Snapshot] }]\n");
      stage.start();
      OperatedService service = new OperatedService(stage, source);
      for (int from = 1; from <= ENTITIES; from += 10_000) {
        source.execute(
            ("INSERT INTO article SELECT n, 'S' || n, 'Office chair ' || n, n %% 1000 + 0.90, n %% 77,"
                    + " now(), repeat('x', 100) FROM generate_series(%d, %d) n")
                .formatted(from, Math.min(ENTITIES, from + 9_999)));
      }
      Eventually.within(LIMIT, () -> posts + " arrived", () -> posts.get() >= ENTITIES);
      stage.awaitIdle();
      plant(random);
      AtomicBoolean over = new AtomicBoolean();
      Thread writer = Thread.ofPlatform().start(() -> write(random.split(), over));
      audit(stage, service, seed, "while its events are there", false);

      removeEvents(stage);
      System.out.println(kept(stage));
      audit(stage, service, seed, "of what is kept", true);
      mending = true;
      audit(stage, service, seed, "mending", false, "--repair");
      Eventually.within(
          LIMIT,
          "it is mended",
          () ->
              service
                  .json("resync", "--list")
                  .path("resyncs")
                  .path(0)
                  .path("state")
                  .asText()
                  .equals("done"));
      stage.awaitJournaled();
      Eventually.within(LIMIT, "all are sent", () -> posted.containsAll(planted));
      over.set(true);
      writer.join();
      assertThat(mendings.get()).as("seed %d: requests that mend", seed).isEqualTo(PLANTED);
      planted.clear();
      audit(stage, service, seed, "once it is mended", false);
    }
  }

  private Answer answer(Receiver.Request request) {
    posts.incrementAndGet();
    if (mending) {
      long id = Long.parseLong(request.header("Rowhook-Entity-Id"));
      if (planted.contains(id)) {
        posted.add(id);
        mendings.incrementAndGet();
      }
    }
    return Answer.of(200);
  }

  /** What nobody is told of: a third each is changed, removed, and new. */
  private void plant(SplittableRandom random) {
    while (planted.size() < PLANTED) {
      int kind = planted.size() % 3;
      long id = 2 + 2L * random.nextInt(ENTITIES / 2 - 1); // others change the odd ones
      id = kind == 2 ? 10L * ENTITIES + id : id;
      if (planted.add(id)) {
        source.execute(
            MUTE
                + switch (kind) {
                  case 0 -> "UPDATE article SET price = price + 1 WHERE id = " + id;
                  case 1 -> "DELETE FROM article WHERE id = " + id;
                  default -> "INSERT INTO article (id, sku) VALUES (%d, 'new')".formatted(id);
                }
                + "; COMMIT");
      }
    }
  }

  private void write(SplittableRandom random, AtomicBoolean over) {
    long begin = System.nanoTime();
    long done = 0;
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      while (!over.get()) {
        long id = 1 + 2L * random.nextInt(ENTITIES / 2);
        statement.execute("UPDATE article SET stock = stock + 1 WHERE id = " + id);
        done++;
        long early = begin + done * 1_000_000_000 / CHANGES - System.nanoTime();
        if (early > 0) {
          Thread.sleep(Duration.ofNanos(early));
        }
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    System.out.printf("%d changes, %.0f/s%n", done, done * 1e9 / (System.nanoTime() - begin));
  }

  private void audit(
      Stage stage,
      OperatedService service,
      long seed,
      String what,
      boolean stopping,
      String... more)
      throws InterruptedException {
    String rate = stopping ? String.valueOf(Math.max(1, ENTITIES / 8)) : String.valueOf(RATE);
    String[] all = {"audit", "shop", "Article", "--rate", rate};
    String[] arguments = Arrays.copyOf(all, all.length + more.length);
    System.arraycopy(more, 0, arguments, all.length, more.length);
    long begin = System.nanoTime();
    long id = service.json(arguments).path("audits").path(0).path("id").asLong();
    if (stopping) {
      Eventually.within(
          LIMIT, "it is under way", () -> show(service, id).path("read").asLong() > ENTITIES / 4);
      stage.stop();
      stage.start();
    }
    Eventually.within(
        LIMIT,
        () -> show(service, id).toString(),
        () -> !show(service, id).path("state").asText().equals("running"));
    JsonNode found = show(service, id);
    System.out.printf("%s: %.1f s, %s%n", what, (System.nanoTime() - begin) / 1e9, found);
    assertThat(differences(stage, id)).as("seed %d, %s", seed, what).isEqualTo(planted);
    assertThat(found.path("state").asText()).isEqualTo("done");
  }

  private static Set<Long> differences(Stage stage, long id) {
    return stage.flow().journal().stateAudits().differences(id, "", Integer.MAX_VALUE).stream()
        .filter(one -> one.kind() != Difference.Kind.pending)
        .map(one -> Long.valueOf(one.id()))
        .collect(Collectors.toSet());
  }

  private static JsonNode show(OperatedService service, long id) {
    for (JsonNode one : service.json("audit", "--list").path("audits")) {
      if (one.path("id").asLong() == id) {
        return one;
      }
    }
    throw new AssertionError("no audit " + id);
  }

  private static void removeEvents(Stage stage) {
    long begin = System.nanoTime();
    Eventually.within(
        LIMIT,
        "most is removed",
        () ->
            stage
                    .flow()
                    .journal()
                    .housekeeping()
                    .removeSettled(Instant.now().plusSeconds(60), Set.of("shop"), 20_000)
                < 20_000);
    System.out.printf("events removed in %.1f s%n", (System.nanoTime() - begin) / 1e9);
  }

  private static String kept(Stage stage) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + stage.journalFile());
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*), sum(pgsize), (SELECT sum(pgsize) FROM dbstat WHERE name = 'held')"
                    + " FROM held, (SELECT 0 AS pgsize)")) {
      return row.next()
          ? "%,d entities are kept in %,d bytes, %.0f each"
              .formatted(row.getLong(1), row.getLong(3), (double) row.getLong(3) / row.getLong(1))
          : "";
    }
  }
}
