package io.rowhook.crash;

import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * One story: writers write, and everything else goes wrong; then it is left in peace until every
 * recipient has everything, or nothing moves any more.
 *
 * <p>The seed decides what the writers do, and when and how Rowhook dies. It does not decide how
 * threads and processes interleave; so a seed that failed once may have to be run a few times.
 */
final class CrashStory {

  private static final int WRITERS = 4;
  private static final Duration NOTHING_MOVES = Duration.ofSeconds(60);
  private static final int PAGE_ENTRIES = 500;
  private static final long PAGE_BYTES = 8 << 20;
  private static final long SLOT_MAY_LIE_BACK = 64 << 10;
  private static final Duration GRACE = Duration.ofSeconds(2);

  /**
   * How long a story is.
   *
   * @param kills how often Rowhook dies
   * @param terminations how often its walsender is terminated while it lives on, at least
   * @param restarts how often PostgreSQL is restarted, fast and immediate in turn
   * @param lifeMillis from one of these to the next at most, once Rowhook reads the log
   * @param pauseMillis how long a writer rests between two transactions at most
   */
  record Length(int kills, int terminations, int restarts, int lifeMillis, int pauseMillis) {}

  /** Who is sent to. */
  interface Recipients {
    List<Recipient> start() throws Exception;
  }

  /**
   * What came of it.
   *
   * @param faults what broke a promise; empty: nothing did
   * @param kills how often Rowhook died
   * @param report for a person to read
   * @param mostResident the most that Rowhook had in memory when it was killed or stopped, in bytes
   */
  record Outcome(List<String> faults, int kills, String report, long mostResident) {}

  private final long seed;
  private final Length length;
  private final Path directory;
  private final Recipients recipients;
  private final List<String> jvm;
  private String disturbed = "";

  /**
   * @param directory an empty one, for settings, journal and log
   * @param jvm options for Rowhook's own
   */
  CrashStory(long seed, Length length, Path directory, Recipients recipients, String... jvm) {
    this.seed = seed;
    this.length = length;
    this.directory = directory;
    this.recipients = recipients;
    this.jvm = List.of(jvm);
  }

  /** One that is fast, one that is sequential, one that refuses some, and two that take batches. */
  static List<Recipient> five() throws Exception {
    return List.of(
        new Recipient("fast", false, 0),
        new Recipient("orderly", true, 0),
        new Recipient("moody", false, 15),
        Recipient.ofBatches("packed", true, 5, 10),
        Recipient.ofBatches("mixed", false, 5, 40));
  }

  Outcome run() throws Exception {
    List<Recipient> started = recipients.start();
    try (SourceDatabase source = SourceDatabase.start()) {
      return run(source, started);
    } finally {
      started.forEach(Recipient::close);
    }
  }

