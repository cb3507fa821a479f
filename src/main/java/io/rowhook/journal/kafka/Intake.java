package io.rowhook.journal.kafka;

import io.rowhook.journal.JournalException;
import io.rowhook.journal.rows.ChangeRecorder;
import io.rowhook.journal.rows.RowChange;
import io.rowhook.journal.rows.RowCodec;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.WriteTask;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the follower has read of some partitions and is on its way into the file: gathered while
 * what came before is written, so that Kafka is read on meanwhile, and for as long as nobody waits
 * for it: a commit of 50 rows was measured to cost 54 us each, of 2,000 8. Only one write at a time
 * is under way: none can be done after one that has failed, which would be left out for good. The
 * follower's thread only.
 */
final class Intake {

  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  /** Rows in one commit: some hundredths of a second, for which others wait. */
  private static final int CHUNK_ROWS = 2_000;

  private static final long CHUNK_BYTES = 4L << 20;

  /** So much is held at most, and what one poll brings. */
  private static final long HELD_BYTES = 16L << 20;

  /** What is written together: of each row what was read last, in the order of these. */
  private static final class Chunk {
    private final SequencedMap<ByteBuffer, ConsumerRecord<byte[], byte[]>> rows =
        new LinkedHashMap<>();
    private final Map<TopicPartition, Long> firsts = new HashMap<>(); // offsets
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private long oldest = Long.MAX_VALUE; // milliseconds, by its writer's clock
    private long bytes;
    private final long since = System.nanoTime();

    private boolean isFull() {
      return rows.size() >= CHUNK_ROWS || bytes >= CHUNK_BYTES;
    }
  }

  private final ChangeRecorder recorder;
  private final GroupCommitWriter writer;
  private final Consumer<Set<String>> applied;
  private final long patience; // nanoseconds
  private final Deque<Chunk> chunks = new ArrayDeque<>(); // the first is being written, if any is
  private @Nullable WriteTask<Boolean> underWay;

  /**
   * @param applied told, by the writer's thread, in which tables there are rows that are new
   * @param patience for so long it gathers what nobody waits for
   */
  Intake(
      ChangeRecorder recorder,
      GroupCommitWriter writer,
      Consumer<Set<String>> applied,
      Duration patience) {
    this.recorder = recorder;
    this.writer = writer;
    this.applied = applied;
    this.patience = patience.toNanos();
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

  /**
   * Takes what was read of a partition, which is something.
   *
   * @param position from where it is read on, also past what ends transactions
   */
  void add(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records, long position) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Chunk chunk = open();
      chunk.rows.putLast(ByteBuffer.wrap(record.key()), record);
      chunk.firsts.putIfAbsent(partition, record.offset());
      chunk.positions.put(partition, record.offset() + 1);
      chunk.oldest = Math.min(chunk.oldest, record.timestamp());
      chunk.bytes += record.serializedKeySize() + Math.max(0, record.serializedValueSize());
    }
    chunks.getLast().positions.put(partition, position);
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
   * @param atOnce whether someone waits for it
   * @throws JournalException if what was under way could not be written
   */
  void write(boolean atOnce) throws InterruptedException {
    do {
      WriteTask<Boolean> last = underWay;
      if (last != null && (last.isDone() || isMuch())) {
        last.await();
        underWay = null;
        chunks.remove();
      }
      Chunk next = chunks.peek();
      if (underWay == null && next != null && (atOnce || isRipe(next))) {
        underWay = writer.submit(task(next));
      }
    } while (isMuch());
  }

  private boolean isRipe(Chunk chunk) {
    return chunk.isFull() || System.nanoTime() - chunk.since >= patience;
  }

  /** Whether anything is being written. */
  boolean isWriting() {
    return underWay != null;
  }

  private boolean isMuch() {
    return chunks.stream().mapToLong(chunk -> chunk.bytes).sum() > HELD_BYTES;
  }

  private WriteTask<Boolean> task(Chunk chunk) {
    List<RowChange> rows =
        chunk.rows.values().stream()
            .map(record -> RowCodec.read(record.key(), record.value(), recorder::table))
            .toList();
    Set<String> tables = rows.stream().map(row -> row.table().name()).collect(Collectors.toSet());
    return WriteTask.apart(
        sql -> {
          recorder.apply(sql, rows);
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

  /** Whether nothing of a partition waits to be written that stands before an offset. */
  boolean isWritten(TopicPartition partition, long end) {
    return chunks.stream()
        .allMatch(chunk -> chunk.firsts.getOrDefault(partition, Long.MAX_VALUE) >= end);
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
