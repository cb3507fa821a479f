package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.TableId;
import io.rowhook.entity.EmbeddedRows;
import io.rowhook.entity.EntityKeys;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.entity.IndexedValue;
import io.rowhook.entity.LookupReference;
import io.rowhook.entity.NamedEntities;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.Retrying;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of an erased entity neither a query nor a look into the journal's files finds anything. */
class ErasureTest {

  private static final String SECRET = "Ann-Marker-4711";
  private static final String OTHER = "Bo-Marker-4712";
  private static final TableId TABLE = TableId.parse("crm.customer");
  private static final EntityType CUSTOMER =
      new EntityType("Customer", TABLE, List.of(), List.of());
  private static final EntityType ORDER =
      new EntityType(
          "Order",
          TableId.parse("sales.sales_order"),
          List.of(),
          List.of(),
          List.of(),
          List.of(new LookupReference("customer", TABLE, List.of("customer_id"), List.of("name"))));

  @TempDir Path directory;
  private SqliteJournal journal;
  private DeliveryStore shop;
  private DeliveryStore crm;
  private long end = 100;

  @BeforeEach
  void open() throws InterruptedException {
    journal = SqliteJournal.open(directory.resolve("journal.db"));
    journal.begin(EPOCH, lsn(end), Map.of());
    crm = journal.deliveries("crm");
    shop = journal.deliveries("shop");
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private JournalEntry publish(String entity, String id, String data, String previous)
      throws InterruptedException {
    end += 10;
    String json = "{\"data\":" + data + ",\"previous\":" + previous + "}";
    Event event =
        new Event(
            "evt_" + end,
            entity,
            id,
            EventType.Updated,
            NOON.plusMillis(end),
            lsn(end),
            json.getBytes(StandardCharsets.UTF_8),
            null,
            List.of(new IndexedValue("shown", data)),
            NamedEntities.NONE);
    journal.publish(transaction(end), List.of(event), List.of());
    journal.commit();
    return journal.read(journal.head() - 1, 1, Long.MAX_VALUE).getFirst();
  }

  private JournalEntry customer(int id, String name) throws InterruptedException {
    return publish(
        "Customer",
        Integer.toString(id),
        "{\"id\":" + id + ",\"name\":\"" + name + "\"}",
        "{\"name\":\"was " + name + "\"}");
  }

  private JournalEntry order(int customer, String name) throws InterruptedException {
    return publish(
        "Order",
        Long.toString(end),
        "{\"customer_id\":" + customer + ",\"customer\":{\"name\":\"" + name + "\"}}",
        "{}");
  }

  private static Attempt attempt(@Nullable String answer) {
    return new Attempt(
        1, NOON, Duration.ofMillis(3), "r", 500, "answered 500", answer, "set", "b0d1");
  }

  private static Erasure.Subject ann() {
    return new Erasure.Subject(
        "Customer",
        "7",
        TABLE.toString(),
        new EmbeddedRows(
            List.of(CUSTOMER, ORDER), CUSTOMER, "7", new EntityKeys(List.of("id"), List.of("id"))));
  }

  /** Names of the journal's files that have a text in them. */
  private List<String> grep(String text) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
          found.add(String.valueOf(file.getFileName()));
        }
      }
    }
    return found;
  }

  @Test
  void nothingIsLeftOfItInAnyFileAndOthersGoOn() throws Exception {
    JournalEntry waiting = customer(7, SECRET);
    JournalEntry blocked = customer(7, SECRET);
    JournalEntry failed = customer(7, SECRET);
    JournalEntry others = customer(8, OTHER);
    JournalEntry embedding = order(7, SECRET);
    JournalEntry embedsOther = order(8, OTHER);
    JournalEntry merged = order(8, OTHER);
    Retrying later = new Retrying(NOON.plusSeconds(60));
    Samples.attempted(shop, waiting, attempt("{\"got\":\"" + SECRET + "\"}"), later, 0, 0);
    Samples.put(shop, blocked, new Blocked());
    Samples.attempted(crm, failed, attempt(SECRET), new Failed("no use"), 0, 0);
    Samples.attempted(shop, others, attempt(OTHER), later, 0, 0);
    Samples.attempted(shop, embedding, attempt(SECRET), later, 0, 0);
    Samples.attempted(shop, embedsOther, attempt(OTHER), later, 0, 0);
    String old =
        "{\"data\":{\"customer_id\":8,\"customer\":{\"name\":\""
            + OTHER
            + "\"}},\"previous\":{\"customer_id\":7,\"customer\":{\"name\":\""
            + SECRET
            + "\"}}}";
    Samples.put(shop, merged, new Blocked());
    shop.skip(
        List.of(),
        merged,
        new CoalescedEvent(EventType.Updated, old.getBytes(StandardCharsets.UTF_8)));
    // Pages are split and merged: SQLite leaves copies of rows that it moves.
    for (int i = 0; i < 400; i++) {
      JournalEntry entry = i % 7 == 0 ? customer(7, SECRET) : customer(9 + i, "noise");
      for (DeliveryStore store : List.of(crm, shop)) {
        String answer = i % 7 == 0 ? SECRET + "x".repeat(i) : "y".repeat(i);
        Samples.attempted(store, entry, attempt(answer), new Delivered(), 0, 0);
      }
    }
    shop.flush();
    crm.flush();
    journal.write(
        sql -> sql.update("DELETE FROM attempt WHERE recipient = 1 AND sequence % 3 = 0"));
    journal.write(sql ->
        sql.update(
            "INSERT INTO rejected_row (at, position, table_name, operation, key, reason)"
                + " VALUES (1, 1, 'crm.customer', 'UPDATE', '{\"id\":7}', 'why'),"
                + " (1, 1, 'crm.customer', 'UPDATE', '{\"id\":8}', 'why')"));
    assertThat(grep(SECRET)).isNotEmpty();

    Erasure.Result look = journal.erasure().look(ann());
    assertThat(look.traces().events()).isEqualTo(61);
    assertThat(look.traces().pending()).containsEntry("shop", 3L);
    assertThat(look.traces().embedding()).containsExactly(Map.entry("Order", 1L));
    assertThat(look.traces().unclear()).isZero();

    Erasure.Result result = journal.erasure().erase(ann());
    assertThat(result.traces()).isEqualTo(look.traces());
    assertThat(result.left()).isEmpty();
    assertThat(result.open()).isFalse();
    assertThat(grep(SECRET)).isEmpty();
    assertThat(grep(OTHER)).isNotEmpty();
    assertThat(Files.size(directory.resolve("journal.db-wal"))).isZero();

    assertThat(journal.queries().newest("Customer", "7")).isEmpty();
    assertThat(shop.due(NOON.plusSeconds(99), 10))
        .extracting(Delivery::sequence)
        .containsExactlyInAnyOrder(others.sequence(), embedding.sequence(), embedsOther.sequence());
    assertThat(shop.oldestOpen("Customer\0" + "7")).isEmpty();
    assertThat(json(journal.find(embedding.event().id()).orElseThrow().event()))
        .isEqualTo("{\"data\":{\"customer_id\":7,\"customer\":null},\"previous\":{}}");
    assertThat(
            new String(
                shop.coalesced(merged.sequence()).orElseThrow().json(), StandardCharsets.UTF_8))
        .contains(OTHER)
        .contains("\"customer_id\":7,\"customer\":null");
    assertThat(journal.queries().attempts("shop", embedding.sequence()).getFirst().attempt())
        .isEqualTo(attempt(null));
    assertThat(journal.queries().attempts("shop", others.sequence()).getFirst().attempt().answer())
        .isEqualTo(OTHER);
    assertThat(journal.queries().rejected().orElseThrow().count()).isEqualTo(1);
    assertThat(journal.erasure().erase(ann()).traces().events()).isZero();
    assertThat(customer(7, "again").event().entityId()).isEqualTo("7");
  }

  private static String json(Event event) {
    return new String(event.json(), StandardCharsets.UTF_8);
  }

  @Test
  void whatWasInFlightBringsNothingBack() throws Exception {
    JournalEntry own = customer(7, SECRET);
    JournalEntry embedding = order(7, SECRET);
    assertThat(journal.read(0, 9, Long.MAX_VALUE)).hasSize(2); // in memory
    journal.erasure().erase(ann());
    assertThat(journal.read(0, 9, Long.MAX_VALUE))
        .extracting(JournalEntry::sequence)
        .containsExactly(embedding.sequence());

    Samples.attempted(shop, own, attempt(SECRET), new Retrying(NOON), 0, 0);
    Samples.put(crm, own, new Blocked());
    Samples.attempted(shop, embedding, attempt(SECRET), new Retrying(NOON), 0, 0);
    shop.skip(
        List.of(own.sequence()),
        embedding,
        new CoalescedEvent(EventType.Updated, SECRET.getBytes(StandardCharsets.UTF_8)));
    shop.flush();
    crm.flush();
    assertThat(grep(SECRET)).isEmpty();
    assertThat(shop.open()).isEqualTo(1);
    assertThat(crm.open()).isZero();

    DeliveryStore anew = journal.deliveries("shop"); // has read what was redacted
    Samples.attempted(anew, embedding, attempt("fine"), new Retrying(NOON), 0, 0);
    anew.flush();
    assertThat(journal.queries().attempts("shop", embedding.sequence()).getFirst().attempt())
        .isEqualTo(attempt("fine"));
  }

  @Test
  void theJournalIsOneAfterwardsToo() throws Exception {
    customer(7, SECRET);
    JournalEntry kept = customer(8, OTHER);
    journal.erasure().erase(ann());
    journal.close();
    journal = SqliteJournal.open(directory.resolve("journal.db"));
    assertThat(journal.queries().newest("Customer", null).orElseThrow().sequence())
        .isEqualTo(kept.sequence());
    assertThat(journal.housekeeping().removeSettled(NOON.plusSeconds(99), Set.of(), 10))
        .isEqualTo(1);
    long freed = journal.write(sql -> sql.number("PRAGMA auto_vacuum"));
    assertThat(freed).isEqualTo(2); // incremental still
    assertThat(grep(SECRET)).isEmpty();
  }
}
