package io.rowhook.journal.kafka;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Which partitions this process may write, and as which member of their groups: Kafka refuses a
 * transaction of a member that is none any more. Set by the threads of the members and of the
 * follower, read by any.
 */
final class Ownership {

  /** By topic. */
  private final Map<String, ConsumerGroupMetadata> members = new ConcurrentHashMap<>();

  private volatile Set<TopicPartition> owned = Set.of();

  /** Of those that it owns: still written, but not worked at any more. */
  private volatile Set<TopicPartition> leaving = Set.of();

  boolean owns(TopicPartition partition) {
    return owned.contains(partition);
  }

  /** Whether it owns any partition of a topic. */
  boolean ownsOf(String topic) {
    return owned.stream().anyMatch(partition -> partition.topic().equals(topic));
  }

  /** Whether it is worked at here. */
  boolean serves(TopicPartition partition) {
    return owned.contains(partition) && !leaving.contains(partition);
  }

  /** Whether it is given back just now: it becomes no other member before that is done. */
  boolean isLeaving(TopicPartition partition) {
    return leaving.contains(partition);
  }

  synchronized void leave(Collection<TopicPartition> partitions) {
    Set<TopicPartition> next = new HashSet<>(leaving);
    next.addAll(partitions);
    leaving = Set.copyOf(next);
    notifyAll();
  }

  Set<TopicPartition> owned() {
    return owned;
  }

  synchronized void add(Collection<TopicPartition> partitions) {
    Set<TopicPartition> next = new HashSet<>(owned);
    next.addAll(partitions);
    owned = Set.copyOf(next);
    stay(partitions);
  }

  private void stay(Collection<TopicPartition> partitions) {
    Set<TopicPartition> next = new HashSet<>(leaving);
    next.removeAll(partitions);
    leaving = Set.copyOf(next);
  }

  synchronized void remove(Collection<TopicPartition> partitions) {
    Set<TopicPartition> next = new HashSet<>(owned);
    next.removeAll(partitions);
    owned = Set.copyOf(next);
    stay(partitions);
    notifyAll();
  }

  /** As whom it may write a topic's partitions from now on. */
  synchronized void member(String topic, ConsumerGroupMetadata member) {
    if (!member.equals(members.put(topic, member))) {
      notifyAll();
    }
  }

  /** As whom it writes a topic's partitions; null: it is no member. */
  @Nullable ConsumerGroupMetadata member(String topic) {
    return members.get(topic);
  }

  /**
   * Waits until it is another member than this, or will be none before the partition is given back;
   * so long at most.
   */
  synchronized void awaitOther(
      TopicPartition partition, @Nullable ConsumerGroupMetadata than, long millis)
      throws InterruptedException {
    long until = System.nanoTime() + millis * 1_000_000;
    long left = millis;
    while (left > 0
        && owned.contains(partition)
        && !isLeaving(partition)
        && Objects.equals(members.get(partition.topic()), than)) {
      wait(left);
      left = (until - System.nanoTime()) / 1_000_000;
    }
  }
}
