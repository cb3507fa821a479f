package io.rowhook;

import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.Generation;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.Lsn;
import io.rowhook.capture.TemporaryCapture;
import io.rowhook.entity.CapturePlan;
import io.rowhook.entity.EntityMetrics;
import io.rowhook.entity.ResyncChunks;
import io.rowhook.entity.TransactionAggregator;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.TemplateRegistry;
import io.rowhook.webhook.DeliveryListener;
import io.rowhook.webhook.DispatcherRegistry;
import io.rowhook.webhook.MemoryBudget;
import io.rowhook.webhook.RecipientDispatcher;
import io.rowhook.webhook.TraceHeaders;
import io.rowhook.webhook.WebhookClient;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The flow once before it counts: what the source commits meanwhile goes from a temporary slot
 * through a journal beside the real one to a receiver in this process, shaped and signed as for the
 * recipients, of whom nobody hears of it. So what the first events after a take-over run through is
 * loaded and compiled. Nothing depends on it: where it fails, the first events are later. On a
 * thread of its own, which nothing interrupts: so it closes in its order whatever ends it.
 */
final class WarmUp {

  /** At most, once the engine is there. */
  private static final Duration LONGEST = Duration.ofSeconds(6);

  /** How long the engine may take: a slot waits for the transactions that are open. */
  private static final Duration STARTS = Duration.ofSeconds(10);

  /** A source that is quiet for so long is not waited for. */
  private static final Duration QUIET = Duration.ofSeconds(1);

  /** After so many deliveries no more is gained. */
  private static final long ENOUGH = 2_000;

  /** Who is asked for a test besides, so that something is sent where nothing is committed. */
  private static final int TESTED = 8;

  private static final Duration LOOK = Duration.ofMillis(50);

  /** How long it may take to close, once nobody needs it any more. */
  private static final Duration CLOSES = Duration.ofSeconds(7);

  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

  private final Wiring.Start start;
  private final AtomicLong received = new AtomicLong();
  private volatile boolean needed = true;

  private WarmUp(Wiring.Start start) {
    this.start = start;
  }

  /** Runs it; some seconds. Interrupted, it ends it first. */
  static void run(Wiring.Start start) throws InterruptedException {
    WarmUp warmUp = new WarmUp(start);
    Thread thread = Thread.ofPlatform().name("warm-up").daemon().start(warmUp::run);
    try {
      thread.join();
    } catch (InterruptedException e) {
      warmUp.needed = false;
      thread.join(CLOSES);
      throw e;
    }
  }

  private void run() {
    long begin = System.nanoTime();
    try {
      remove(start.file());
      try {
        run(beside(start.file()));
      } finally {
        remove(start.file());
      }
      if (needed) {
        log.info(
            "warmed up in {} ms, with {} deliveries to itself",
            Duration.ofNanos(System.nanoTime() - begin).toMillis(),
            received.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does
    } catch (IOException | RuntimeException e) {
      log.info("not warmed up, so that the first events are later: {}", e.toString());
      log.debug("warming up", e);
    }
  }

  private void run(Path directory) throws IOException, InterruptedException {
    try (TestReceiver receiver =
            new TestReceiver(TestReceiver.Settings.DEFAULT, _ -> received.incrementAndGet());
        SqliteJournal journal = SqliteJournal.open(directory.resolve("journal.db"));
        JdbcRowLookup rows = new JdbcRowLookup(start.source());
        JdbcRowLookup chunkRows = JdbcRowLookup.whole(start.source())) {
      journal.begin(new Epoch("warm-up", "", Instant.now()), Lsn.ZERO, Map.of());
      TemplateRegistry templates = new TemplateRegistry(journal, start.read().sets());
      MemoryBudget budget = MemoryBudget.ofHeap();
      try (DispatcherRegistry dispatchers =
          new DispatcherRegistry(recipient ->
              new RecipientDispatcher(
                  recipient,
                  journal,
                  templates,
                  WebhookClient.of(recipient),
                  InstantSource.system(),
                  RandomGenerator.getDefault(),
                  new DeliveryListener() {},
                  TraceHeaders.NONE,
                  budget))) {
        dispatchers.apply(
            start.read().recipients().stream()
                .map(recipient -> recipient.inPlace(receiver.uri()))
                .toList());
        TransactionAggregator sink =
            new TransactionAggregator(
                start.read().entities(),
                journal,
                journal,
                rows,
                TransactionAggregator.DEFAULT_MEMORY_LIMIT,
                new EntityMetrics(),
                new ResyncChunks(chunkRows, List::of));
        capture(new Generation(CapturePlan.of(start.read().entities()), sink), dispatchers);
      }
    }
  }

  private void capture(Generation generation, DispatcherRegistry dispatchers)
      throws InterruptedException {
    try (TemporaryCapture capture = TemporaryCapture.open(start.source(), generation)) {
      start.read().recipients().stream()
          .limit(TESTED)
          .map(Recipient::name)
          .forEach(dispatchers::sample);
      long began = System.nanoTime();
      while (capture.ends() == 0 && isWithin(began, STARTS)) {
        capture.nudge();
        look(capture);
      }
      began = System.nanoTime();
      long last = began;
      long before = received.get();
      while (received.get() < ENOUGH && isWithin(began, LONGEST) && isWithin(last, QUIET)) {
        look(capture);
        last = received.get() == before ? last : System.nanoTime();
        before = received.get();
      }
    }
  }

  private static void look(TemporaryCapture capture) throws InterruptedException {
    Optional<Throwable> end = capture.await(LOOK);
    if (end.isPresent()) {
      throw new IllegalStateException(end.get());
    }
  }

  private boolean isWithin(long since, Duration limit) {
    return needed && System.nanoTime() - since < limit.toNanos();
  }

  private static Path beside(Path journal) {
    return journal.resolveSibling(journal.getFileName() + ".warm-up");
  }

  /** The same for a start like any other, which nothing of it holds up. */
  static void removeQuietly(Path journal) {
    try {
      remove(journal);
    } catch (IOException e) {
      log.warn("{} could not be removed: {}", beside(journal), e.toString());
    }
  }

  /** Removes what one has left that was killed: it holds what the source's rows hold. */
  static void remove(Path journal) throws IOException {
    Path directory = beside(journal);
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }
}
