package io.rowhook.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What is written together: outcomes wait for each other, but nobody waits for them. */
class WriteQueueTest {

  private static final Duration NEVER = Duration.ofHours(1);

  private final WriteQueue queue = new WriteQueue(new Trouble(Path.of("journal.db")), NEVER);

  private static Write<Boolean> outcome(boolean awaited) {
    return Write.patient(sql -> true, awaited, _ -> {}, why -> {});
  }

  @Test
  void outcomesGoTogetherAfterAWhile() throws Exception {
    Duration gathering = Duration.ofMillis(300);
    WriteQueue soon = new WriteQueue(new Trouble(Path.of("journal.db")), gathering);
    try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
      long began = System.nanoTime();
      soon.add(outcome(false));
      Future<List<Write<?>>> group = writer.submit(() -> soon.next(1_000));
      soon.add(outcome(false));

      assertThat(group.get()).isNotEmpty();
      assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(gathering.toNanos());
    }
  }

  @Test
  void outcomesGoWithAWriteThatSomeoneWaitsFor() throws Exception {
    queue.add(outcome(false));
    queue.add(Write.urgent(sql -> true));

    assertThat(queue.next(1_000)).hasSize(2);
  }

  @Test
  void anAwaitedOutcomeTakesThoseBeforeItAlong() throws Exception {
    try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
      queue.add(outcome(false));
      Future<List<Write<?>>> group = writer.submit(() -> queue.next(1_000));
      queue.add(outcome(true));

      assertThat(group.get(30, TimeUnit.SECONDS)).hasSize(2);
    }
  }

  @Test
  void nobodyWaitsAnyMoreWhenWhatWasAwaitedIsWritten() throws Exception {
    queue.add(outcome(true));
    queue.next(1_000).forEach(queue::remove);
    queue.add(outcome(false));
    try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
      Future<List<Write<?>>> group = writer.submit(() -> queue.next(1_000));

      assertThatThrownBy(() -> group.get(200, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      queue.close();
      assertThat(group.get(30, TimeUnit.SECONDS)).hasSize(1);
    }
  }

  @Test
  void aFullGroupDoesNotWait() throws Exception {
    try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
      Future<List<Write<?>>> group = writer.submit(() -> queue.next(1_000));
      for (int i = 0; i < WriteQueue.GATHERED; i++) {
        queue.add(outcome(false));
      }

      assertThat(group.get(30, TimeUnit.SECONDS)).hasSize(WriteQueue.GATHERED);
    }
  }

  @Test
  void whatIsLeftGoesWhenItCloses() throws InterruptedException {
    queue.add(outcome(false));
    queue.close();

    assertThat(queue.next(1_000)).hasSize(1);
  }
}