  private Outcome run(SourceDatabase source, List<Recipient> started) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    Truth truth = new Truth();
    source.execute(Kind.tables().toArray(String[]::new));
    Child child = new Child(directory, jvm);
    child.configure(source, started);
    try (child) {
      child.start(); // the slot must be there before the first change
      child.awaitStreaming(source);
      child.stop(); // which leaves its classes for all that are to be killed
      child.start();
      child.awaitStreaming(source);
      try (Writers writers =
          Writers.start(source, truth, random.split(), WRITERS, length.pauseMillis())) {
        Disturbances disturbances = new Disturbances(source, child, writers, random.split());
        disturbances.happen(length);
        disturbed = disturbances.counts();
        child.start();
        writers.stop();
        writers.sentinel();
      }
      awaitAll(truth, started, child);
      awaitSlot(source, child);
      Thread.sleep(GRACE); // for what should not come
      child.stop();
      child.forgetClasses();
    }
    return outcome(truth, started, child);
  }

  private static void awaitAll(Truth truth, List<Recipient> recipients, Child child)
      throws InterruptedException {
    long wanted = truth.events.get();
    Moving moving = new Moving();
    while (recipients.stream().anyMatch(recipient -> recipient.acceptedEvents() < wanted)) {
      long now = recipients.stream().mapToLong(Recipient::acceptedEvents).sum();
      if (!moving.goesOn(now, child)) {
        return; // the verification says what is missing
      }
      Thread.sleep(100);
    }
  }

  /**
   * Everything is durable: the source need not keep its log for us any longer. While nothing is
   * changed in a captured table, the slot may lie back a little.
   */
  private static void awaitSlot(SourceDatabase source, Child child) throws InterruptedException {
    String written = source.query("SELECT pg_current_wal_insert_lsn()");
    String query =
        "SELECT greatest(0, '%s' - confirmed_flush_lsn) FROM pg_replication_slots"
            .formatted(written);
    Moving moving = new Moving();
    long left = Long.MAX_VALUE;
    while (left > SLOT_MAY_LIE_BACK) {
      left = Long.parseLong(String.valueOf(source.query(query)));
      if (!moving.goesOn(left, child)) {
        throw new AssertionError("the slot does not move up to " + written + "\n" + child.tail());
      }
      Thread.sleep(100);
    }
  }

  /** Waits as long as something moves. */
  private static final class Moving {
    private long last = -1;
    private long moved = System.nanoTime();

    boolean goesOn(long now, Child child) {
      if (!child.isAlive()) {
        throw new AssertionError("Rowhook ended by itself:\n" + child.tail());
      }
      if (now != last) {
        last = now;
        moved = System.nanoTime();
      }
      return System.nanoTime() - moved < NOTHING_MOVES.toNanos();
    }
  }

  private Outcome outcome(Truth truth, List<Recipient> recipients, Child child) {
    Verification verification = new Verification(truth.expected());
    List<String> lines = new ArrayList<>();
    lines.add(
        "crash story, seed %d: %d transactions (%d muted, %d rolled back, %d of unknown outcome), %d events"
            .formatted(
                seed,
                truth.transactions.get(),
                truth.muted.get(),
                truth.rolledBack.get(),
                truth.unknownOutcomes.get(),
                truth.events.get()));
    lines.add("  " + child.starts());
    lines.add("  " + child.deathCount() + " kills: " + child.deaths() + "; " + disturbed);
    lines.add("  the journal dropped " + child.duplicates() + " transactions it had already");
    List<Arrival> journaled = journaled(Child.journal(directory));
    verification.recipient("journal", journaled, true);
    verification.once("journal", journaled);
    lines.add("  journal: " + journaled.size() + " events");
    for (Recipient recipient : recipients) {
      List<Arrival> arrivals = recipient.arrivals();
      verification.recipient(recipient.name(), arrivals, recipient.sequential());
      lines.add(
          "  %s: %d requests, %d of them repeats, %d refused"
              .formatted(
                  recipient.name(),
                  arrivals.size(),
                  Verification.repeats(arrivals),
                  arrivals.stream().filter(arrival -> !arrival.acknowledged()).count()));
    }
    lines.addAll(verification.faults().stream().map(fault -> "  FAULT " + fault).toList());
    return new Outcome(
        verification.faults(),
        child.deathCount(),
        lines.stream().collect(Collectors.joining("\n")),
        child.mostResident());
  }

  /** The journal's own events: each there once. */
  static List<Arrival> journaled(Path file) {
    List<Arrival> arrivals = new ArrayList<>();
    try (SqliteJournal journal = SqliteJournal.open(file)) {
      List<JournalEntry> page = journal.read(0, PAGE_ENTRIES, PAGE_BYTES);
      while (!page.isEmpty()) {
        for (JournalEntry entry : page) {
          arrivals.add(
              Arrival.of(entry.event().id(), entry.event().json(), entry.sequence(), true, ""));
        }
        page = journal.read(page.getLast().sequence(), PAGE_ENTRIES, PAGE_BYTES);
      }
    }
    return arrivals;
  }

  /** Makes the directory of one more story; what an earlier one of that seed left is put aside. */
  static Path directory(Path parent, long seed) throws IOException {
    Path directory = parent.resolve("seed-" + seed);
    if (Files.exists(directory)) {
      Path aside = parent.resolve("seed-" + seed + "-until-" + System.currentTimeMillis());
      Files.move(directory, aside);
    }
    return Files.createDirectories(directory);
  }
}
