package io.rowhook.admin.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.JournalEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whose bodies cannot be made, and for how long that is known. */
class RenderingWatchTest {

  private static final Instant NOON = Instant.parse("2026-05-24T12:00:00Z");
  private static final DeliveryState BROKEN = new DeliveryState.Failed("Order.jslt:1:8: no number");

  private final RenderingWatch watch = new RenderingWatch();

  private void settled(String recipient, @Nullable String body, DeliveryState state) {
    Event event =
        new Event("evt_1", "Order", "7", EventType.Updated, NOON, Position.START, new byte[0]);
    Attempt attempt =
        new Attempt(1, NOON, Duration.ZERO, "r", null, null, null, "Order.jslt", body);
    watch.settled(recipient, new JournalEntry(1, event), attempt, state);
  }

  private Iterable<String> failing(Duration later, String... recipients) {
    return watch.failing(NOON.plus(later), Set.of(recipients)).stream()
        .map(RenderingWatch.Failing::recipient)
        .toList();
  }

  @Test
  void knownUntilOneIsMadeOrForMinutes() {
    settled("shop", null, BROKEN);
    settled("stock", null, BROKEN);
    assertThat(failing(Duration.ZERO, "shop", "stock")).containsExactlyInAnyOrder("shop", "stock");
    settled("shop", "b0d1", new DeliveryState.Delivered());
    assertThat(failing(Duration.ZERO, "shop", "stock")).containsExactly("stock");
    assertThat(failing(RenderingWatch.KNOWN.plusSeconds(1), "shop", "stock")).isEmpty();
  }

  @Test
  void forgottenWithItsRecipient() {
    settled("shop", null, BROKEN);
    settled("stock", null, BROKEN);
    assertThat(failing(Duration.ZERO, "shop")).containsExactly("shop");
    assertThat(failing(Duration.ZERO, "shop", "stock")).as("made anew").containsExactly("shop");
  }
}
