package io.rowhook.journal.sqlite;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is written together: outcomes wait for each other, but nobody waits for them. */
class WriteQueueTest {

  private static final Duration NEVER = Duration.ofHours(1);

  private static final CommitGroup FILE = CommitGroup.OF_FILE;

  private final WriteQueue queue = queue(FILE, NEVER);

  private final ExecutorService writer = Executors.newSingleThreadExecutor();

  /** Interrupted: a test that finds the writer waiting is to fail, and not to wait with it. */
  @AfterEach
  void stopTheWriter() {
    writer.shutdownNow();
  }

  /** Gathers as a file's or brokers' does, but for another time. */
  private static WriteQueue queue(CommitGroup as, Duration gathering) {
    return new WriteQueue(
        new SqliteErrorTranslator(Path.of("journal.db")),
        new CommitGroup(as.worth(), as.alone(), as.along(), gathering));
  }

  private static WriteTask<Boolean> outcome(boolean awaited) {
    return WriteTask.patient(sql -> true, awaited, _ -> {}, why -> {});
  }

  private Future<List<WriteTask<?>>> taken(WriteQueue queue) {
    return writer.submit(() -> queue.next());
  }

  @Test
  void outcomesGoTogetherAfterAWhile() throws Exception {
    Duration gathering = Duration.ofMillis(300);
    WriteQueue soon = queue(FILE, gathering);
    long began = System.nanoTime();
    soon.add(outcome(false));
    Future<List<WriteTask<?>>> group = taken(soon);
    soon.add(outcome(false));

    assertThat(group.get(30, TimeUnit.SECONDS)).isNotEmpty();
    assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(gathering.toNanos());
  }

  @Test
  void outcomesGoWithAWriteThatSomeoneWaitsFor() throws Exception {
    queue.add(outcome(false));
    queue.add(WriteTask.urgent(sql -> true));

    assertThat(taken(queue).get(30, TimeUnit.SECONDS)).hasSize(2);
  }

  @Test
  void anAwaitedOutcomeTakesThoseBeforeItAlong() throws Exception {
    queue.add(outcome(false));
    Future<List<WriteTask<?>>> group = taken(queue);
    queue.add(outcome(true));

    assertThat(group.get(30, TimeUnit.SECONDS)).hasSize(2);
  }

