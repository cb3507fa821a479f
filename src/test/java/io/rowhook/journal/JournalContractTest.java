package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.event;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static io.rowhook.journal.Samples.transaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.entity.Event;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Events are published, seen, read and found alike in every journal, whatever keeps it. */
@ParameterizedClass
@MethodSource("io.rowhook.journal.JournalKind#all")
class JournalContractTest {

  private final JournalKind kind;
  @TempDir Path directory;
  Journal journal;

  JournalContractTest(JournalKind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void open() {
    journal = kind.open(directory);
    journal.begin(EPOCH, lsn(100), Map.of());
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private void reopen() {
    journal.close();
    journal = kind.open(directory);
  }

  @Test
  void committedEventsAreReadInOrderAndWhole() throws InterruptedException {
    publish(journal, 200, "1", "2");
    publish(journal, 300, "3");

    assertThat(JournalKind.ids(journal)).containsExactly("1", "2", "3");
    JournalEntry second = journal.read(0, 3, 1_000_000).get(1);
    assertThat(second.event()).usingRecursiveComparison().isEqualTo(event("2", 200));
    assertThat(journal.head()).isEqualTo(journal.read(0, 3, 1_000_000).get(2).sequence());
    assertThat(journal.watermark()).isEqualTo(lsn(300));
    assertThat(journal.read(journal.head(), 10, 1_000)).isEmpty();
  }

  @Test
  void whatIsPublishedIsSeenOnlyAfterTheCommit() throws InterruptedException {
    List<List<String>> seen = new CopyOnWriteArrayList<>();
    journal.onPublished(() -> seen.add(JournalKind.ids(journal)));
    journal.publish(transaction(200), List.of(event("1", 200)), List.of());
    journal.publish(transaction(300), List.of(event("2", 300)), List.of());
    assertThat(JournalKind.ids(journal)).isEmpty();
    assertThat(journal.head()).isZero();
    assertThat(journal.watermark()).isEqualTo(lsn(100));

    journal.commit();

    assertThat(seen).containsExactly(List.of("1", "2"));
  }

  @Test
  void whoNoLongerListensIsCalledNoMore() throws InterruptedException {
    List<Long> heads = new CopyOnWriteArrayList<>();
    Runnable listener = () -> heads.add(journal.head());
    journal.onPublished(listener);
    publish(journal, 200, "a");
    journal.noLongerOnPublished(listener);
    publish(journal, 300, "b");
    assertThat(heads).hasSize(1);
  }

  @Test
  void aFailingListenerHurtsNobody() throws InterruptedException {
    List<Long> heads = new CopyOnWriteArrayList<>();
    journal.onPublished(() -> {
      throw new IllegalStateException("a fault planted by the test");
    });
    journal.onPublished(() -> heads.add(journal.head()));

    publish(journal, 200, "1");
    publish(journal, 300, "2");

    assertThat(heads).hasSize(2);
  }

  @Test
  void aReadIsBoundedByCountAndBytesButGivesAtLeastOne() throws InterruptedException {
    String json = "{\"text\":\"" + "x".repeat(1_000) + "\"}";
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      events.add(event("" + i, 200, json));
    }
    journal.publish(transaction(200), events, List.of());
    journal.commit();

    for (String from : List.of("memory", "disk")) {
      assertThat(JournalKind.ids(journal.read(0, 3, 1_000_000)))
          .as(from)
          .containsExactly("0", "1", "2");
      assertThat(JournalKind.ids(journal.read(1, 100, 2_500))).as(from).containsExactly("1", "2");
      assertThat(JournalKind.ids(journal.read(2, 100, 1))).as(from).containsExactly("2");
      // an empty page would say that there are no more
      assertThatIllegalArgumentException().as(from).isThrownBy(() -> journal.read(0, 0, 1_000));
      reopen();
    }
  }

  @Test
  void anEventForOneRecipientAloneKeepsItAndIsNobodyElsesBacklog() throws InterruptedException {
    DeliveryStore shop = journal.deliveries("shop");
    publish(journal, 200, "1");
    long bytes = shop.backlog().bytes();

    journal.publish(
        transaction(300), List.of(event("2", 300).to("shop"), event("3", 300)), List.of());
    journal.commit();

    for (String from : List.of("memory", "disk")) {
      List<JournalEntry> read = journal.read(1, 10, 1 << 20);
      assertThat(read)
          .as(from)
          .extracting(entry -> entry.event().audience())
          .containsExactly("shop", null);
      assertThat(read.getFirst().event().isFor("shop")).as(from).isTrue();
      assertThat(read.getFirst().event().isFor("budget")).as(from).isFalse();
      assertThat(read.getLast().event().isFor("budget")).as(from).isTrue();
      assertThat(journal.find(read.getFirst().event().id()).orElseThrow().event().audience())
          .as(from)
          .isEqualTo("shop");
      reopen();
    }
    assertThat(journal.deliveries("shop").backlog().bytes())
        .isEqualTo(bytes + event("3", 300).json().length);
  }

  @Test
  void anEventIsFoundByItsId() throws InterruptedException {
    String hashed = "evt_0123456789abcdef0123456789abcdef";
    Event event =
        new Event(
            hashed,
            "Order",
            "{\"a\":1}",
            io.rowhook.entity.EventType.Deleted,
            NOON,
            lsn(200),
            "{}".getBytes(StandardCharsets.UTF_8));
    journal.publish(transaction(200), List.of(event), List.of());
    journal.commit();

    assertThat(journal.find(hashed).orElseThrow().event())
        .usingRecursiveComparison()
        .isEqualTo(event);
    assertThat(journal.find("evt_none")).isEmpty();
  }

  @Test
  void twoEventsOfOneIdAreRefusedAndNothingOfTheCommitIsSeen() throws InterruptedException {
    publish(journal, 200, "1");
    journal.publish(transaction(300), List.of(event("2", 300), event("1", 200)), List.of());

    assertThatThrownBy(journal::commit)
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("event.id");
    reopen();
    assertThat(JournalKind.ids(journal)).containsExactly("1");
    assertThat(journal.watermark()).isEqualTo(lsn(200));
    publish(journal, 300, "3");
    assertThat(JournalKind.ids(journal)).containsExactly("1", "3");
  }

  @Test
  void aReaderThatFollowsTheHeadMissesNothing() throws InterruptedException {
    List<Long> followed = new ArrayList<>();
    Semaphore published = new Semaphore(0);
    journal.onPublished(published::release);
    Thread reader =
        Thread.ofVirtual()
            .start(() -> {
              long after = 0;
              while (true) {
                for (JournalEntry entry : journal.read(after, 700, 1 << 20)) {
                  after = entry.sequence();
                  followed.add(after);
                }
                if (followed.size() >= 20_000) {
                  return;
                }
                published.acquireUninterruptibly();
              }
            });
    for (int commit = 0; commit < 200; commit++) {
      List<Event> events = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        events.add(event(commit + "-" + i, 1_000 + commit));
      }
      journal.publish(transaction(1_000 + commit), events, List.of());
      journal.commit();
    }

    assertThat(reader.join(Duration.ofSeconds(20)))
        .as("read %d, head %d", followed.size(), journal.head())
        .isTrue();
    assertThat(followed).hasSize(20_000).isSorted().doesNotHaveDuplicates();
  }
}
