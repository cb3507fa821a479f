package io.rowhook.journal.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the members of the groups ask the follower to do: to read partitions to their end, and then
 * no further; or to read them on. Any thread; the follower's answers, and never waits for Kafka.
 */
final class Requests {

  private static final Logger LOG = LoggerFactory.getLogger(Requests.class);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  /**
   * A question to Kafka.
   *
   * @param of the partitions, and as what they were to come when it was asked
   * @param ends where they end
   */
  private record Asked(
      Map<TopicPartition, Long> of, CompletableFuture<Map<TopicPartition, Long>> ends) {}

  /** Tells where partitions of a topic end that are to be acquired; see {@link TopicSetup}. */
  interface Ends {
    CompletableFuture<Map<TopicPartition, Long>> of(String topic, Set<TopicPartition> partitions);
  }

  private final Ends ends;

  // Guarded by this.
  private final Map<TopicPartition, Long> wanted = new HashMap<>(); // and up to where to read it
  private final Set<TopicPartition> released = new HashSet<>();
  private long number;

  /**
   * Whose end is still to be asked for, each time under another number: what Kafka said before it
   * was given away and came back is no answer.
   */
  private final Map<TopicPartition, Long> coming = new HashMap<>();

  // The follower's thread only.
  private final List<Asked> asked = new ArrayList<>();
  private long notBefore = System.nanoTime();

  Requests(Ends ends) {
    this.ends = ends;
  }

  /**
   * Read these to their end, which nobody else moves any more, and then no further. Where that is
   * the thread asks, until Kafka answers.
   */
  synchronized void acquire(Collection<TopicPartition> partitions) {
    released.addAll(partitions); // others may have had them since they were its own
    number++;
    partitions.forEach(partition -> coming.put(partition, number));
  }

  /** These are not to be acquired after all; nothing is said of them when it returns. */
  synchronized void cancel(Collection<TopicPartition> partitions) {
    coming.keySet().removeAll(partitions);
    wanted.keySet().removeAll(partitions);
  }

  /** Read these on from where the file has them: others write them. */
  synchronized void release(Collection<TopicPartition> partitions) {
    released.addAll(partitions);
  }

  /**
   * Asks where those that are to be acquired end, and hears what has come of earlier questions; one
   * that has failed is asked anew.
   */
  void askForEnds() {
    asked.removeIf(this::isHeard);
    if (System.nanoTime() - notBefore >= 0) {
      unasked()
          .forEach(
              (topic, numbers) -> asked.add(new Asked(numbers, ends.of(topic, numbers.keySet()))));
    }
  }

  /** Those of which no question is under way, by their topics. */
  private synchronized Map<String, Map<TopicPartition, Long>> unasked() {
    return coming.entrySet().stream()
        .filter(one -> asked.stream().noneMatch(other -> isOf(other, one)))
        .collect(
            Collectors.groupingBy(
                one -> one.getKey().topic(),
                Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /** Whether someone waits for a partition. */
  synchronized boolean isWaiting() {
    return !coming.isEmpty() || !wanted.isEmpty();
  }

  private static boolean isOf(Asked asked, Map.Entry<TopicPartition, Long> one) {
    return asked.of().entrySet().contains(one);
  }

  private boolean isHeard(Asked one) {
    switch (one.ends().state()) {
      case RUNNING -> {
        return false;
      }
      case SUCCESS -> answered(one.of(), one.ends().resultNow());
      case FAILED, CANCELLED -> {
        notBefore = System.nanoTime() + AGAIN.toNanos();
        LOG.warn(
            "{}. What falls to this instance waits for it", one.ends().exceptionNow().getMessage());
      }
    }
    return true;
  }

  private synchronized void answered(Map<TopicPartition, Long> of, Map<TopicPartition, Long> all) {
    of.forEach((partition, as) -> {
      if (coming.remove(partition, as)) { // else it was cancelled
        wanted.put(partition, Offsets.of(all, partition));
      }
    });
  }

  /** Which of those that are not read are to be read on; each is said once. */
  synchronized Set<TopicPartition> released(Set<TopicPartition> unread) {
    released.retainAll(unread);
    Set<TopicPartition> again = Set.copyOf(released);
    released.clear();
    return again;
  }

  /**
   * Tells of those that are read to their end. None of these can be cancelled meanwhile.
   *
   * @param isRead by partition and end
   */
  synchronized void complete(
      BiPredicate<TopicPartition, Long> isRead, Consumer<Set<TopicPartition>> told) {
    Set<TopicPartition> complete = new HashSet<>();
    wanted.forEach((partition, end) -> {
      if (isRead.test(partition, end)) {
        complete.add(partition);
      }
    });
    wanted.keySet().removeAll(complete);
    released.removeAll(complete);
    if (!complete.isEmpty()) {
      told.accept(complete);
    }
  }
}
