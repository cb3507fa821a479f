package io.rowhook.journal.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process as a member of one of the two groups, by which Kafka decides who owns which
 * partition. It reads nothing; one thread of its own keeps it a member.
 */
final class GroupMember implements AutoCloseable {

  /** Told by the member's thread, which goes on when it returns. */
  interface Listener {

    /** It is to own these, once nobody else can write them any more and all of them is read. */
    void assigned(Collection<TopicPartition> partitions);

    /** It is to own these no more, and Kafka waits for it. */
    void revoked(Collection<TopicPartition> partitions) throws InterruptedException;

    /** It is a member for sure again, after it did not know for a while. */
    void renewed();

    /** Others may own these already. */
    void lost(Collection<TopicPartition> partitions) throws InterruptedException;
  }

  /** What is done before it joins. */
  interface Before {
    void run() throws InterruptedException;
  }

  private interface Told {
    void of(Collection<TopicPartition> partitions) throws InterruptedException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(GroupMember.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration REJOIN = Duration.ofSeconds(1);

  /**
   * After so long without an answer it gives up what it owns, which others have had for long: what
   * captures lets go of the source then. Longer than a round of the group may take in which all
   * wait for one.
   */
  private static final Duration SILENCE = Clients.SESSION.multipliedBy(3);

  /** How long Kafka may take to hear that it leaves. */
  private static final Duration LEAVING = Duration.ofSeconds(5);

  private final Clients clients;
  private final String group;
  private final String topic;
  private final Ownership ownership;
  private final Listener listener;
  private final Lease lease;
  private final Thread thread;

  // The thread's only; System.nanoTime.
  private long heard; // of the group
  private long looked; // for answers
  private @Nullable Long confirmed; // it was a member then; not told yet

  private Before before = () -> {};
  private final CountDownLatch closed = new CountDownLatch(1);

  GroupMember(
      Clients clients,
      String group,
      String topic,
      Ownership ownership,
      Lease lease,
      Listener listener) {
    this.clients = clients;
    this.group = group;
    this.topic = topic;
    this.ownership = ownership;
    this.lease = lease;
    this.listener = listener;
    thread = Thread.ofPlatform().daemon().name("kafka-member-" + topic).unstarted(this::run);
  }

  /**
   * Joins the group.
   *
   * @param first what its thread does before, which may wait
   */
  void start(Before first) {
    before = first;
    thread.start();
  }

  private void run() {
    try {
      before.run();
      do {
        try {
          beMember();
        } catch (KafkaException e) {
          LOG.warn("group {} of Kafka: {}; joining again", group, e.getMessage());
        } catch (RuntimeException e) {
          LOG.error("group {} of Kafka: joining again", group, e);
        }
      } while (!closed.await(REJOIN.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void beMember() {
    Consumer<byte[], byte[]> consumer = clients.member(group);
    try {
      join(consumer);
    } finally {
      consumer.close(CloseOptions.timeout(LEAVING)); // which gives back what is owned
      lease.end(topic);
    }
  }

  /**
   * Returns when it is closed, or has had no sign of being a member for so long that it is none.
   */
  private void join(Consumer<byte[], byte[]> consumer) {
    Rebalances rebalances = new Rebalances(consumer);
    consumer.subscribe(List.of(topic), rebalances);
    heard = System.nanoTime();
    looked = heard;
    confirmed = null;
    Heartbeats heartbeats = new Heartbeats(answers(consumer));
    while (closed.getCount() > 0) {
      heartbeats.look();
      consumer.poll(POLL);
      ownership.member(topic, consumer.groupMetadata());
      Long since = confirmed; // and the poll did not say that it is none
      if (since != null) {
        confirmed = null;
        renewed(since);
      }
      if (System.nanoTime() - heard > SILENCE.toNanos() && ownership.ownsOf(topic)) {
        LOG.warn(
            "{}: Kafka has not answered for {} s: this instance gives up its share until it does",
            topic,
            SILENCE.toSeconds());
        rebalances.over = true;
        return;
      }
    }
  }

  /**
   * The client counts all answers to heartbeats, also those that say that it is no member any more,
   * and one may have lain there while the process was stopped. So it takes a third one: the second
   * was good then, since none follows one that was not, and was asked for after the first had come.
   */
  private final class Heartbeats {

    private final Metric answers;
    private double count;
    private @Nullable Long last; // System.nanoTime: an answer came later than that
    private @Nullable Long lastButOne;

    private Heartbeats(Metric answers) {
      this.answers = answers;
    }

    private void look() {
      long before = looked;
      looked = System.nanoTime();
      double now = (Double) answers.metricValue();
      if (now > count) {
        count = now;
        heard = looked;
        confirmed = lastButOne;
        lastButOne = last;
        last = before;
      }
    }
  }

  private void renewed(long since) {
    if (lease.renewed(topic, since)) {
      listener.renewed();
    }
  }

  /** The count of answers to heartbeats. */
  private static Metric answers(Consumer<byte[], byte[]> consumer) {
    return consumer.metrics().entrySet().stream()
        .filter(one -> one.getKey().name().equals("heartbeat-total"))
        .findFirst()
        .map(Map.Entry::getValue)
        .orElseThrow(() -> new IllegalStateException("Kafka's client counts no heartbeats"));
  }

  private final class Rebalances implements ConsumerRebalanceListener {

    private final Consumer<byte[], byte[]> consumer;

    /** It was no member for so long that others have what it owned. */
    private boolean over;

    private Rebalances(Consumer<byte[], byte[]> consumer) {
      this.consumer = consumer;
    }

    private void tell(Told told, Collection<TopicPartition> partitions) {
      try {
        told.of(partitions);
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      ownership.member(topic, consumer.groupMetadata());
      heard = System.nanoTime();
      renewed(looked);
      if (!partitions.isEmpty()) {
        consumer.pause(partitions);
        partitions.forEach(partition -> consumer.seek(partition, 0));
        LOG.debug("{}: this instance is to have {} partitions more", topic, partitions.size());
        tell(listener::assigned, partitions);
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (over) {
        onPartitionsLost(partitions);
      } else if (!partitions.isEmpty()) {
        LOG.debug("{}: this instance is to have {} partitions less", topic, partitions.size());
        // The group is a generation further: what came of the last deliveries is written as that.
        ownership.member(topic, consumer.groupMetadata());
        tell(listener::revoked, partitions);
      }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        LOG.warn(
            "{}: this instance has lost {} of its partitions to others", topic, partitions.size());
        confirmed = null;
        tell(listener::lost, partitions);
      }
    }
  }

  /** Leaves the group, so that others have at once what it owned. */
  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join(Duration.ofSeconds(40));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
