package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.entity.Event;
import io.rowhook.entity.IndexedValue;
import io.rowhook.entity.NamedEntities;
import io.rowhook.journal.DeliverySearch.State;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deliveries and events are found by the values of columns that their entity indexes. */
@Tag("feature-39")
class IndexedEventsTest {

  private static final String LONG = "n".repeat(IndexedValue.MAX_LENGTH);

  @TempDir Path directory;
  private SqliteJournal journal;

  @BeforeEach
  void open() {
    journal = SqliteJournal.open(directory.resolve("journal.db"));
    journal.begin(EPOCH, lsn(100), Map.of());
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private static Event event(String type, String id, long end, String... values) {
    Event plain = Samples.event(id, end);
    return new Event(
        plain.id(),
        type,
        id,
        plain.type(),
        plain.committedAt(),
        plain.position(),
        plain.json(),
        null,
        Stream.of(values)
            .map(value -> value.split("=", 2))
            .map(parts -> new IndexedValue(parts[0], parts[1]))
            .toList(),
        NamedEntities.NONE);
  }

  private void publish(long end, Event... events) throws InterruptedException {
    journal.publish(transaction(end), List.of(events), List.of());
    journal.commit();
  }

  private List<String> events(DeliveryFilter filter, Map<String, String> columns) {
    return journal.events().find(new EventSearch.Query(filter, columns, null, 10)).stream()
        .map(EventSearch.Found::entityId)
        .toList();
  }

  private List<String> deliveries(Map<String, String> columns, State... states) {
    Set<State> wanted = states.length == 0 ? State.ALL : Set.of(states);
    return journal
        .search()
        .find(new DeliverySearch.Query(null, DeliveryFilter.ALL, wanted, 10, null, columns))
        .found()
        .stream()
        .map(found -> found.recipient() + " " + found.entityId() + " " + found.state())
        .toList();
  }

  private long count(String table) throws InterruptedException {
    return journal.write(sql -> sql.number("SELECT count(*) FROM " + table));
  }

  @Test
  void byOneColumnOrSeveral() throws InterruptedException {
    publish(200, event("Order", "a", 200, "no=4711", "customer=7"));
    publish(300, event("Order", "b", 300, "no=4712", "no=4711", "customer=8"));
    publish(400, event("Invoice", "c", 400, "no=4711"), event("Order", "d", 400));
    publish(500, event("Order", "e", 500, "no=" + LONG + "1"));
    assertThat(events(DeliveryFilter.ALL, Map.of("no", "4711"))).containsExactly("c", "b", "a");
    assertThat(events(DeliveryFilter.ALL.of("Order", null), Map.of("no", "4711")))
        .containsExactly("b", "a");
    assertThat(events(DeliveryFilter.ALL.of("Order", "a"), Map.of("no", "4711")))
        .containsExactly("a");
    assertThat(events(DeliveryFilter.ALL, Map.of("no", "4711", "customer", "8")))
        .containsExactly("b");
    assertThat(events(DeliveryFilter.ALL.between(1L, 1L), Map.of("no", "4711")))
        .containsExactly("a");
    assertThat(events(DeliveryFilter.ALL, Map.of("no", LONG + "2")))
        .as("only the beginning is compared")
        .containsExactly("e");
    assertThat(events(DeliveryFilter.ALL, Map.of("name", "4711"))).isEmpty();
    assertThat(events(DeliveryFilter.ALL, Map.of())).containsExactly("e", "d", "c", "b", "a");
    assertThat(events(DeliveryFilter.ALL.of("Order", "d"), Map.of())).containsExactly("d");
    assertThat(events(DeliveryFilter.ALL.of("Order", null), Map.of()))
        .containsExactly("e", "d", "b", "a");
    assertThat(journal.events().columns())
        .containsExactly("Invoice.no", "Order.customer", "Order.no");
    assertThat(
            journal
                .events()
                .find(new EventSearch.Query(DeliveryFilter.ALL, Map.of("no", "4711"), 3L, 1)))
        .extracting(EventSearch.Found::sequence)
        .containsExactly(2L);
  }

  @Test
  void deliveriesAreFoundToo() throws InterruptedException {
    publish(200, event("Order", "a", 200, "no=4711"), event("Order", "b", 200, "no=4712"));
    List<JournalEntry> entries = journal.read(0, 9, 10_000);
    for (String name : List.of("shop", "budget")) {
      DeliveryStore store = journal.deliveries(name);
      Attempt answered = new Attempt(1, NOON, Duration.ZERO, "r", 200, null, null, "set", "b0d1");
      for (JournalEntry entry : entries) {
        boolean fails = name.equals("budget");
        Samples.attempted(
            store,
            entry,
            fails ? attempt(1, NOON, "set") : answered,
            fails ? new Failed("used up") : new Delivered(),
            0,
            0);
      }
      store.flush();
    }
    assertThat(deliveries(Map.of("no", "4711")))
        .containsExactlyInAnyOrder("shop a delivered", "budget a failed");
    assertThat(deliveries(Map.of("no", "4711"), State.FAILED)).containsExactly("budget a failed");
    assertThat(deliveries(Map.of("no", "4713"))).isEmpty();
  }

  /** However many events there are. */
  @Test
  void theIndexIsUsed() throws InterruptedException {
    IndexedEvents events =
        new IndexedEvents(Map.of("no", "1", "customer", "2"), DeliveryFilter.ALL);
    for (String more : List.of("", DeliverySequences.STANDS)) {
      String plan =
          journal.write(sql ->
              String.join(
                  "\n",
                  sql.list(
                      "EXPLAIN QUERY PLAN " + events.question(more),
                      row -> row.getString("detail"))));
      assertThat(plan)
          .contains(
              "SEARCH x USING COVERING INDEX indexed_value_found"
                  + " (column_id=? AND value=? AND sequence>? AND sequence<?)",
              "SEARCH e USING INTEGER PRIMARY KEY (rowid=?)",
              "SEARCH y USING PRIMARY KEY (sequence=?)")
          .doesNotContain("SCAN", "TEMP B-TREE");
    }
  }

  /** Nothing of an event is found by once it is gone, or was never published. */
  @Test
  void valuesGoWithTheirEvent() throws InterruptedException {
    publish(200, event("Order", "a", 200, "no=4711"), event("Order", "b", 200, "no=4712"));
    journal.append(transaction(300), List.of(event("Order", "c", 300, "no=4711")));
    assertThat(count("indexed_value")).isEqualTo(3);
    assertThat(events(DeliveryFilter.ALL, Map.of("no", "4711")))
        .as("what is not published yet is not found")
        .containsExactly("a");
    journal.discardStaged();
    assertThat(count("indexed_value")).isEqualTo(2);
    assertThat(journal.housekeeping().removeSettled(NOON.plusSeconds(60), Set.of(), 1))
        .isEqualTo(1);
    assertThat(events(DeliveryFilter.ALL, Map.of("no", "4711"))).isEmpty();
    assertThat(count("indexed_value")).isEqualTo(1);
  }
}
