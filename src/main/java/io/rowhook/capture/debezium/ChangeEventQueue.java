package io.rowhook.capture.debezium;

import io.debezium.connector.base.QueueProvider;
import io.debezium.pipeline.DataChangeEvent;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * What Debezium has read of the log and the engine has not taken yet: in the place of Debezium's
 * own queue, whose consumer takes only when {@code poll.interval.ms} has passed, and is busy for
 * the last millisecond of each (measured: a sixth of a processor while nothing happens). Here it
 * waits for the first record, and gets it at once.
 *
 * <p>Bounded by number, which Debezium holds it to, and by bytes: when so many are in it, it says
 * that it is full.
 *
 * <p>Debezium makes it, by the name of a service, so it is public. Any thread: one adds, one takes.
 */
public final class ChangeEventQueue implements QueueProvider<DataChangeEvent> {

  /** For {@code queue.provider.type}. */
  public static final String NAME = "rowhook";

  /**
   * For how many bytes there is room. Debezium's own key must say 0, or it would count for itself.
   */
  public static final String BYTES = "rowhook.queue.bytes";

  /** What one transaction brings comes within it, and so in one batch. */
  private static final long GATHERING = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * Between one batch and the next, unless that is full: each is a commit of the journal, which
   * waits for a disk that may be the source's too.
   */
  static final long PACE = TimeUnit.MILLISECONDS.toNanos(5);

  /** What an object takes beside what is in it, and what refers to it. */
  private static final long OBJECT = 32;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  private final ArrayDeque<Queued> queue = new ArrayDeque<>();
  private long nextBatch = System.nanoTime();
  private long bytes;
  private long maxBytes = Long.MAX_VALUE;

  private record Queued(DataChangeEvent event, long bytes) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void configure(Map<String, ?> properties) {
    long limit = Long.parseLong(Objects.toString(properties.get(BYTES)));
    maxBytes = limit == 0 ? Long.MAX_VALUE : limit; // as Debezium's own key has it
  }

  @Override
  public void enqueue(DataChangeEvent event) {
    Queued queued = new Queued(event, weight(event.getRecord().value()));
    lock.lock();
    try {
      queue.add(queued);
      bytes += queued.bytes;
      added.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * About how many bytes of memory a record takes, rather too many than too few. Debezium's own
   * count turns every text into bytes, to see how many those are.
   */
  private static long weight(@Nullable Object value) {
    return switch (value) {
      case Struct struct -> {
        long sum = OBJECT;
        for (Field field : struct.schema().fields()) {
          sum += weight(struct.get(field));
        }
        yield sum;
      }
      case String text -> OBJECT + 2L * text.length();
      case byte[] bytes -> OBJECT + bytes.length;
      case ByteBuffer bytes -> OBJECT + bytes.remaining();
      case null, default -> OBJECT;
    };
  }

  /** The first; null if there is none. For Debezium, which asks for it when it is about to fail. */
  @Override
  public @Nullable DataChangeEvent poll() {
    lock.lock();
    try {
      return queue.isEmpty() ? null : remove();
    } finally {
      lock.unlock();
    }
  }

  /** How many are in it; more than any limit where they weigh too much. */
  @Override
  public int size() {
    lock.lock();
    try {
      return bytes >= maxBytes ? Integer.MAX_VALUE : queue.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the first, and takes what there is.
   *
   * @param most so many
   * @param nanos for so long; then it is empty
   */
  List<DataChangeEvent> take(int most, long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (queue.isEmpty() && left > 0) {
        left = added.awaitNanos(left);
      }
      long gathering = queue.isEmpty() ? 0 : Math.max(GATHERING, nextBatch - System.nanoTime());
      while (gathering > 0 && queue.size() < most && bytes < maxBytes) {
        gathering = added.awaitNanos(gathering);
      }
      List<DataChangeEvent> taken = new ArrayList<>(Math.min(most, queue.size()));
      long weight = 0;
      while (!queue.isEmpty() && taken.size() < most && weight < maxBytes) {
        weight += queue.element().bytes;
        taken.add(remove());
      }
      nextBatch = System.nanoTime() + PACE;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private DataChangeEvent remove() {
    Queued first = queue.remove();
    bytes -= first.bytes;
    return first.event;
  }
}
