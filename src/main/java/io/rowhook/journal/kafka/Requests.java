package io.rowhook.journal.kafka;

import io.rowhook.journal.JournalException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the members of the groups ask the follower to do: to read partitions to their end, and then
 * no further; or to read them on. Any thread; the follower's answers.
 */
final class Requests {

  private static final Logger LOG = LoggerFactory.getLogger(Requests.class);

  // Guarded by this.
  private final Map<TopicPartition, Long> wanted = new HashMap<>(); // and up to where to read it
  private final Set<TopicPartition> released = new HashSet<>();
  private final Set<TopicPartition> coming = new HashSet<>(); // whose end is still to be asked for

  /**
   * Read these to their end, which nobody else moves any more, and then no further. Where that is
   * the thread asks, until Kafka answers.
   */
  synchronized void acquire(Collection<TopicPartition> partitions) {
    released.addAll(partitions); // others may have had them since they were its own
    coming.addAll(partitions);
  }

  /** These are not to be acquired after all; nothing is said of them when it returns. */
  synchronized void cancel(Collection<TopicPartition> partitions) {
    coming.removeAll(partitions);
    wanted.keySet().removeAll(partitions);
  }

  /** Read these on from where the file has them: others write them. */
  synchronized void release(Collection<TopicPartition> partitions) {
    released.addAll(partitions);
  }

  /** Where those that are to be acquired end; asked again in the next round if nobody answers. */
  void askForEnds(TopicSetup setup) throws InterruptedException {
    Set<TopicPartition> asked;
    synchronized (this) {
      asked = Set.copyOf(coming);
    }
    if (asked.isEmpty()) {
      return;
    }
    Map<TopicPartition, Long> ends;
    try {
      ends = setup.ends(asked);
    } catch (JournalException e) {
      LOG.warn("{}. What falls to this instance waits for it", e.getMessage());
      return;
    }
    synchronized (this) {
      ends.keySet().retainAll(coming); // some may have been cancelled
      coming.removeAll(ends.keySet());
      wanted.putAll(ends);
    }
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
