package io.rowhook.capture.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.connector.postgresql.connection.PostgresReplicationConnection;
import io.debezium.pipeline.DataChangeEvent;
import io.rowhook.capture.Completeness;
import io.rowhook.capture.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.PGReplicationStream;

/** Whoever awaits a position of the log is told once, behind all that comes before it. */
final class StreamPositionTest {

  private final ChangeEventQueue queue = new ChangeEventQueue();
  private final StreamPosition position = new StreamPosition(Duration.ofHours(1));

  StreamPositionTest() {
    position.into(queue);
  }

  private List<SourceRecord> told() throws InterruptedException {
    return queue.take(10, 1).stream().map(DataChangeEvent::getRecord).toList();
  }

  private static SourceRecord record() {
    return new SourceRecord(null, null, "x", null, null);
  }

  @Test
  void isToldBehindWhatCameBefore() throws Exception {
    position.await(new Lsn(20));
    position.looked(new Lsn(10));
    assertThat(told()).isEmpty();
    queue.enqueue(new DataChangeEvent(record()));
    position.looked(new Lsn(20));
    position.looked(new Lsn(30));
    List<SourceRecord> records = told();
    assertThat(records).extracting(SourceRecord::topic).containsExactly("x", StreamPosition.TOPIC);
    assertThat(StreamPosition.of(records.get(1))).isEqualTo(new Lsn(20));
    assertThat(StreamPosition.isLate(records.get(1))).isFalse();
  }

  @Test
  void isToldAtOnceWhereTheLogIsThere() throws Exception {
    position.looked(new Lsn(20));
    position.await(new Lsn(20));
    assertThat(told()).extracting(StreamPosition::of).containsExactly(new Lsn(20));
  }

  @Test
  void isToldInAnyCaseAfterAWhileHoweverOftenItAsks() throws Exception {
    StreamPosition impatient = new StreamPosition(Duration.ofMillis(20));
    impatient.into(queue);
    long begin = System.nanoTime();
    List<SourceRecord> records = List.of();
    while (records.isEmpty() && System.nanoTime() - begin < Duration.ofSeconds(20).toNanos()) {
      impatient.await(new Lsn(20));
      impatient.looked(Lsn.ZERO);
      records = told();
    }
    assertThat(records).extracting(StreamPosition::isLate).containsExactly(true);
  }

  @Test
  void aMarkWhereTheLogEndsWithWhatWasTakenIsToldAtOnce() throws Exception {
    Completeness atTheEnd = new Completeness(Instant.EPOCH, new Lsn(20));
    position.mark(atTheEnd);
    assertThat(told()).isEmpty();
    assertThat(position.reached(new Lsn(20))).contains(atTheEnd);
    position.mark(atTheEnd);
    assertThat(told()).hasSize(1);
    assertThat(position.reached(new Lsn(20))).contains(atTheEnd);
    position.mark(new Completeness(Instant.EPOCH, new Lsn(21)));
    assertThat(told()).isEmpty();
  }

  @Test
  void anotherEngineBeginsAnew() throws Exception {
    position.looked(new Lsn(20));
    ChangeEventQueue next = new ChangeEventQueue();
    position.into(next);
    position.await(new Lsn(20));
    assertThat(told()).isEmpty();
    assertThat(next.take(1, 1)).isEmpty();
  }

  /**
   * Debezium does not hand out what keepalives say; a new version may keep the stream elsewhere.
   */
  @Test
  void debeziumStillKeepsTheDriversStreamWhereRowhookLooks() throws Exception {
    assertThat(
            Class.forName(PostgresReplicationConnection.class.getName() + "$1")
                .getDeclaredField("val$stream")
                .getType())
        .as("StreamPosition.driver must find the driver's stream elsewhere")
        .isEqualTo(PGReplicationStream.class);
  }
}
