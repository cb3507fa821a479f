package io.rowhook.journal.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What Kafka says late, or not at all, of partitions that come and go. */
class RequestsTest {

  private static final TopicPartition ONE = new TopicPartition("rows.deliveries", 1);
  private static final TopicPartition TWO = new TopicPartition("rows.deliveries", 2);
  private static final TopicPartition EVENTS = new TopicPartition("rows.events", 0);

  private final List<CompletableFuture<Map<TopicPartition, Long>>> questions = new ArrayList<>();
  private final Requests requests = new Requests((topic, partitions) -> question());

  private CompletableFuture<Map<TopicPartition, Long>> question() {
    CompletableFuture<Map<TopicPartition, Long>> question = new CompletableFuture<>();
    questions.add(question);
    return question;
  }

  /** What is complete where all of these is read up to there. */
  private Set<TopicPartition> complete(long position) {
    Set<TopicPartition> complete = new HashSet<>();
    requests.complete((partition, end) -> position >= end, complete::addAll);
    return complete;
  }

  @Test
  void itIsAskedOnceAndCompleteWhenReadToThere() {
    requests.acquire(Set.of(ONE, TWO));
    requests.askForEnds();
    requests.askForEnds();
    assertThat(questions).hasSize(1);

    assertThat(complete(100)).isEmpty();
    questions.getFirst().complete(Map.of(ONE, 5L, TWO, 9L));
    requests.askForEnds();
    assertThat(complete(8)).containsExactly(ONE);
    assertThat(complete(9)).containsExactly(TWO);
    assertThat(complete(9)).isEmpty();
  }

  @Test
  void eachTopicIsAskedForByItself() {
    requests.acquire(Set.of(ONE));
    requests.acquire(Set.of(EVENTS));
    requests.askForEnds();

    assertThat(questions).hasSize(2);
  }

  @Test
  void whatWasCancelledDoesNotBecomeComplete() {
    requests.acquire(Set.of(ONE, TWO));
    requests.askForEnds();
    requests.cancel(Set.of(ONE));
    questions.getFirst().complete(Map.of(ONE, 5L, TWO, 5L));
    requests.askForEnds();

    assertThat(complete(5)).containsExactly(TWO);
  }

  @Test
  void anAnswerFromBeforeItWasGivenAwayIsNone() {
    requests.acquire(Set.of(ONE));
    requests.askForEnds();
    requests.cancel(Set.of(ONE));
    requests.acquire(Set.of(ONE)); // another has written it meanwhile
    questions.getFirst().complete(Map.of(ONE, 5L));
    requests.askForEnds();
    assertThat(complete(5)).isEmpty();

    assertThat(questions).hasSize(2);
    questions.getLast().complete(Map.of(ONE, 7L));
    requests.askForEnds();
    assertThat(complete(6)).isEmpty();
    assertThat(complete(7)).containsExactly(ONE);
  }

  @Test
  void whatNobodyAnswersIsAskedAgainAfterAWhile() throws Exception {
    requests.acquire(Set.of(ONE));
    requests.askForEnds();
    questions.getFirst().completeExceptionally(new IllegalStateException("nobody answers"));
    requests.askForEnds();
    assertThat(questions).hasSize(1); // not at once

    while (questions.size() == 1) {
      requests.askForEnds();
      Thread.sleep(10);
    }
    questions.getLast().complete(Map.of(ONE, 5L));
    requests.askForEnds();
    assertThat(complete(5)).containsExactly(ONE);
  }
}
