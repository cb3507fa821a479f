package io.rowhook.crash;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.KafkaCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Does harm to a {@link Crew} and its Kafka, one after the other, mends it, and waits until every
 * recipient is served again. One thread.
 */
final class KafkaHarms {

  /** In which every recipient is sent to again, once everything runs. */
  private static final Duration SERVED_WITHIN = Duration.ofMinutes(2);

  private static final int BROKERS = 3;

  /** From a harm that was done alone until it was mended, by {@link System#nanoTime}. */
  private record Window(Harm harm, long from, long to) {}

  private final Crew crew;
  private final KafkaCluster kafka;
  private final Writers writers;
  private final List<Recipient> recipients;
  private final SplittableRandom random;
  private final Duration frozen;
  private final List<Window> windows = new ArrayList<>();
  private final Map<Harm, Integer> counts = new EnumMap<>(Harm.class);
  private int kills; // of instances
  private int brokersKilled;
  private boolean alone = true; // everything was mended before the next

  /**
   * @param frozen how long an instance is stopped where it is
   */
  KafkaHarms(
      Crew crew,
      KafkaCluster kafka,
      Writers writers,
      List<Recipient> recipients,
      SplittableRandom random,
      Duration frozen) {
    this.crew = crew;
    this.kafka = kafka;
    this.writers = writers;
    this.recipients = recipients;
    this.random = random;
    this.frozen = frozen;
  }

  /**
   * Does it, and mends it.
   *
   * @param served whether it is waited then until every recipient is served; else the next harm
   *     meets what is under way
   */
  void happen(Harm harm, boolean served) {
    long from = System.nanoTime();
    counts.merge(harm, 1, Integer::sum);
    switch (harm) {
      case INSTANCE_KILLED -> kill(any());
      case CAPTURING_KILLED -> kill(capturing());
      case ALL_KILLED -> {
        kills += Crew.SIZE;
        IntStream.range(0, Crew.SIZE).forEach(crew::kill);
      }
      case KILLED_WITH_BROKER -> {
        int broker = broker();
        killBroker(broker);
        pause(3_000);
        kill(random.nextBoolean() ? any() : capturing());
        pause(3_000);
        kafka.restart(broker);
      }
      case INSTANCE_FROZEN -> freeze(any());
      case CAPTURING_FROZEN -> freeze(capturing());
      case STOPPED_ONCE_THAWED -> {
        int member = random.nextBoolean() ? any() : capturing();
        freeze(member);
        crew.stop(member);
      }
      case INSTANCE_STOPPED -> crew.stop(random.nextBoolean() ? any() : capturing());
      case BROKER_KILLED -> {
        int broker = broker();
        killBroker(broker);
        pause(8_000);
        kafka.restart(broker);
      }
      case BROKERS_KILLED -> {
        int left = broker();
        List<Integer> killed =
            IntStream.rangeClosed(1, BROKERS).filter(broker -> broker != left).boxed().toList();
        killed.forEach(this::killBroker);
        pause(15_000);
        killed.forEach(kafka::restart);
      }
      case NETWORK_CUT -> {
        kafka.cut();
        pause(20_000);
        kafka.mend();
      }
      case NETWORK_SILENT -> {
        kafka.swallow();
        pause(20_000);
        kafka.mend();
      }
    }
    pause(2_000);
    crew.startAll();
    if (served) {
      mended();
    }
    writers.check();
    crew.check();
    if (served && alone) {
      windows.add(new Window(harm, from, System.nanoTime()));
    }
    alone = served;
  }

  /** Waits until everything runs, and every recipient is sent to again. */
  void mended() {
    crew.startAll();
    IntStream.range(0, Crew.SIZE).forEach(crew::awaitStarted);
    kafka.awaitReady();
    long since = System.nanoTime();
    try {
      for (Recipient recipient : recipients) {
        Eventually.within(
            SERVED_WITHIN,
            "recipient " + recipient.name() + " is served",
            () -> recipient.lastAccepted() - since > 0);
      }
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + crew.threads(), e);
    }
  }

  private void kill(int member) {
    kills++;
    crew.kill(member);
  }

  private void killBroker(int broker) {
    brokersKilled++;
    kafka.kill(broker);
  }

  private void freeze(int member) {
    crew.freeze(member);
    sleep(frozen.toMillis());
    crew.thaw(member);
    pause(3_000);
  }

  private int any() {
    return random.nextInt(Crew.SIZE);
  }

  private int capturing() {
    return crew.capturing().orElseGet(this::any);
  }

  private int broker() {
    return 1 + random.nextInt(BROKERS);
  }

  /** At a random moment is what is wanted here: no condition is waited for. */
  private void pause(int mostMillis) {
    sleep(random.nextInt(mostMillis));
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** How many instances and brokers were killed. */
  int kills() {
    return kills + brokersKilled;
  }

  /** The same, in words. */
  String killed() {
    return "%d instances and %d brokers killed; %d harms".formatted(kills, brokersKilled, count());
  }

  /** How often something was done. */
  int count() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** What was done how often, and how long a recipient was not sent to then at most. */
  String report() {
    Map<Harm, Long> longest = new EnumMap<>(Harm.class);
    for (Recipient recipient : recipients) {
      List<Long> times = recipient.times();
      int next = 0;
      for (Window window : windows) {
        long most = 0;
        long before = window.from;
        while (next < times.size() && times.get(next) - window.from < 0) {
          next++;
        }
        for (; next < times.size() && before - window.to < 0; next++) {
          most = Math.max(most, times.get(next) - before);
          before = times.get(next);
        }
        longest.merge(window.harm, most, Math::max);
      }
    }
    StringBuilder text = new StringBuilder();
    counts.forEach((harm, count) ->
        text.append(
            "  %d times %s: %.1f s at most without a delivery%n"
                .formatted(count, harm, longest.getOrDefault(harm, 0L) / 1e9)));
    return text.toString();
  }
}
