package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.event;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static io.rowhook.journal.Samples.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.entity.OwnEvent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Rowhook tells of itself, in the journal beside what comes from the source. */
class AnnouncementTest {

  @TempDir Path directory;
  private SqliteJournal journal;

  @BeforeEach
  void open() {
    journal = SqliteJournal.open(directory.resolve("journal.db"));
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private static Event paused(String recipient, Instant since, String audience) {
    return OwnEvent.of(
        EPOCH,
        EventType.RecipientPaused,
        "recipient/" + recipient,
        since,
        Json.MAPPER.createObjectNode().put("subject", recipient),
        audience);
  }

  @Test
  void hasTheNextSequencesAndLeavesTheWatermark() throws Exception {
    assertThat(journal.announce(List.of(paused("shop", NOON, "ops")))).as("no epoch").isFalse();
    journal.begin(EPOCH, lsn(100), Map.of());
    publish(journal, 200, "a", "b");
    AtomicInteger told = new AtomicInteger();
    journal.onPublished(told::incrementAndGet);
    journal.deliveries("other");

    Event paused = paused("shop", NOON, "ops");
    assertThat(journal.announce(List.of(paused, paused("shop", NOON, "chat")))).isTrue();
    assertThat(told).hasValue(1);
    assertThat(journal.head()).isEqualTo(4);
    assertThat(journal.watermark()).isEqualTo(lsn(200));
    assertThat(journal.last()).isEqualTo(Optional.of(transaction(200)));
    assertThat(journal.queries().backlog("other").bytes()).as("nobody else's").isZero();
    List<JournalEntry> read = journal.read(2, 10, Long.MAX_VALUE);
    assertThat(read).extracting(JournalEntry::sequence).containsExactly(3L, 4L);
    assertThat(read.getFirst().event().isFor("ops")).isTrue();
    assertThat(read.getFirst().event().isFor("chat")).isFalse();
    assertThat(read.getFirst().event().topic()).isEqualTo("rowhook.recipient-paused");
    assertThat(journal.find(paused.id()).orElseThrow().event().json()).isEqualTo(paused.json());

    assertThat(journal.announce(List.of(paused("shop", NOON, "ops")))).as("known").isTrue();
    assertThat(journal.head()).isEqualTo(4);
    assertThat(journal.announce(List.of(paused("shop", NOON.plusSeconds(1), "ops")))).isTrue();
    assertThat(journal.head()).isEqualTo(5);
    publish(journal, 300, "c");
    assertThat(journal.head()).isEqualTo(6);
    assertThat(journal.watermark()).isEqualTo(lsn(300));

    journal.close();
    open();
    assertThat(journal.last()).isEqualTo(Optional.of(transaction(300)));
    assertThat(journal.read(4, 1, Long.MAX_VALUE).getFirst().event().entityType())
        .isEqualTo("Rowhook");
  }

  /** Their sequences are those behind the head, which such a transaction has taken. */
  @Test
  void waitsForALargeTransactionThatIsBeingPublished() throws Exception {
    journal.begin(EPOCH, lsn(100), Map.of());
    publish(journal, 200, "a");
    journal.append(transaction(300), List.of(event("b", 300), event("c", 300)));
    assertThat(journal.announce(List.of(paused("shop", NOON, "ops")))).isFalse();
    assertThat(journal.head()).isEqualTo(1);
    journal.append(transaction(300), List.of(event("d", 300)));
    journal.publishStaged(transaction(300), List.of());
    assertThat(journal.head()).isEqualTo(4);
    assertThat(journal.announce(List.of(paused("shop", NOON, "ops")))).isTrue();
    assertThat(journal.read(0, 10, Long.MAX_VALUE))
        .extracting(entry -> entry.event().entityId())
        .containsExactly("a", "b", "c", "d", "recipient/shop");
  }
}
