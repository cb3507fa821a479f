package io.rowhook.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Ten minutes with 30 recipients of which most refuse in every way they know, ten kills and twenty
 * cut connections, in little memory: {@code mvn test -Dtest=SoakTest -Dexcluded.tags=}. {@code
 * -Dsoak.seed=N} replays a seed; {@code -Dsoak.life=MS} makes it longer or shorter.
 */
@Tag("long")
class SoakTest {

  private static final int RECIPIENTS = 30;
  private static final long MOST_RESIDENT = 300L << 20;

  /** Three of 30 disturbances are apart by half of this, so that it all takes ten minutes. */
  private static final int LIFE_MILLIS = 30_000;

  private static final int PAUSE_MILLIS = 3_000;

  @Test
  @Tag("feature-27")
  @Tag("feature-29")
  @Tag("feature-33")
  @Tag("feature-37")
  void everyoneGetsEverythingInOrderWhateverTheOthersDo() throws Exception {
    long seed = Long.getLong("soak.seed", System.nanoTime() & 0xFFFF_FFFFL);
    int life = Integer.getInteger("soak.life", LIFE_MILLIS);
    CrashStory.Length length = new CrashStory.Length(10, 20, 1, life, PAUSE_MILLIS);
    Path directory = CrashStory.directory(Path.of("target", "soak"), seed);
    long begin = System.nanoTime();
    CrashStory.Outcome outcome =
        new CrashStory(
                seed,
                length,
                directory,
                () -> recipients(new SplittableRandom(seed)),
                "-Xmx128m",
                "-XX:+UseSerialGC")
            .run();
    System.out.println(outcome.report());
    System.out.printf(
        "  %d s, at most %d MB resident%n",
        (System.nanoTime() - begin) / 1_000_000_000L, outcome.mostResident() >> 20);
    assertThat(outcome.faults()).as("replay with -Dsoak.seed=" + seed).isEmpty();
    assertThat(outcome.mostResident()).isPositive().isLessThan(MOST_RESIDENT);
  }

  private static List<Recipient> recipients(SplittableRandom random) throws Exception {
    List<Recipient> recipients = new ArrayList<>();
    for (int i = 0; i < RECIPIENTS; i++) {
      boolean sequential = i % 3 == 0;
      int refused = i % 5 == 0 ? 0 : random.nextInt(sequential ? 6 : 20);
      recipients.add(
          i % 4 == 1
              ? Recipient.ofBatches("r" + i, sequential, refused, 20)
              : new Recipient("r" + i, sequential, refused, refused > 0));
    }
    return recipients;
  }
}
