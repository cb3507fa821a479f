package io.rowhook.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("feature-23")
class ResyncPaceTest {

  private final ResyncPace pace = new ResyncPace();
  private long now = TimeUnit.DAYS.toNanos(1);

  @Test
  void aRecipientThatTakesAllAtOnceIsGivenMore() {
    for (int i = 0; i < 10; i++) {
      assertThat(pace.mayGoOn(5, now)).isTrue();
    }
    assertThat(pace.size()).isEqualTo(ResyncPace.MOST);
  }

  @Test
  void oneThatTakesFewIsGivenFewSoThatItsOwnChangesDoNotWait() {
    for (int i = 0; i < 10; i++) {
      assertThat(pace.mayGoOn(pace.size() + 51L, now)).isFalse();
      assertThat(pace.isLong(now)).isFalse();
      now += TimeUnit.SECONDS.toNanos(2);
      assertThat(pace.isLong(now)).isTrue();
      assertThat(pace.mayGoOn(0, now)).isTrue();
      assertThat(pace.isLong(now)).isFalse();
    }
    assertThat(pace.size()).isEqualTo(ResyncPace.LEAST);
    assertThat(pace.mayGoOn(51, now)).isFalse();
  }
}
