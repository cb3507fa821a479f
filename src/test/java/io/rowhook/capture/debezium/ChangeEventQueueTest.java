package io.rowhook.capture.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.pipeline.DataChangeEvent;
import io.rowhook.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class ChangeEventQueueTest {

  private static final Schema ROW =
      SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA).field("text", Schema.STRING_SCHEMA);
  private static final long LONG = Duration.ofSeconds(30).toNanos();

  private final ChangeEventQueue queue = new ChangeEventQueue();

  private static DataChangeEvent record(int id, String text) {
    return record(new Struct(ROW).put("id", id).put("text", text));
  }

  private static DataChangeEvent record(Struct value) {
    return new DataChangeEvent(
        new SourceRecord(Map.of(), Map.of(), "topic", null, null, value.schema(), value));
  }

  private static int id(DataChangeEvent event) {
    return ((Struct) event.getRecord().value()).getInt32("id");
  }

  @Test
  void givesAllInOrderWhateverTheTwoThreadsDo() throws Exception {
    long seed = System.nanoTime();
    System.out.println("RecordQueueTest seed " + seed);
    Random random = new Random(seed);
    List<Integer> taken = new ArrayList<>();
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> adding =
          threads.submit(() -> {
            for (int id = 0; id < 20_000; id++) {
              queue.enqueue(record(id, "x"));
              if (id % 1_000 == 0) {
                Thread.sleep(2);
              }
            }
            return null;
          });
      while (taken.size() < 20_000) {
        int most = 1 + random.nextInt(100);
        List<DataChangeEvent> some = queue.take(most, LONG);
        assertThat(some).hasSizeBetween(1, most);
        some.forEach(event -> taken.add(id(event)));
      }
      adding.get();
    }
    assertThat(taken).isEqualTo(IntStream.range(0, 20_000).boxed().toList());
    assertThat(queue.size()).isZero();
  }

  @Test
  void isWokenByTheFirstRecordAndNotByTheTimeThatMayPass() throws Exception {
    List<DataChangeEvent> taken = new ArrayList<>();
    Thread taking =
        Thread.ofPlatform()
            .daemon()
            .unstarted(() -> {
              try {
                taken.addAll(queue.take(10, LONG));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    taking.start();
    Duration soon = Duration.ofSeconds(10);
    Eventually.within(soon, "it waits", () -> taking.getState() == Thread.State.TIMED_WAITING);
    queue.enqueue(record(1, "x"));

    assertThat(taking.join(soon)).as("has ended").isTrue(); // far from LONG
    assertThat(taken).hasSize(1);
  }

  /** Each is a commit of the journal. */
  @Test
  void gathersWhatComesSoonAfterABatch() throws InterruptedException {
    int batches = 20;
    long began = System.nanoTime();
    for (int id = 0; id < batches; id++) {
      queue.enqueue(record(id, "x"));
      assertThat(queue.take(10, LONG)).hasSize(1);
    }
    assertThat(System.nanoTime() - began)
        .isGreaterThanOrEqualTo((batches - 1) * ChangeEventQueue.PACE);

    queue.enqueue(record(1, "x"));
    queue.enqueue(record(2, "x"));
    assertThat(queue.take(2, LONG)).as("full").hasSize(2);
  }

  @Test
  void saysThatNothingCame() throws InterruptedException {
    assertThat(queue.take(10, 1)).isEmpty();
    assertThat(queue.poll()).isNull();
  }

  @Test
  void weighsWhatIsInTheRowWithinTheRecord() {
    Schema envelope =
        SchemaBuilder.struct().field("after", ROW).field("logged", Schema.OPTIONAL_BYTES_SCHEMA);
    Struct row = new Struct(ROW).put("id", 1).put("text", "x".repeat(600));
    queue.configure(Map.of(ChangeEventQueue.BYTES, "2200"));
    queue.enqueue(record(new Struct(envelope).put("after", row)));
    assertThat(queue.size()).isEqualTo(1);

    queue.enqueue(record(new Struct(envelope).put("logged", new byte[800])));
    assertThat(queue.size()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void isFullWhenItsRecordsWeighTooMuch() throws InterruptedException {
    queue.configure(Map.of(ChangeEventQueue.BYTES, "20000"));
    queue.enqueue(record(1, "x".repeat(6_000)));
    assertThat(queue.size()).isEqualTo(1);

    queue.enqueue(record(2, "x".repeat(6_000)));
    assertThat(queue.size()).as("more than any limit").isEqualTo(Integer.MAX_VALUE);

    queue.take(1, LONG);
    assertThat(queue.size()).isEqualTo(1);
    queue.configure(Map.of(ChangeEventQueue.BYTES, "0")); // no limit
    assertThat(queue.size()).isEqualTo(1);
    assertThat(queue.poll()).isNotNull();
    assertThat(queue.size()).isZero();
  }
}
