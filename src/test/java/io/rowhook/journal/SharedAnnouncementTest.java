package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.entity.OwnEvent;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SharedKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an instance tells of itself that does not capture: the one that does publishes it. */
class SharedAnnouncementTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path one;
  @TempDir Path other;
  private KafkaSettings kafka;

  @BeforeEach
  void settings() {
    kafka = SharedJournal.settings(SharedKafka.servers(), one.getFileName().toString());
  }

  private static Event paused(String recipient) {
    return OwnEvent.of(
        EPOCH,
        EventType.RecipientPaused,
        "recipient/" + recipient,
        NOON,
        Json.MAPPER.createObjectNode().put("subject", recipient),
        "ops");
  }

  /** Serves recipients, and never captures. */
  private SqliteJournal delivering() throws InterruptedException {
    SqliteJournal journal = SqliteJournal.open(other.resolve("journal.db"), kafka);
    journal.sharing().take(false, true, new SharedJournal.Share());
    return journal;
  }

  private static long left(SqliteJournal journal) throws InterruptedException {
    return journal.write(sql -> sql.number("SELECT count(*) FROM announcement"));
  }

  private static void awaitHead(long head, SqliteJournal... journals) {
    for (SqliteJournal journal : journals) {
      Eventually.within(
          LIMIT,
          "sequence " + head + " is there, and nothing is left",
          () -> journal.head() == head && left(journal) == 0);
    }
  }

  @Test
  void isPublishedOnceByTheOneThatCaptures() throws Exception {
    try (SqliteJournal capturing = SharedJournal.alone(one, kafka);
        SqliteJournal delivering = delivering()) {
      SharedJournal.awaitAll(List.of(capturing, delivering));
      capturing.begin(EPOCH, lsn(100), Map.of());
      publish(capturing, 200, "a");
      assertThat(delivering.sharing().captures()).isFalse();

      assertThat(delivering.announce(List.of(paused("shop"), paused("crm")))).isTrue();
      awaitHead(3, capturing, delivering);
      assertThat(capturing.announce(List.of(paused("shop")))).as("known").isTrue();
      assertThat(delivering.announce(List.of(paused("crm"), paused("stock")))).isTrue();
      awaitHead(4, capturing, delivering);
      assertThat(capturing.watermark()).isEqualTo(lsn(200));
      for (SqliteJournal journal : List.of(capturing, delivering)) {
        Event told = journal.find(paused("stock").id()).orElseThrow().event();
        assertThat(told.json()).isEqualTo(paused("stock").json());
        assertThat(told.entityId()).isEqualTo("recipient/stock");
        assertThat(told.isFor("ops")).isTrue();
        assertThat(told.isFor("shop")).isFalse();
      }
    }
  }

  @Test
  void waitsUntilThereIsOne() throws Exception {
    try (SqliteJournal capturing = SharedJournal.alone(one, kafka)) {
      capturing.begin(EPOCH, lsn(100), Map.of());
    }
    try (SqliteJournal delivering = delivering()) {
      assertThat(delivering.announce(List.of(paused("shop")))).isTrue();
      assertThat(left(delivering)).isEqualTo(1);
      assertThat(delivering.head()).isZero();
    }
    try (SqliteJournal delivering = delivering();
        SqliteJournal capturing = SharedJournal.open(one, kafka, new SharedJournal.Share())) {
      awaitHead(1, capturing, delivering);
    }
  }
}
