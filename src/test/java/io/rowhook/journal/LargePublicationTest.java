package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.Position;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableMetadata.Column;
import io.rowhook.capture.TableMetadata.ReplicaIdentity;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.ChildTable;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.TransactionAggregator;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transaction too large for memory is published while recipients go on. */
class LargePublicationTest {

  private static final TableId ORDER = TableId.parse("orders");
  private static final TableId LINE = TableId.parse("line");
  private static final int LINES = 3_000;

  @TempDir private Path directory;

  /** Answers nothing before a recipient's outcome is durable: so it must not keep the writer. */
  private record BusyLookup(DeliveryStore store, JournalEntry owed, AtomicInteger readings)
      implements RowLookup {

    @Override
    public <T> T read(Set<String> transactions, boolean limited, Reading<T> reading) {
      readings.incrementAndGet();
      CompletableFuture<Void> outcome =
          CompletableFuture.runAsync(() -> {
            try {
              Samples.attempted(
                  store, owed, attempt(1, NOON, null), new DeliveryState.Delivered(), 0, 0);
              store.flush();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
      try {
        outcome.get(20, TimeUnit.SECONDS);
        return reading.of(new Nothing());
      } catch (Exception e) {
        throw new IllegalStateException("a recipient had to wait for what is read back", e);
      }
    }
  }

  private record Nothing() implements RowLookup.Snapshot {

    @Override
    public Instant at() {
      return NOON;
    }

    @Override
    public boolean shows(String transaction) {
      return true;
    }

    @Override
    public List<Integer> classes(TableId table, List<String> columns, List<RowKey> keys) {
      throw new AssertionError("no key can be written in two ways");
    }

    @Override
    public RowLookup.Judged judge(RowLookup.Condition condition, List<ObjectNode> images) {
      throw new AssertionError("there is no condition");
    }

    @Override
    public RowLookup.Rows rows(RowLookup.Query query, Collection<RowKey> keys) {
      return new RowLookup.Rows(new HashMap<>(), Map.of());
    }
  }

  @Test
  void noRecipientWaitsForWhatIsReadBack() throws Exception {
    try (SqliteJournal journal = SqliteJournal.open(directory.resolve("journal.db"))) {
      journal.begin(EPOCH, lsn(100), Map.of());
      DeliveryStore store = journal.deliveries("shop");
      JournalEntry owed = publish(journal, 200, "1").getFirst();
      AtomicInteger readings = new AtomicInteger();
      TransactionAggregator events = events(journal, new BusyLookup(store, owed, readings));
      events.begin("5");
      for (int i = 1; i <= LINES; i++) {
        ObjectNode line = JsonNodeFactory.instance.objectNode().put("id", i).put("oid", i / 3);
        ObjectNode key = JsonNodeFactory.instance.objectNode().put("id", i);
        events.row(
            new RowChange(LINE, RowChange.Operation.INSERT, key, null, line, List.of(), 100));
      }
      events.end(new Transaction(Position.of(300), "5", NOON));
      events.commit(Position.START, true);

      assertThat(readings.get()).isPositive();
      assertThat(journal.head()).isEqualTo(1 + LINES / 3 + 1);
      assertThat(journal.watermark()).isEqualTo(lsn(300));
      assertThat(journal.read(1, 1, 1_000).getFirst().event().entityId()).isEqualTo("0");
      assertThat(journal.read(journal.head() - 1, 1, 1_000).getFirst().event().entityId())
          .isEqualTo(String.valueOf(LINES / 3));
    }
  }

  private static TransactionAggregator events(SqliteJournal journal, RowLookup rows)
      throws Exception {
    ChildTable lines =
        new ChildTable("lines", LINE, List.of("oid"), List.of(), List.of(), List.of(), List.of());
    TransactionAggregator events =
        new TransactionAggregator(
            List.of(
                new EntityType("Order", ORDER, List.of(), List.of(), List.of(lines), List.of())),
            journal,
            journal,
            rows,
            10_000);
    events.restart(List.of(facts(ORDER, "oid", "total"), facts(LINE, "id", "oid")));
    return events;
  }

  private static TableMetadata facts(TableId table, String... columns) {
    return new TableMetadata(
        table,
        table.hashCode(),
        java.util.Arrays.stream(columns).map(name -> new Column(name, 25, false, false)).toList(),
        List.of(columns[0]),
        ReplicaIdentity.FULL,
        List.of(columns),
        List.of(List.of(columns[0])));
  }
}
