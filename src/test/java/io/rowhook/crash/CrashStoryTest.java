package io.rowhook.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Nothing lost, nothing invented, under kills. {@code -Dcrash.seed=N} replays a seed; {@code
 * -Dcrash.kills=N} goes on, with new seeds, until Rowhook has died so often: {@code mvn test
 * -Dtest=CrashStoryTest -Dcrash.kills=500}.
 */
@Tag("slow")
class CrashStoryTest {

  private static final CrashStory.Length SHORT = new CrashStory.Length(12, 6, 2, 1500, 120);

  @Test
  @Tag("feature-37")
  @Tag("feature-38")
  void everyRecipientHasEveryChangeOnceInOrderUnderOneId() throws Exception {
    long seed = Long.getLong("crash.seed", System.nanoTime() & 0xFFFF_FFFFL);
    int wanted = Integer.getInteger("crash.kills", SHORT.kills());
    int kills = 0;
    for (int stories = 1; kills < wanted; stories++, seed++) {
      Path directory = CrashStory.directory(Path.of("target", "crash"), seed);
      CrashStory.Outcome outcome = new CrashStory(seed, SHORT, directory, CrashStory::five).run();
      kills += outcome.kills();
      System.out.println(outcome.report());
      System.out.printf("  %d kills in %d stories so far%n", kills, stories);
      assertThat(outcome.faults()).as("replay with -Dcrash.seed=" + seed).isEmpty();
    }
  }
}
