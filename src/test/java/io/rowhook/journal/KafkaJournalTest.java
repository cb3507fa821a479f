package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.KafkaCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes' journals in one Kafka; here they are of one process. */
class KafkaJournalTest {

  private static final Duration WITHIN = Duration.ofSeconds(30);

  @TempDir Path directory;
  private final KafkaSettings kafka =
      SharedJournal.settings(
          KafkaCluster.shared().bootstrapServers(), "t" + UUID.randomUUID().toString());

  private SqliteJournal open(String name) throws IOException {
    Path place = Files.createDirectories(directory.resolve(name));
    return SharedJournal.open(place, kafka, new SharedJournal.Share());
  }

  private SqliteJournal alone(String name) throws IOException {
    return SharedJournal.alone(Files.createDirectories(directory.resolve(name)), kafka);
  }

  private static List<JournalEntry> all(Journal journal) {
    return journal.read(0, Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  private static long events(SqliteJournal journal) throws InterruptedException {
    return journal.write(sql -> sql.number("SELECT count(*) FROM event"));
  }

  @Test
  void whatOneWritesTheOtherHasAndMayNotWrite() throws Exception {
    try (SqliteJournal first = alone("first");
        SqliteJournal second = open("second")) {
      SharedJournal.awaitAll(List.of(first, second));
      SqliteJournal capturing = first.sharing().captures() ? first : second;
      SqliteJournal other = first.sharing().captures() ? second : first;
      capturing.begin(EPOCH, lsn(100), Map.of("here", "a note"));
      publish(capturing, 200, "a", "b", "c");

      Eventually.within(WITHIN, "the other has the events", () -> other.head() == 3);
      assertThat(all(other)).usingRecursiveComparison().isEqualTo(all(capturing));
      assertThat(other.watermark()).isEqualTo(lsn(200));
      assertThat(other.note("here")).contains("a note");
      assertThatThrownBy(() -> publish(other, 300, "d"))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining("another instance of Rowhook has taken over");
      assertThat(all(other)).hasSize(3);

      String name = SharedJournal.served(other).getFirst();
      DeliveryStore store = other.deliveries(name);
      store.advance(2);
      Samples.attempted(
          store, all(other).get(2), attempt(1, NOON, "set-1"), new Failed("no"), 0, 0);
      store.flush();
      Eventually.within(
          WITHIN,
          "the first knows of it",
          () ->
              capturing.queries().standings().stream()
                  .anyMatch(one -> one.recipient().equals(name) && one.failed() == 1));
      assertThatThrownBy(() -> capturing.deliveryAdmin().pause(name, "why", Instant.now()))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining("another instance of Rowhook has taken over");
      assertThat(capturing.sharing().server(name).map(Instance::name))
          .isEqualTo(other.sharing().instance().map(Instance::name));
    }
  }

  @Test
  void anotherTakesOverWithAllOfIt() throws Exception {
    SqliteJournal first = alone("first");
    SqliteJournal second = open("second");
    try {
      SharedJournal.awaitAll(List.of(first, second));
      assertThat(first.sharing().captures()).isTrue(); // who has it keeps it
      first.begin(EPOCH, lsn(100), Map.of());
      String name = SharedJournal.served(first).getFirst();
      DeliveryStore store = first.deliveries(name);
      publish(first, 200, "a", "b");
      store.advance(1);
      store.flush();
      first.close();

      SharedJournal.awaitAll(List.of(second));
      assertThat(second.deliveries(name).cursor()).isEqualTo(1);
      assertThat(publish(second, 300, "c")).extracting(JournalEntry::sequence).containsExactly(3L);
      assertThat(second.epoch()).contains(EPOCH);
    } finally {
      second.close();
      first.close();
    }
  }

  @Test
  void anInstanceKnowsHowFarItsFileIsBehind() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    try (SqliteJournal first = alone("first");
        SqliteJournal second = open("second")) {
      SharedJournal.awaitAll(List.of(first, second));
      Thread.ofVirtual().start(() -> hold(second, held));
      first.begin(EPOCH, lsn(100), Map.of());
      publish(first, 200, "a", "b");
      Eventually.within(WITHIN, "it lacks rows", () -> unread(second).rows() > 0);
      Instant later = Instant.now().plus(Duration.ofHours(1));
      assertThat(unread(second).behind(later))
          .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
      Eventually.within(
          WITHIN, "the other lacks nothing", () -> unread(first).behind(later).isZero());

      held.countDown();
      Eventually.within(WITHIN, "it lacks nothing", () -> unread(second).rows() == 0);
      assertThat(unread(second).behind(later)).isZero();
      assertThat(second.head()).isEqualTo(2);
    } finally {
      held.countDown();
    }
  }

  /** The file of it cannot be written until then. */
  private static void hold(SqliteJournal journal, CountDownLatch until) {
    try {
      journal.write(sql -> {
        try {
          until.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return true;
      });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Unread unread(SqliteJournal journal) {
    return journal.sharing().unread();
  }

  @Test
  void theKillSwitchIsEverybodys() throws Exception {
    try (SqliteJournal first = alone("first");
        SqliteJournal second = open("second")) {
      second.deliveryAdmin().setKillSwitch("fire", NOON);
      Eventually.within(WITHIN, "the first stops too", () -> first.killSwitch().isPresent());
      first.deliveryAdmin().clearKillSwitch();
      Eventually.within(WITHIN, "the second goes on", () -> second.killSwitch().isEmpty());
      first.audit().record("me", AuditEntry.Action.KILL_SWITCH_CLEARED, "", "");
      Eventually.within(
          WITHIN, "one audit log", () -> second.audit().find(AuditLog.Query.newest(9)).size() == 1);
    }
  }

  @Test
  void aJournalOfItsOwnMovesIntoKafka() throws Exception {
    Path file = Files.createDirectories(directory.resolve("moved")).resolve("journal.db");
    List<JournalEntry> entries;
    try (SqliteJournal before = SqliteJournal.open(file)) {
      entries = SixDeliveries.toShop(before);
      for (int i = 0; i < 20; i++) {
        before.deliveries("r" + i);
      }
      before.deliveryAdmin().pause("r7", "a pause", NOON);
    }
    List<JournalQueries.Standing> standings;
    try (SqliteJournal moved = alone("moved")) {
      standings = moved.queries().standings();
      assertThat(all(moved)).usingRecursiveComparison().isEqualTo(entries);
      assertThat(moved.queries().pause("r7").map(Pause::reason)).contains("a pause");
      publish(moved, 300, "z");
    }
    try (SqliteJournal fresh = alone("fresh")) {
      assertThat(fresh.head()).isEqualTo(7);
      assertThat(fresh.queries().standings())
          .usingRecursiveFieldByFieldElementComparatorIgnoringFields("ahead")
          .containsExactlyInAnyOrderElementsOf(standings);
      assertThat(fresh.deliveries("r5").cursor()).isEqualTo(6);
    }
    // Nobody else's file goes over it.
    Path other = Files.createDirectories(directory.resolve("other")).resolve("journal.db");
    try (SqliteJournal own = SqliteJournal.open(other)) {
      own.begin(EPOCH, lsn(100), Map.of());
    }
    assertThatThrownBy(() -> alone("other"))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("is a journal of its own")
        .hasMessageContaining("topic-prefix");
    try (SqliteJournal own = SqliteJournal.open(other)) {
      assertThat(own.epoch()).contains(EPOCH); // and is as it was
    }
  }

  @Test
  void aFileGoesBackToItselfAndIntoOtherTopics() throws Exception {
    try (SqliteJournal first = alone("first")) {
      first.begin(EPOCH, lsn(100), Map.of());
      publish(first, 200, "a");
      first.deliveries("shop");
    }
    Path file = directory.resolve("first").resolve("journal.db");
    try (SqliteJournal own = SqliteJournal.open(file)) {
      publish(own, 300, "b");
      own.deliveries("another");
    }
    KafkaSettings others =
        SharedJournal.settings(kafka.bootstrapServers(), kafka.topicPrefix() + "-anew");
    try (SqliteJournal moved = SharedJournal.alone(directory.resolve("first"), others)) {
      assertThat(all(moved)).extracting(JournalEntry::sequence).containsExactly(1L, 2L);
      assertThat(moved.deliveries("another").cursor()).isEqualTo(2);
      assertThat(moved.deliveries("shop").cursor()).isEqualTo(1);
    }
  }

  @Test
  void aFileAndOtherTopicsDoNotBelongTogether() throws Exception {
    try (SqliteJournal first = alone("first")) {
      first.begin(EPOCH, lsn(100), Map.of());
      publish(first, 200, "a");
    }
    Path place = directory.resolve("first");
    assertThatThrownBy(() ->
            SqliteJournal.open(
                place.resolve("journal.db"),
                new KafkaSettings(kafka.bootstrapServers(), "another", Optional.empty(), Map.of())))
        .hasMessageContaining("topic-prefix " + kafka.topicPrefix())
        .hasMessageContaining("move the file away");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.deleteTopics(List.of(kafka.topicPrefix() + ".events")).all().get();
      Eventually.within(
          WITHIN,
          "the topic is gone",
          () -> !admin.listTopics().names().get().contains(kafka.topicPrefix() + ".events"));
    }
    assertThatThrownBy(() -> SqliteJournal.open(place.resolve("journal.db"), kafka))
        .hasMessageContaining("a topic " + kafka.topicPrefix() + ".events that was removed since");
  }

  @Test
  void whereNoKafkaAnswersItSaysWhere() {
    assertThatThrownBy(() ->
            SqliteJournal.open(
                directory.resolve("journal.db"), SharedJournal.settings("127.0.0.1:9", "p")))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("Kafka at 127.0.0.1:9")
        .hasMessageContaining("journal.kafka in rowhook.yaml");
  }

  @Test
  void whatAStartWouldRefuseIsSeenWithoutOne() throws Exception {
    assertThat(JournalInspection.of(kafka)).isEmpty(); // no topics yet: they are made
    assertThat(JournalInspection.of(SharedJournal.settings("127.0.0.1:9", "p")))
        .singleElement()
        .asString()
        .contains("Kafka at 127.0.0.1:9: cannot be asked: no broker has answered in time");
    KafkaCluster.shared().createTopic(kafka.topicPrefix() + ".deliveries", 3);
    assertThat(JournalInspection.of(kafka).toString())
        .contains("has 3 partitions and must have 64")
        .contains("has cleanup.policy=delete");
  }

  @Test
  void settingsThatKafkasClientRefusesAreNamed() {
    assertRefused("nowhere.invalid:9092", Map.of(), "No resolvable bootstrap urls");
    assertRefused("127.0.0.1:9", Map.of("default.api.timeout.ms", "1"), "default.api.timeout.ms");
    assertRefused("127.0.0.1:9", Map.of("security.protocol", "SSLL"), "security.protocol");
    assertRefused("127.0.0.1:9", Map.of("delivery.timeout.ms", "1000"), "delivery.timeout.ms");
    assertRefused("127.0.0.1:9", Map.of("fetch.max.wait.ms", "-1"), "fetch.max.wait.ms");
  }

  private void assertRefused(String servers, Map<String, String> more, String text) {
    KafkaSettings settings = new KafkaSettings(servers, "p", Optional.empty(), more);
    assertThatThrownBy(() -> SqliteJournal.open(directory.resolve("journal.db"), settings))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("rowhook.yaml: journal.kafka")
        .hasMessageContaining(text);
  }

  @Test
  void whatWasNotPublishedIsTakenBackByWhoTakesOver() throws Exception {
    SqliteJournal first = alone("first");
    first.begin(EPOCH, lsn(100), Map.of());
    publish(first, 200, "a");
    first.append(
        Samples.transaction(300), List.of(Samples.event("b", 300), Samples.event("c", 300)));
    first.stage(List.of(), Samples::merge); // it never comes to its end
    Eventually.within(WITHIN, "both stand behind the head", () -> events(first) == 3);
    first.close();
    try (SqliteJournal second = alone("second")) {
      assertThat(second.head()).isEqualTo(1);
      second.discard();
      assertThat(publish(second, 300, "b", "c", "d")).hasSize(3);
      assertThat(events(second)).isEqualTo(4);
    }
  }
}
