package io.rowhook.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Nothing lost, nothing invented, nothing out of order, and all files alike, whatever becomes of
 * three instances and three brokers. {@code -Dkafka.seed=N} replays a seed, {@code -Dkafka.kills=N}
 * goes on until so many instances and brokers were killed: {@code mvn -Pslow test
 * -Dtest=KafkaStoryTest -Dkafka.kills=500}; {@code -Dkafka.harms=ALL_KILLED,BROKERS_KILLED} does
 * these alone.
 */
class KafkaStoryTest {

  private static final int KILLS = 150;

  /** So many harms meet each other before everything is mended and waited for. */
  private static final int AT_ONCE = 6;

  private static final List<Harm> SHORT =
      List.of(
          Harm.CAPTURING_KILLED,
          Harm.BROKER_KILLED,
          Harm.INSTANCE_KILLED,
          Harm.STOPPED_ONCE_THAWED);

  /** Of {@code -Dkafka.harms=ALL_KILLED,BROKERS_KILLED}; none: of all. */
  private static final List<Harm> NAMED =
      Stream.of(System.getProperty("kafka.harms", "").split(","))
          .filter(name -> !name.isEmpty())
          .map(Harm::valueOf)
          .toList();

  /** Of these are drawn; kills are most of it. */
  private static final List<Harm> DRAWN = NAMED.isEmpty() ? drawn() : NAMED;

  private static List<Harm> drawn() {
    List<Harm> all = new ArrayList<>(List.of(Harm.values()));
    for (int i = 0; i < 40; i++) {
      all.addAll(
          List.of(
              Harm.INSTANCE_KILLED,
              Harm.CAPTURING_KILLED,
              Harm.ALL_KILLED,
              Harm.KILLED_WITH_BROKER));
    }
    return all;
  }

  @Test
  @Tag("slow")
  void whateverIsKilled() throws Exception {
    story(
        "short",
        Duration.ofSeconds(15),
        1_500,
        (harms, random) -> {
          List<Harm> left = new ArrayList<>(SHORT);
          while (!left.isEmpty()) {
            harms.happen(left.remove(random.nextInt(left.size())), true);
          }
        });
  }

  @Test
  @Tag("slow")
  void whateverIsKilledAndHowOften() throws Exception {
    int kills = Integer.getInteger("kafka.kills", KILLS);
    story(
        "long",
        Duration.ofSeconds(60),
        2_000,
        (harms, random) -> {
          for (Harm harm : NAMED.isEmpty() ? List.of(Harm.values()) : List.<Harm>of()) {
            harms.happen(harm, true); // each at least once, alone
          }
          for (int i = 1; harms.kills() < kills; i++) {
            boolean mended = i % AT_ONCE == 0;
            harms.happen(draw(random), mended);
            if (mended) {
              System.out.println("kafka story: " + harms.killed());
            }
          }
        });
  }

  private static Harm draw(SplittableRandom random) {
    return DRAWN.get(random.nextInt(DRAWN.size()));
  }

  private static void story(String name, Duration frozen, int pauseMillis, KafkaStory.Plan plan)
      throws Exception {
    long seed = Long.getLong("kafka.seed", System.nanoTime() & 0xFFFF_FFFFL);
    Path directory = CrashStory.directory(Path.of("target", "kafka-story", name), seed);
    System.out.println("kafka story, seed " + seed);
    KafkaStory.Outcome outcome = new KafkaStory(seed, directory, frozen, pauseMillis, plan).run();
    System.out.println(outcome.report());
    assertThat(outcome.faults()).as("replay with -Dkafka.seed=" + seed).isEmpty();
  }
}
