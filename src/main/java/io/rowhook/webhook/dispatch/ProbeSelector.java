package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.journal.DeliveryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The probe of a paused recipient: one delivery, alone, whose outcome says whether the recipient is
 * back.
 *
 * <p>In sequential processing it is the oldest one. In parallel processing it is the oldest that
 * was not tried so yet, one of each entity; then the one with the fewest attempts. One whose retry
 * is not due comes last. So a delivery that always fails does not keep all others waiting.
 */
final class ProbeSelector implements DeliverySelector {

  /** Candidates are looked for among so many deliveries. */
  private static final int LOOKED_AT = 256;

  /** Beyond any delay. */
  private static final Duration WHENEVER_DUE = Duration.ofDays(365);

  private final DeliveryBuffer buffer;
  private final DeliveryStore store;
  private final OnDisk onDisk;
  private boolean nothingOpen;

  ProbeSelector(DeliveryBuffer buffer, DeliveryStore store) {
    this.buffer = buffer;
    this.store = store;
    this.onDisk = new OnDisk(buffer.queue().byReferences(), store);
  }

  @Override
  public void settled(Delivery delivery) {
    buffer.queue().settled(delivery);
    nothingOpen = false;
  }

  @Override
  public void failed(Delivery delivery) {
    buffer.queue().failed(delivery);
    nothingOpen = false;
  }

  @Override
  public void deliveriesChanged() {
    nothingOpen = false;
  }

  @Override
  public void refill(Instant now) throws InterruptedException {
    if (buffer.queue().size() > 0 || (nothingOpen && !buffer.wantsMore())) {
      return;
    }
    var next = buffer.inCommitOrder() ? buffer.oldest() : candidate(now);
    nothingOpen = next.isEmpty();
    next.ifPresent(buffer::load);
  }

  /** Which one to probe with, in parallel processing. */
  private Optional<Delivery> candidate(Instant now) throws InterruptedException {
    buffer.flush();
    onDisk.flushed();
    onDisk.changed();
    Optional<Delivery> fresh = buffer.oldestFresh();
    Optional<Delivery> best = bestOnDisk(now, fresh);
    boolean isOldest =
        best.filter(delivery -> rank(delivery, now) == 0)
            .filter(
                delivery -> fresh.isEmpty() || delivery.entry().sequence() < fresh.get().sequence())
            .isPresent();
    return isOldest ? best : firstFree().or(() -> best);
  }

  /** Of the deliveries on disk that come first of their entity, the one to probe with. */
  private Optional<Delivery> bestOnDisk(Instant now, Optional<Delivery> fresh) {
    Map<String, Delivery> first = new HashMap<>(); // by entity
    Stream.of(
            store.oldestOpen().stream(),
            store.due(now.plus(WHENEVER_DUE), LOOKED_AT).stream(),
            store.waitingNotBlocked(LOOKED_AT).stream())
        .flatMap(deliveries -> deliveries)
        .forEach(delivery ->
            first.computeIfAbsent(
                delivery.entry().event().entityKey(),
                key -> store.oldestOpen(key).orElse(delivery)));
    return first.values().stream()
        .filter(delivery -> isFreeOnDisk(delivery, fresh))
        .min(
            Comparator.comparingLong((Delivery delivery) -> rank(delivery, now))
                .thenComparingLong(delivery -> delivery.entry().sequence()));
  }

  /** 0 for one that is due and no probe was made with yet; the higher, the later. */
  private static long rank(Delivery delivery, Instant now) {
    long tried = delivery.trials() == 0 ? 0 : delivery.attempts();
    boolean due = !(delivery.state() instanceof Retrying(Instant at) && at.isAfter(now));
    return due ? tried : Integer.MAX_VALUE + tried;
  }

  /**
   * The oldest that was not taken in yet and that nothing on disk comes before. Those that
   * something does are put aside on the way.
   */
  private Optional<Delivery> firstFree() throws InterruptedException {
    for (int looked = 0; looked < LOOKED_AT; looked++) {
      Optional<Delivery> fresh = buffer.oldestFresh();
      if (fresh.isEmpty() || isFree(fresh.get())) {
        return fresh;
      }
      Optional<String> behind = onDisk.behind(fresh.get().entry());
      buffer.finish(fresh.get(), state -> state.toBlocked(behind.orElse(null)));
      onDisk.put(fresh.get().entry(), behind);
    }
    return Optional.empty();
  }

  private boolean isFree(Delivery fresh) {
    return store
            .oldestOpen(fresh.entityKey())
            .filter(open -> open.entry().sequence() < fresh.sequence())
            .isEmpty()
        && !onDisk.isQueued(fresh.entry())
        && onDisk.behind(fresh.entry()).isEmpty();
  }

  /** By what it names; what comes before it is to be read for that. */
  private boolean isFreeOnDisk(Delivery delivery, Optional<Delivery> fresh) {
    if (!onDisk.waits(delivery)) {
      return true;
    }
    boolean isRead = fresh.filter(f -> f.sequence() < delivery.sequence()).isEmpty();
    return isRead && onDisk.behind(delivery).isEmpty();
  }

  @Override
  public boolean wantsMore() {
    return buffer.queue().size() == 0 && buffer.wantsMore();
  }

  @Override
  public Instant nextCheck() {
    return Instant.MAX;
  }
}
