package io.rowhook.journal.kafka;

import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalException.Kind;
import io.rowhook.journal.Unread;
import io.rowhook.journal.rows.ChangeRecorder;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.WriteTask;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings into the journal's file what other processes have written. One thread of its own reads all
 * partitions but those that this process owns, which it has written itself.
 */
final class Follower implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration BRIEFLY = Duration.ofMillis(10);
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final Duration SEEN = Duration.ofMinutes(1);

  /** What others have delivered is written together: it is there for who takes over from them. */
  private static final Duration TOGETHER = Duration.ofSeconds(1);

  /** Where partitions ended at an instant. */
  private record Ends(Instant at, Map<TopicPartition, Long> of) {}

  private final Clients clients;
  private final Topics topics;
  private final TopicSetup setup;
  private final Ownership ownership;
  private final GroupCommitWriter writer;
  private final CountDownLatch read = new CountDownLatch(1);
  private final Thread thread =
      Thread.ofPlatform().daemon().name("kafka-follower").unstarted(this::run);
  private volatile boolean closed;
  private volatile @Nullable JournalException failure;
  private volatile java.util.function.Consumer<Collection<TopicPartition>> caughtUp = _ -> {};
  private volatile Unread unread = Unread.NOTHING;
  private final Requests requests;

  // The thread's only.
  private final Intake events; // and what is shared: dispatchers wait for it
  private final Intake deliveries;
  private final List<Intake> intakes; // the two
  private final Set<TopicPartition> paused = new HashSet<>();
  private Instant seenAt = Instant.EPOCH;
  private @Nullable Ends ends; // that the file is to have

  Follower(
      Clients clients,
      Topics topics,
      TopicSetup setup,
      Ownership ownership,
      ChangeRecorder recorder,
      GroupCommitWriter writer,
      java.util.function.Consumer<Set<String>> applied) {
    this.clients = clients;
    this.topics = topics;
    this.setup = setup;
    this.ownership = ownership;
    this.writer = writer;
    events = new Intake(recorder, writer, applied, Duration.ZERO);
    deliveries = new Intake(recorder, writer, applied, TOGETHER);
    intakes = List.of(events, deliveries);
    requests = new Requests(setup::settledEnds);
  }

  void start() {
    thread.start();
  }

  /** Told, by the follower's thread, of partitions that are read to the end, and stay so. */
  void onCaughtUp(java.util.function.Consumer<Collection<TopicPartition>> listener) {
    caughtUp = listener;
  }

  /**
   * Waits until all that stood there when it was started is in the file.
   *
   * @throws JournalException if it cannot be read
   */
  void awaitAll() throws InterruptedException {
    read.await();
    JournalException why = failure;
    if (why != null) {
      throw why;
    }
  }

  /** What there is that the file does not have yet, as of the last time Kafka answered. */
  Unread unread() {
    return unread;
  }

  /** What the members of the groups ask of it. Any thread. */
  Requests requests() {
    return requests;
  }

  private void run() {
    try {
      while (!closed) {
        try (Consumer<byte[], byte[]> consumer = clients.reader("-follower")) {
          follow(consumer);
        } catch (InvalidOffsetException e) {
          throw new JournalException(
              Kind.FOREIGN,
              setup.where()
                  + " has no more what this instance has still to read ("
                  + e.getMessage()
                  + "): the topics were cut or made anew. Stop Rowhook, move the journal's file"
                  + " away, and start it again: it makes the file anew from what is there",
              e);
        } catch (KafkaException e) {
          LOG.warn("{} cannot be read; tried again: {}", setup.where(), e.getMessage());
          Thread.sleep(AGAIN);
        } catch (JournalException e) {
          if (!e.kind().mayPass()) {
            throw e;
          }
          Thread.sleep(AGAIN); // the writer has said what it is
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closing
    } catch (JournalException e) {
      if (e.kind() != Kind.CLOSED) {
        failure = e;
        writer.stopForGood(e);
      }
    } finally {
      read.countDown();
    }
  }

  private void follow(Consumer<byte[], byte[]> consumer) throws InterruptedException {
    List<TopicPartition> all = topics.partitions();
    for (Intake intake : intakes) {
      intake.clear();
    }
    Map<TopicPartition, Long> positions = writer.write(WriteTask.apart(FollowedLog::positions));
    consumer.assign(all);
    all.forEach(partition -> consumer.seek(partition, Offsets.of(positions, partition)));
    ends = null;
    paused.clear();
    pause(consumer, ownership.owned());
    if (read.getCount() > 0) {
      restore(consumer, new HashSet<>(all));
    }
    while (!closed) {
      resume(consumer);
      read(consumer);
      requests.askForEnds();
      acquire(consumer);
      seen(consumer, all);
    }
    write(true); // as much as can be: the rest is read again at the next start
  }

  private Intake of(TopicPartition partition) {
    return partition.topic().equals(topics.deliveries()) ? deliveries : events;
  }

  private boolean isAllWritten() {
    return intakes.stream().allMatch(Intake::isEmpty);
  }

  /** Has the next part of each written; {@code atOnce}: also of what is gathered. */
  private void write(boolean atOnce) throws InterruptedException {
    for (Intake intake : intakes) {
      intake.write(atOnce);
    }
  }

  /** Reads to where the topics end now. */
  private void restore(Consumer<byte[], byte[]> consumer, Set<TopicPartition> left)
      throws InterruptedException {
    Map<TopicPartition, Long> ends = consumer.endOffsets(left);
    long all = 0;
    for (TopicPartition partition : left) {
      all += Math.max(0, Offsets.of(ends, partition) - consumer.position(partition));
    }
    long said = System.nanoTime();
    long rows = 0;
    while (!closed && !(left.isEmpty() && isAllWritten())) {
      rows += read(consumer);
      left.removeIf(partition -> consumer.position(partition) >= Offsets.of(ends, partition));
      if (System.nanoTime() - said > AGAIN.toNanos() * 5) {
        said = System.nanoTime();
        LOG.info("{}: {} of at most {} rows are read", setup.where(), rows, all);
      }
    }
    LOG.info("{}: the journal's file has all of it, {} rows were new", setup.where(), rows);
    read.countDown();
  }

  private void pause(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
    consumer.pause(partitions);
    paused.addAll(partitions);
  }

  private void resume(Consumer<byte[], byte[]> consumer) throws InterruptedException {
    Set<TopicPartition> again = requests.released(paused);
    if (!again.isEmpty()) {
      Map<TopicPartition, Long> positions = writer.write(WriteTask.apart(FollowedLog::positions));
      again.forEach(partition -> consumer.seek(partition, Offsets.of(positions, partition)));
      consumer.resume(again);
      paused.removeAll(again);
    }
  }

  private void acquire(Consumer<byte[], byte[]> consumer) {
    requests.complete(
        (partition, end) -> !paused.contains(partition) && has(consumer, partition, end),
        complete -> {
          pause(consumer, complete);
          caughtUp.accept(complete);
        });
  }

  private boolean has(Consumer<byte[], byte[]> consumer, TopicPartition partition, long end) {
    return consumer.position(partition) >= end && of(partition).isWritten(partition, end);
  }

  /**
   * Once a minute: until when nothing can have been removed that the file does not know. That is
   * when the topics were asked for their ends, once the file has these.
   */
  private void seen(Consumer<byte[], byte[]> consumer, List<TopicPartition> all)
      throws InterruptedException {
    Instant now = Instant.now();
    Ends asked = ends;
    if (asked == null && now.isAfter(seenAt.plus(SEEN))) {
      ends = new Ends(now, consumer.endOffsets(all));
    } else if (asked != null
        && asked.of().entrySet().stream()
            .allMatch(one ->
                paused.contains(one.getKey()) || has(consumer, one.getKey(), one.getValue()))) {
      ends = null;
      seenAt = asked.at();
      noteSeen(seenAt);
    }
  }

  /**
   * Reads on, and has written what it can meanwhile.
   *
   * @return how many rows it has read
   */
  private int read(Consumer<byte[], byte[]> consumer) throws InterruptedException {
    boolean writing = intakes.stream().anyMatch(Intake::isWriting);
    ConsumerRecords<byte[], byte[]> records = consumer.poll(writing ? BRIEFLY : POLL);
    for (TopicPartition partition : records.partitions()) {
      of(partition).add(partition, records.records(partition), consumer.position(partition));
    }
    write(read.getCount() > 0 || requests.isWaiting());
    long left = intakes.stream().mapToLong(Intake::rows).sum();
    for (TopicPartition partition : consumer.assignment()) {
      if (!paused.contains(partition)) {
        left += consumer.currentLag(partition).orElse(0);
      }
    }
    Optional<Instant> oldest =
        intakes.stream().flatMap(one -> one.oldest().stream()).min(Comparator.naturalOrder());
    unread = new Unread(left, oldest.orElse(unread.readTo()));
    return records.count();
  }

  private void noteSeen(Instant now) throws InterruptedException {
    writer.write(
        WriteTask.apart(sql -> {
          FollowedLog.seen(sql, now);
          return true;
        }));
  }

  /** The file has all that was read, and nothing is left: that is as of now. */
  private void seenLast() throws InterruptedException {
    if (read.getCount() == 0 && failure == null && unread.rows() == 0) {
      try {
        noteSeen(Instant.now());
      } catch (JournalException e) {
        LOG.debug("when the file was last whole is not noted", e);
      }
    }
  }

  /** Reads no more. */
  @Override
  public void close() {
    closed = true;
    try {
      if (!thread.join(Duration.ofSeconds(5))) {
        thread.interrupt();
        thread.join(Duration.ofSeconds(5));
      }
      seenLast();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
