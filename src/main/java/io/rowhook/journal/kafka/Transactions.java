package io.rowhook.journal.kafka;

import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalException.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes groups of records, each as one transaction that is there whole or not at all. It carries
 * the membership that allows it to write its partitions, so that a process which has lost them
 * without knowing cannot write them (KIP-447). The writer's thread only, once it is started.
 *
 * <p>Two producers take turns: the end of a transaction is written to all its partitions after the
 * answer to its commit, and until then Kafka holds back the next one of the same producer, 20 ms at
 * a time (its setting {@code add.partitions.to.txn.retry.backoff.ms}). What one has committed
 * stands before all that the other writes after it.
 */
final class Transactions implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

  /** How long a refused membership may take to become another one. */
  private static final Duration REJOINING = Duration.ofSeconds(30);

  /** Of the two producers' ids. */
  private static final List<String> SUFFIXES = List.of("", "-2");

  private final Clients clients;
  private final Ownership ownership;
  private final Map<String, Producer<byte[], byte[]>> producers = new HashMap<>(); // by suffix
  private int turn; // of the suffixes
  private volatile boolean closing;

  /** As whom Kafka refused to be written last, by topic. */
  private Map<String, ConsumerGroupMetadata> refused = Map.of();

  Transactions(Clients clients, Ownership ownership) {
    this.clients = clients;
    this.ownership = ownership;
  }

  /**
   * Writes records, durably.
   *
   * @param fenced those of their partitions that only their owner may write, with the place where
   *     it began
   * @return where the next record of each partition will stand, or after it
   * @throws JournalException if they are not there, and will not come
   */
  Map<TopicPartition, Long> write(
      List<ProducerRecord<byte[], byte[]>> records, Map<TopicPartition, Long> fenced)
      throws InterruptedException {
    long deadline = System.nanoTime() + REJOINING.toNanos();
    while (true) {
      Map<String, ConsumerGroupMetadata> members = members(fenced.keySet());
      if (members.equals(refused) && fenced.keySet().stream().anyMatch(ownership::isLeaving)) {
        throw notOwner(fenced.keySet().iterator().next()); // as nobody else before it is given back
      }
      try {
        return attempt(records, fenced, members);
      } catch (CommitFailedException e) {
        abort();
        TopicPartition one = fenced.keySet().iterator().next();
        refused = members;
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0 || closing) {
          throw notOwner(one);
        }
        ownership.awaitOther(one, members.get(one.topic()), Math.min(left, 200));
      } catch (KafkaException e) {
        abort();
        throw words(e);
      }
    }
  }

  private Map<String, ConsumerGroupMetadata> members(Set<TopicPartition> fenced) {
    Map<String, ConsumerGroupMetadata> members = new HashMap<>();
    for (TopicPartition partition : fenced) {
      ConsumerGroupMetadata member = ownership.member(partition.topic());
      if (member == null || !ownership.owns(partition)) {
        throw notOwner(partition);
      }
      members.put(partition.topic(), member);
    }
    return members;
  }

  private static JournalException notOwner(TopicPartition partition) {
    return new JournalException(
        Kind.TAKEN_OVER,
        "another instance of Rowhook has taken over what stands in Kafka's partition "
            + partition
            + ", so this one does not write it");
  }

  private Map<TopicPartition, Long> attempt(
      List<ProducerRecord<byte[], byte[]>> records,
      Map<TopicPartition, Long> fenced,
      Map<String, ConsumerGroupMetadata> members)
      throws InterruptedException {
    Producer<byte[], byte[]> used = producer();
    used.beginTransaction();
    List<Future<RecordMetadata>> sent = records.stream().map(used::send).toList();
    members.forEach(
        (topic, member) -> used.sendOffsetsToTransaction(offsets(topic, fenced), member));
    used.flush();
    Map<TopicPartition, Long> next = new HashMap<>();
    for (Future<RecordMetadata> one : sent) {
      RecordMetadata at = get(one);
      next.merge(new TopicPartition(at.topic(), at.partition()), at.offset() + 1, Math::max);
    }
    commit(used, next);
    turn = (turn + 1) % SUFFIXES.size();
    return next;
  }

  private static Map<TopicPartition, OffsetAndMetadata> offsets(
      String topic, Map<TopicPartition, Long> fenced) {
    return fenced.entrySet().stream()
        .filter(one -> one.getKey().topic().equals(topic))
        .collect(Collectors.toMap(Map.Entry::getKey, one -> new OffsetAndMetadata(one.getValue())));
  }

  private static RecordMetadata get(Future<RecordMetadata> sent) throws InterruptedException {
    try {
      return sent.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
    }
  }

  /** Once a commit is asked for, only Kafka can say whether it was done: so it is asked. */
  private void commit(Producer<byte[], byte[]> used, Map<TopicPartition, Long> next)
      throws InterruptedException {
    boolean said = false;
    while (true) {
      try {
        used.commitTransaction();
        return;
      } catch (TimeoutException e) {
        throwIfClosing(e);
        if (!said) {
          LOG.warn("Kafka does not say whether a commit was done; asking until it does", e);
          said = true;
        }
      } catch (CommitFailedException e) {
        throw e;
      } catch (KafkaException e) {
        LOG.warn("a commit to Kafka was broken off: looking whether it was done", e);
        renew();
        if (wasDone(next)) {
          return;
        }
        throw e;
      }
    }
  }

  /** Nobody waits for the answer any more: the next start reads what was done. */
  private void throwIfClosing(KafkaException e) {
    if (closing) {
      throw e;
    }
  }

  /** A new producer of the same id ends what the one before has left open, one way or the other. */
  private void renew() throws InterruptedException {
    while (true) {
      drop();
      try {
        producer();
        return;
      } catch (KafkaException e) {
        throwIfClosing(e);
        LOG.warn("Kafka cannot be asked: {}", e.getMessage());
        Thread.sleep(1_000);
      }
    }
  }

  private boolean wasDone(Map<TopicPartition, Long> next) throws InterruptedException {
    Map.Entry<TopicPartition, Long> one = next.entrySet().iterator().next();
    long offset = one.getValue() - 1;
    while (true) {
      try (Consumer<byte[], byte[]> reader = clients.reader("-look")) {
        reader.assign(Set.of(one.getKey()));
        reader.seek(one.getKey(), offset);
        while (reader.position(one.getKey()) <= offset) {
          for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(200))) {
            if (record.offset() == offset) {
              return true;
            }
          }
        }
        return false;
      } catch (KafkaException e) {
        throwIfClosing(e);
        LOG.warn("Kafka cannot be asked: {}", e.getMessage());
        Thread.sleep(1_000);
      }
    }
  }

  /** The one whose turn it is; both are there, so that neither has anything left open. */
  private Producer<byte[], byte[]> producer() {
    for (String suffix : SUFFIXES) {
      if (!producers.containsKey(suffix)) {
        Producer<byte[], byte[]> made = clients.producer(suffix);
        try {
          made.initTransactions();
        } catch (RuntimeException e) {
          made.close(Duration.ZERO);
          throw e;
        }
        producers.put(suffix, made);
      }
    }
    return Objects.requireNonNull(producers.get(suffix()));
  }

  private String suffix() {
    return SUFFIXES.get(turn);
  }

  private void abort() {
    Producer<byte[], byte[]> used = producers.get(suffix());
    if (used != null) {
      try {
        used.abortTransaction();
      } catch (KafkaException | IllegalStateException e) {
        LOG.debug("a transaction could not be aborted; its producer is made anew", e);
        drop();
      }
    }
  }

  private void drop() {
    Producer<byte[], byte[]> used = producers.remove(suffix());
    if (used != null) {
      used.close(Duration.ZERO);
    }
  }

  private JournalException words(KafkaException e) {
    String where = "Kafka at " + clients.settings().bootstrapServers();
    if (e instanceof RecordTooLargeException) {
      return new JournalException(
          Kind.REFUSED,
          where
              + " takes no record of this size: raise max.message.bytes of Rowhook's topics, and"
              + " max.request.size in journal.kafka: "
              + e.getMessage(),
          e);
    }
    if (e instanceof AuthorizationException) {
      return new JournalException(
          Kind.UNREACHABLE,
          where
              + " lets this user not write: give it the rights that docs/scaling.md names: "
              + e.getMessage(),
          e);
    }
    return new JournalException(
        Kind.UNREACHABLE,
        where + " cannot be written; tried again by itself until it can: " + reason(e),
        e);
  }

  /** A producer that has failed says only that it has; why is beneath. */
  private static String reason(KafkaException e) {
    Throwable why = e;
    while (why.getCause() instanceof KafkaException deeper) {
      why = deeper;
    }
    return String.valueOf(why.getMessage());
  }

  /** Nothing is waited for any more. Any thread. */
  void closing() {
    closing = true;
  }

  @Override
  public void close() {
    producers.values().forEach(used -> used.close(Duration.ZERO));
    producers.clear();
  }
}