  @Test
  void nobodyWaitsAnyMoreWhenWhatWasAwaitedIsWritten() throws Exception {
    queue.add(outcome(true));
    taken(queue).get(30, TimeUnit.SECONDS).forEach(queue::remove);
    queue.add(outcome(false));
    Future<List<WriteTask<?>>> group = taken(queue);

    assertThatThrownBy(() -> group.get(200, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    queue.close();
    assertThat(group.get(30, TimeUnit.SECONDS)).hasSize(1);
  }

  @Test
  void aFullGroupDoesNotWait() throws Exception {
    Future<List<WriteTask<?>>> group = taken(queue);
    for (int i = 0; i < FILE.worth(); i++) {
      queue.add(outcome(false));
    }

    assertThat(group.get(30, TimeUnit.SECONDS)).hasSize(FILE.alone());
  }

  @Test
  void newEventsDoNotWaitForTheOutcomesOfABacklog() throws Exception {
    for (int i = 0; i < 3 * FILE.worth(); i++) {
      queue.add(outcome(false));
    }
    WriteTask<Boolean> events = WriteTask.urgent(sql -> true);
    queue.add(events);

    List<WriteTask<?>> first = taken(queue).get(30, TimeUnit.SECONDS);
    assertThat(first).hasSize(1 + FILE.along()).startsWith(events);
    first.forEach(queue::remove);
    assertThat(taken(queue).get(30, TimeUnit.SECONDS)).hasSize(FILE.alone());
  }

  @Test
  void withBrokersEventsGoWithoutOutcomesAndInTurnWithThem() throws Exception {
    WriteQueue brokers = queue(CommitGroup.OF_BROKERS, Duration.ZERO);
    List<WriteTask<Boolean>> outcomes = Stream.generate(() -> outcome(false)).limit(100).toList();
    for (WriteTask<Boolean> one : outcomes) {
      brokers.add(one);
    }
    for (int i = 0; i < 3; i++) {
      brokers.add(WriteTask.urgent(sql -> true));
    }

    List<WriteTask<?>> events = taken(brokers).get(30, TimeUnit.SECONDS);
    assertThat(events).hasSize(3).noneMatch(WriteTask::isPatient);
    WriteTask<Boolean> next = WriteTask.urgent(sql -> true);
    brokers.add(next);
    events.forEach(brokers::remove);
    List<WriteTask<?>> turn = taken(brokers).get(30, TimeUnit.SECONDS);
    assertThat(turn).isEqualTo(outcomes);
    turn.forEach(brokers::remove);
    assertThat(taken(brokers).get(30, TimeUnit.SECONDS)).singleElement().isSameAs(next);
  }

  @Test
  void withBrokersOutcomesWaitForMoreThoughThereAreEvents() throws Exception {
    WriteQueue brokers = queue(CommitGroup.OF_BROKERS, NEVER);
    brokers.add(outcome(false));
    for (int i = 0; i < 3; i++) {
      brokers.add(WriteTask.urgent(sql -> true));
      List<WriteTask<?>> group = taken(brokers).get(30, TimeUnit.SECONDS);
      assertThat(group).hasSize(1).noneMatch(WriteTask::isPatient);
      group.forEach(brokers::remove);
    }
    brokers.close();
    assertThat(taken(brokers).get(30, TimeUnit.SECONDS))
        .singleElement()
        .matches(WriteTask::isPatient);
  }

  @Test
  void whatIsLeftDoesNotWaitForMoreWhereItIsDrained() throws Exception {
    WriteQueue brokers = queue(CommitGroup.OF_BROKERS, NEVER);
    brokers.add(outcome(false));
    Future<List<WriteTask<?>>> group = taken(brokers);
    assertThatThrownBy(() -> group.get(200, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    Thread draining =
        Thread.ofVirtual().start(() -> Uninterruptibles.call(() -> drained(brokers, NEVER)));

    group.get(30, TimeUnit.SECONDS).forEach(brokers::remove);
    assertThat(draining.join(Duration.ofSeconds(30))).isTrue();
    brokers.add(outcome(false));
    assertThat(drained(brokers, Duration.ofMillis(10))).as("nobody takes it").isTrue();
    assertThat(brokers.holdsPatient()).isTrue();
  }

  private static boolean drained(WriteQueue queue, Duration within) throws InterruptedException {
    queue.drain(within);
    return true;
  }

  @Test
  void whatGoesApartGoesFirstAndInTurnWithTheOthers() throws Exception {
    WriteTask<Boolean> events = WriteTask.urgent(sql -> true);
    queue.add(events);
    List<WriteTask<Boolean>> followed =
        List.of(WriteTask.apart(sql -> true), WriteTask.apart(sql -> true));
    for (WriteTask<Boolean> one : followed) {
      queue.add(one);
    }

    for (WriteTask<Boolean> one : List.of(followed.getFirst(), events, followed.getLast())) {
      List<WriteTask<?>> group = taken(queue).get(30, TimeUnit.SECONDS);
      assertThat(group).singleElement().isSameAs(one);
      group.forEach(queue::remove);
    }
  }

  @Test
  void whatGoesApartIsNotLeftWhenItCloses() throws Exception {
    for (int i = 0; i < 2; i++) {
      queue.add(WriteTask.apart(sql -> true));
    }
    queue.close();

    for (int left : List.of(1, 1, 0)) {
      List<WriteTask<?>> group = taken(queue).get(30, TimeUnit.SECONDS);
      assertThat(group).hasSize(left);
      group.forEach(queue::remove);
    }
  }

  @Test
  void whatIsLeftGoesWhenItCloses() throws Exception {
    queue.add(outcome(false));
    queue.close();

    assertThat(taken(queue).get(30, TimeUnit.SECONDS)).hasSize(1);
  }
}
