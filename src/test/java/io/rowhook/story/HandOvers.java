package io.rowhook.story;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Changes that go on at a rate while one Rowhook takes over from another; what came of them, and
 * how late. Each of some writers has articles of its own, whose stock counts its changes, so that
 * the recipient can tell what is missing and what came too early. Start, hand over and judge by one
 * thread.
 */
final class HandOvers implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int WRITERS = 4;
  private static final int ARTICLES = 200;
  private static final int MOST_FAULTS = 20;

  /** Seconds' changes that a process has to have sent before it is warm. */
  private static final long WARM = 5;

  static {
    // Else the JDK's server sends head and body of an answer 40 ms apart (Nagle, delayed ACK).
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final SourceDatabase source;
  private final Stage stage;
  private final Path directory;
  private final double rate;
  private final long seed;
  private final Receiver receiver;
  private final List<Thread> writers = new ArrayList<>();
  private final Article[] articles = new Article[ARTICLES];
  private final Map<String, String> whatById = new ConcurrentHashMap<>();
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final AtomicLong received = new AtomicLong();
  private final List<Long> turns = new ArrayList<>(); // System.nanoTime: when each began
  private volatile boolean ending;
  private RowhookProcess running;

  /** One article's changes, by number from 1; guarded by itself. */
  private static final class Article {
    private final List<Long> committed = new ArrayList<>();
    private final List<Long> received = new ArrayList<>();
    private int accepted;
    private int repeated;
  }

  /**
   * Begins to change and to send.
   *
   * @param rate changes a second
   * @param seed of which articles are changed
   */
  HandOvers(SourceDatabase source, Path directory, int rate, long seed) {
    this.source = source;
    this.directory = directory;
    this.rate = rate;
    this.seed = seed;
    Arrays.setAll(articles, _ -> new Article());
    receiver = new Receiver(this::receive).keepingNothing();
    stage = new Stage(source, directory).tables();
    stage.env("SHOP_URL", receiver.url("/shop").toString());
    stage.recipient("shop", "url: ${env:SHOP_URL}");
    try (RowhookProcess first = setup().start()) { // which makes the archive of classes
      first.awaitLine(LIMIT, "started in");
      first.stop();
    }
    running = setup().start();
    running.awaitLine(LIMIT, "Streaming from slot");
    source.execute(
        "INSERT INTO article SELECT n, 'A', 'One', 1, 0 FROM generate_series(0, %d) n"
            .formatted(ARTICLES - 1));
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      writers.add(Thread.ofPlatform().name("writer " + i).start(() -> write(writer)));
    }
    Eventually.within( // or the first hand-over is measured by a process that is cold itself
        LIMIT,
        "the first one keeps up",
        () -> received.get() > WARM * rate && missing() < rate / 20);
  }

  Stage stage() {
    return stage;
  }

  /** The one that works. */
  RowhookProcess running() {
    return running;
  }

  /** One on the same settings and journal that is not started yet. */
  RowhookProcess.Setup setup() {
    return Instances.of(stage, "journal")
        .sharing(directory)
        .env("ROWHOOK_LOG", System.getProperty("handover.log", "INFO"));
  }

  /** Has another one take over. Returns how the old one has ended. */
  RowhookProcess handOver() {
    turns.add(System.nanoTime());
    RowhookProcess old = running;
    running = setup().with("--take-over").start();
    try {
      running.awaitLine(LIMIT, "Streaming from slot");
      running.awaitLine(LIMIT, "started in");
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\nthe one before:\n" + old.output(), e);
    }
    return old;
  }

  /**
   * The same by one that is killed as soon as the other has let go; a start like any other follows,
   * as a service manager makes it.
   */
  RowhookProcess handOverAndDie() {
    turns.add(System.nanoTime());
    RowhookProcess old = running;
    try (RowhookProcess next = setup().with("--take-over").start()) {
      next.awaitLine(LIMIT, "has let go");
      next.kill();
    }
    running = setup().start();
    running.awaitLine(LIMIT, "Streaming from slot");
    return old;
  }

  private void write(int writer) {
    SplittableRandom random = new SplittableRandom(seed + writer);
    long step = (long) (1e9 / rate * WRITERS);
    try (Connection connection = source.connect();
        PreparedStatement update =
            connection.prepareStatement("UPDATE article SET stock = stock + 1 WHERE id = ?")) {
      long next = System.nanoTime();
      while (!ending) {
        int id = random.nextInt(ARTICLES / WRITERS) * WRITERS + writer;
        update.setLong(1, id);
        update.executeUpdate();
        Article article = articles[id];
        synchronized (article) {
          article.committed.add(System.nanoTime());
        }
        next += step;
        LockSupport.parkNanos(next - System.nanoTime());
      }
    } catch (SQLException e) {
      fault("writer " + writer + ": " + e.getMessage());
    }
  }

  private Receiver.Answer receive(Receiver.Request request) throws IOException {
    long now = System.nanoTime();
    JsonNode body = Json.MAPPER.readTree(request.body());
    String id = request.header("Rowhook-Entity-Id");
    int number = body.findValue("stock").asInt();
    String what = id + " v" + number;
    String other = whatById.putIfAbsent(request.header("Webhook-Id"), what);
    if (other != null && !other.equals(what)) {
      fault(what + " has the id of " + other);
    }
    if (number == 0) {
      return Receiver.Answer.of(200); // the insertion
    }
    Article article = articles[Integer.parseInt(id)];
    synchronized (article) {
      if (number > article.accepted + 1) {
        fault(what + " came before what was before it was accepted");
      } else if (number <= article.accepted) {
        article.repeated++;
        if (other == null) {
          fault(what + " came again with another id");
        }
      } else {
        article.accepted = number;
        article.received.add(now);
        received.incrementAndGet();
      }
    }
    return Receiver.Answer.of(200);
  }

  private void fault(String words) {
    if (faults.size() < MOST_FAULTS) {
      faults.add(words);
    }
  }

  /**
   * What came of it.
   *
   * @param changes committed
   * @param repeated requests that came again after they were accepted
   * @param faults in words
   * @param delays from commit to receipt in ms, ascending, from the first hand-over's beginning on
   * @param longest the longest delay in ms of what was committed from each hand-over's beginning to
   *     the next one's
   */
  record Outcome(
      long changes, long repeated, List<String> faults, List<Double> delays, List<Double> longest) {

    double percentile(double part) {
      return delays.get((int) Math.min(delays.size() - 1, Math.floor(delays.size() * part)));
    }

    @Override
    public String toString() {
      return "%d changes, %d repeated; commit to receipt in ms: p50 %.1f, p99 %.1f, p99.9 %.1f, max %.1f; the longest of each hand-over, ascending: %s"
          .formatted(
              changes,
              repeated,
              percentile(.5),
              percentile(.99),
              percentile(.999),
              delays.getLast(),
              longest.stream().sorted().map(ms -> "%.0f".formatted(ms)).toList());
    }
  }

  /** Ends the changes, waits until all is there, and judges. */
  Outcome judge() throws InterruptedException {
    ending = true;
    for (Thread writer : writers) {
      writer.join();
    }
    try {
      Eventually.within(LIMIT, "all has come", () -> missing() == 0);
    } catch (AssertionError e) {
      fault(missing() + " changes never came: " + e.getMessage());
    }
    List<Double> delays = new ArrayList<>();
    double[] longest = new double[turns.size()];
    long changes = 0;
    long repeated = 0;
    for (Article article : articles) {
      synchronized (article) {
        changes += article.committed.size();
        repeated += article.repeated;
        if (article.received.size() > article.committed.size()) {
          fault("more changes of an article came than there were");
        }
        for (int i = 0; i < Math.min(article.received.size(), article.committed.size()); i++) {
          long committed = article.committed.get(i);
          double delay = Math.max(0, article.received.get(i) - committed) / 1e6;
          int turn = turn(committed);
          if (turn >= 0) {
            delays.add(delay);
            longest[turn] = Math.max(longest[turn], delay);
          }
        }
      }
    }
    delays.sort(null);
    return new Outcome(
        changes, repeated, List.copyOf(faults), delays, Arrays.stream(longest).boxed().toList());
  }

  private int turn(long committed) {
    int turn = -1;
    while (turn + 1 < turns.size() && turns.get(turn + 1) <= committed) {
      turn++;
    }
    return turn;
  }

  private long missing() {
    long missing = 0;
    for (Article article : articles) {
      synchronized (article) {
        missing += Math.max(0, article.committed.size() - article.received.size());
      }
    }
    return missing;
  }

  @Override
  public void close() {
    ending = true;
    running.close();
    receiver.close();
    stage.close();
  }
}
