package io.rowhook.crash;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.JournalFiles;
import io.rowhook.testing.KafkaCluster;
import io.rowhook.testing.SourceDatabase;
import io.rowhook.webhook.RecipientDispatcher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One story of several instances that share a journal in Kafka: writers write all the time, harm is
 * done to instances, brokers and what is between them; then all is mended and left in peace until
 * every recipient has everything. The seed decides what is done; not how processes interleave.
 */
final class KafkaStory {

  private static final int WRITERS = 3;
  private static final int JOBS = 6; // of a parallel recipient, see Recipient
  private static final Duration NOTHING_MOVES = Duration.ofSeconds(90);
  private static final Duration ALIKE_WITHIN = Duration.ofSeconds(60);
  private static final Duration STREAMING_WITHIN = Duration.ofMinutes(2);

  /** What is done, one after the other. */
  interface Plan {
    void happen(KafkaHarms harms, SplittableRandom random);
  }

  /**
   * What came of it.
   *
   * @param faults what broke a promise; empty: nothing did
   * @param report for a person to read
   */
  record Outcome(List<String> faults, String report) {}

  private final long seed;
  private final Path directory;
  private final Duration frozen;
  private final int pauseMillis;
  private final Plan plan;

  /**
   * @param directory an empty one
   * @param frozen how long an instance is stopped where it is, each time
   * @param pauseMillis how long a writer rests between two transactions, on average
   */
  KafkaStory(long seed, Path directory, Duration frozen, int pauseMillis, Plan plan) {
    this.seed = seed;
    this.directory = directory;
    this.frozen = frozen;
    this.pauseMillis = pauseMillis;
    this.plan = plan;
  }

  /** Of every kind some: sequential and parallel, slow, and such as refuse now and then. */
  private static List<Recipient> twelve() throws Exception {
    List<Recipient> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(new Recipient("fast-" + i, false, 0));
      all.add(new Recipient("orderly-" + i, true, i == 0 ? 0 : 4));
      all.add(new Recipient("moody-" + i, false, 10));
    }
    all.add(Recipient.slow("slow", false, 0, Duration.ofMillis(200)));
    all.add(Recipient.slow("slow-orderly", true, 2, Duration.ofMillis(20)));
    all.add(Recipient.ofBatches("packed", true, 3, 10));
    return all;
  }

  Outcome run() throws Exception {
    List<Recipient> recipients = twelve();
    try (KafkaCluster kafka = KafkaCluster.start(3);
        SourceDatabase source = SourceDatabase.start()) {
      return run(kafka, source, recipients);
    } finally {
      recipients.forEach(Recipient::close);
    }
  }

  private Outcome run(KafkaCluster kafka, SourceDatabase source, List<Recipient> recipients)
      throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    Truth truth = new Truth();
    source.execute(Kind.tables().toArray(String[]::new));
    Map<String, String> properties = new TreeMap<>(source.connectorProperties());
    properties.put("max.batch.size", "64"); // so that many transactions span several
    properties.put("max.queue.size", "256");
    Child.settings(
        directory,
        properties,
        recipients.stream().collect(Collectors.toMap(Recipient::name, Recipient::yaml)));
    List<String> faults = new ArrayList<>();
    String harmed;
    int harms;
    try (Crew crew = new Crew(directory, kafka)) {
      crew.startAll();
      Eventually.within(
          STREAMING_WITHIN,
          "one of the instances reads the source's log",
          () -> {
            crew.check();
            return "1"
                .equals(
                    source.query(
                        "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"));
          });
      try (Writers writers = Writers.start(source, truth, random.split(), WRITERS, pauseMillis)) {
        KafkaHarms all = new KafkaHarms(crew, kafka, writers, recipients, random.split(), frozen);
        all.mended();
        plan.happen(all, random);
        all.mended();
        harms = all.count();
        writers.stop();
        writers.sentinel();
        awaitAll(truth, recipients, crew);
        harmed = "  %s%n%s".formatted(all.killed(), all.report());
      }
      awaitAlike(crew, faults);
      for (int i = 0; i < Crew.SIZE; i++) {
        crew.stop(i);
      }
      faults.addAll(crew.errors().stream().distinct().limit(20).toList());
      faults.addAll(JournalFiles.inconsistencies(crew.journal(0)));
      return outcome(truth, recipients, crew, harms, harmed, faults);
    }
  }

  private static void awaitAll(Truth truth, List<Recipient> recipients, Crew crew)
      throws InterruptedException {
    long wanted = truth.events.get();
    long last = -1;
    long moved = System.nanoTime();
    while (recipients.stream().anyMatch(recipient -> recipient.acceptedEvents() < wanted)) {
      crew.check();
      long now = recipients.stream().mapToLong(Recipient::acceptedEvents).sum();
      if (now != last) {
        last = now;
        moved = System.nanoTime();
      } else if (System.nanoTime() - moved > NOTHING_MOVES.toNanos()) {
        System.out.println(crew.threads());
        return; // the verification says what is missing
      }
      Thread.sleep(100);
    }
  }

  /**
   * All files have the same rows once nothing is written any more, and say of every event that it
   * was delivered: the last acknowledgements may still be on their way to Kafka.
   */
  private static void awaitAlike(Crew crew, List<String> faults) {
    try {
      Eventually.within(ALIKE_WITHIN, "the files are alike", () -> differences(crew).isEmpty());
    } catch (AssertionError e) {
      faults.addAll(differences(crew));
    }
  }

  private static List<String> differences(Crew crew) {
    List<String> all = new ArrayList<>(JournalFiles.inconsistencies(crew.journal(0)));
    for (int i = 1; i < Crew.SIZE; i++) {
      all.addAll(JournalFiles.differences(crew.journal(0), crew.journal(i)));
    }
    return all;
  }

  private Outcome outcome(
      Truth truth,
      List<Recipient> recipients,
      Crew crew,
      int harms,
      String harmed,
      List<String> faults) {
    Verification verification = new Verification(truth.expected());
    List<String> lines = new ArrayList<>();
    lines.add(
        "kafka story, seed %d: %d transactions, %d events for each of %d recipients"
            .formatted(seed, truth.transactions.get(), truth.events.get(), recipients.size()));
    lines.add(harmed.stripTrailing());
    List<Arrival> journaled = CrashStory.journaled(crew.journal(0));
    verification.recipient("journal", journaled, true);
    verification.once("journal", journaled);
    // Each harm can move a recipient there and back, and each time what is in flight goes twice.
    long bound = 2L * (harms + 1) * (RecipientDispatcher.GROUP_COMMIT_WINDOW + JOBS);
    for (Recipient recipient : recipients) {
      List<Arrival> arrivals = recipient.arrivals();
      verification.recipient(recipient.name(), arrivals, recipient.sequential());
      long needless = Verification.needless(arrivals);
      lines.add(
          "  %s: %d requests, %d of them repeats of what was refused, %d of what was accepted"
              .formatted(
                  recipient.name(),
                  arrivals.size(),
                  Verification.repeats(arrivals) - needless,
                  needless));
      if (needless > bound) {
        faults.add(
            "%s: %d events came again, at most %d may"
                .formatted(recipient.name(), needless, bound));
      }
    }
    faults.addAll(verification.faults());
    lines.addAll(faults.stream().map(fault -> "  FAULT " + fault).toList());
    return new Outcome(faults, String.join("\n", lines));
  }
}
