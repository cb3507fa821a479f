package io.rowhook.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.capture.Lsn;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AheadTest {

  private static final Transaction TRANSACTION = new Transaction(new Lsn(300), 7, Instant.EPOCH);

  private final List<String> taken = new ArrayList<>();
  private final Thread caller = Thread.currentThread();

  private final Outcome outcome =
      new Outcome() {
        @Override
        public Transaction transaction() {
          return TRANSACTION;
        }

        @Override
        public void event(Event event) {
          assertThat(Thread.currentThread()).isSameAs(caller);
          taken.add(event.entityId());
        }

        @Override
        public void reject(RejectedRow row) {
          throw new AssertionError(row);
        }
      };

  private static Event event(String entityId) {
    return new Event(
        "evt_" + entityId,
        "Article",
        entityId,
        EventType.Created,
        Instant.EPOCH,
        new Lsn(300),
        new byte[0]);
  }

  @Test
  void chunksAreMadeOneAfterTheOtherAndTakenInOrder() {
    AtomicInteger atOnce = new AtomicInteger();
    try (Ahead<Runnable> ahead = new Ahead<>(outcome, Runnable::run)) {
      for (int i = 0; i < 200; i++) {
        String id = "" + i;
        ahead.begin(chunk ->
            () -> {
              assertThat(atOnce.incrementAndGet()).isEqualTo(1);
              chunk.event(event(id + "a"));
              Thread.onSpinWait();
              chunk.event(event(id + "b"));
              atOnce.decrementAndGet();
            });
      }
      ahead.end();
    }
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      all.add(i + "a");
      all.add(i + "b");
    }
    assertThat(taken).containsExactlyElementsOf(all);
  }

  /** The point of it: a chunk is taken while the next is being made. */
  @Test
  void oneIsMadeWhileTheOneBeforeIsTaken() {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (Ahead<Runnable> ahead = new Ahead<>(outcome, Runnable::run)) {
      ahead.begin(chunk -> () -> chunk.event(event("1")));
      ahead.begin(chunk ->
          () -> {
            begun.countDown();
            await(goOn);
            chunk.event(event("2"));
          });
      await(begun);
      assertThat(taken).containsExactly("1");
      goOn.countDown();
      ahead.end();
    }
    assertThat(taken).containsExactly("1", "2");
  }

  @Test
  void whatGoesWrongIsThrownAsItIsAndNothingBehindItIsTaken() {
    IllegalStateException why = new IllegalStateException("the source does not answer");
    assertThatThrownBy(
            () -> {
              try (Ahead<Runnable> ahead = new Ahead<>(outcome, Runnable::run)) {
                ahead.begin(chunk -> () -> chunk.event(event("1")));
                ahead.begin(_ ->
                    () -> {
                      throw why;
                    });
                ahead.begin(chunk -> () -> chunk.event(event("3")));
                ahead.end();
              }
            })
        .isSameAs(why);
    assertThat(taken).containsExactly("1");
  }

  /** Else a chunk would be made while whoever has closed it tries the next time. */
  @Test
  void closingWaitsForTheChunkThatIsBeingMade() {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicInteger made = new AtomicInteger();
    try (Ahead<Runnable> ahead = new Ahead<>(outcome, Runnable::run)) {
      ahead.begin(_ ->
          () -> {
            begun.countDown();
            long end = System.nanoTime() + Duration.ofMillis(100).toNanos();
            while (System.nanoTime() < end) {
              Thread.onSpinWait();
            }
            made.incrementAndGet();
          });
      await(begun);
    }
    assertThat(made).hasValue(1);
    assertThat(taken).isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
