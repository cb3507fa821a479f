package io.rowhook.webhook.dispatch;

import io.rowhook.webhook.RecipientDispatcher;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands until a test moves it. */
final class MovedClock implements InstantSource {

  private final AtomicReference<Instant> now;

  MovedClock(Instant start) {
    now = new AtomicReference<>(start);
  }

  @Override
  public Instant instant() {
    return Objects.requireNonNull(now.get());
  }

  void forward(RecipientDispatcher dispatcher, Duration by) {
    now.updateAndGet(time -> time.plus(by));
    dispatcher.published(); // the clock was moved; nobody else would tell
  }
}
