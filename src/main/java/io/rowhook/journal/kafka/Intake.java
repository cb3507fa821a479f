package io.rowhook.journal.kafka;

import io.rowhook.journal.JournalException;
import io.rowhook.journal.rows.ChangeRecorder;
import io.rowhook.journal.rows.RowChange;
import io.rowhook.journal.rows.RowCodec;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.WriteTask;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the follower has read and is on its way into the file: gathered while what came before is
 * written, so that Kafka is read on meanwhile. Only one write at a time is under way: none can be
 * done after one that has failed, which would be left out for good. The follower's thread only.
 */
final class Intake {

  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  /** Rows in one commit: some hundredths of a second, for which others wait. */
  private static final int CHUNK_ROWS = 2_000;

  private static final long CHUNK_BYTES = 4L << 20;

  /** So much is held at most, and what one poll brings. */
  private static final long HELD_BYTES = 16L << 20;

  /** What is written together. */
  private static final class Chunk {
    private final List<RowChange> rows = new ArrayList<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private long oldest = Long.MAX_VALUE; // milliseconds, by its writer's clock
    private long bytes;

    private boolean isFull() {
      return rows.size() >= CHUNK_ROWS || bytes >= CHUNK_BYTES;
    }
  }

  private final ChangeRecorder recorder;
  private final GroupCommitWriter writer;
  private final Consumer<Set<String>> applied;
  private final Deque<Chunk> chunks = new ArrayDeque<>(); // the first is being written, if any is
  private @Nullable WriteTask<Boolean> underWay;

  /**
   * @param applied told, by the writer's thread, in which tables there are rows that are new
   */
  Intake(ChangeRecorder recorder, GroupCommitWriter writer, Consumer<Set<String>> applied) {
    this.recorder = recorder;
    this.writer = writer;
    this.applied = applied;
  }

  /** Forgets what is not written, which is to be read again; what is under way ends before. */
  void clear() throws InterruptedException {
    chunks.clear();
    WriteTask<Boolean> last = underWay;
    underWay = null;
    try {
      if (last != null) {
        last.await();
      }
    } catch (JournalException e) {
      LOG.debug("what was under way is not written; it is read again", e);
    }
  }

  /** Takes what was read. */
  void add(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      ConsumerRecords<byte[], byte[]> records) {
    if (records.isEmpty()) {
      return;
    }
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Chunk chunk = open();
      chunk.rows.add(RowCodec.read(record.key(), record.value(), recorder::table));
      chunk.positions.put(
          new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
      chunk.oldest = Math.min(chunk.oldest, record.timestamp());
      chunk.bytes += record.serializedKeySize() + Math.max(0, record.serializedValueSize());
    }
    for (TopicPartition partition : records.partitions()) { // also past what ends transactions
      chunks.getLast().positions.put(partition, consumer.position(partition));
    }
  }

  /** The one that takes what comes. */
  private Chunk open() {
    Chunk last = chunks.peekLast();
    boolean taken = underWay != null && chunks.size() == 1;
    if (last == null || taken || last.isFull()) {
      last = new Chunk();
      chunks.add(last);
    }
    return last;
  }

  /**
   * Has the next part written if none is under way; waits while there is too much.
   *
   * @throws JournalException if what was under way could not be written
   */
  void write() throws InterruptedException {
    do {
      WriteTask<Boolean> last = underWay;
      if (last != null && (last.isDone() || isMuch())) {
        last.await();
        underWay = null;
        chunks.remove();
      }
      Chunk next = chunks.peek();
      if (underWay == null && next != null) {
        underWay = writer.submit(task(next));
      }
    } while (isMuch());
  }

  private boolean isMuch() {
    return chunks.stream().mapToLong(chunk -> chunk.bytes).sum() > HELD_BYTES;
  }

  private WriteTask<Boolean> task(Chunk chunk) {
    Set<String> tables =
        chunk.rows.stream().map(row -> row.table().name()).collect(Collectors.toSet());
    return WriteTask.apart(
        sql -> {
          recorder.apply(sql, chunk.rows);
          for (Map.Entry<TopicPartition, Long> one : chunk.positions.entrySet()) {
            FollowedLog.move(sql, one.getKey(), one.getValue());
          }
          return true;
        },
        _ -> applied.accept(tables));
  }

  /** Whether all that was read is written. */
  boolean isEmpty() {
    return chunks.isEmpty();
  }

  /** Whether anything of a partition is not written yet. */
  boolean has(TopicPartition partition) {
    return chunks.stream().anyMatch(chunk -> chunk.positions.containsKey(partition));
  }

  /** How many are not written yet. */
  long rows() {
    return chunks.stream().mapToLong(chunk -> chunk.rows.size()).sum();
  }

  /** When the oldest of what is not written was written, by its writer's clock. */
  Optional<Instant> oldest() {
    return Optional.ofNullable(chunks.peek()).map(chunk -> Instant.ofEpochMilli(chunk.oldest));
  }
}
