package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.change;
import static io.rowhook.journal.Samples.event;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static io.rowhook.journal.Samples.transaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.entity.Event;
import io.rowhook.testing.SpilledInMemory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A transaction too large for memory goes through every journal in pieces, and is seen whole or not
 * at all.
 */
@ParameterizedClass
@MethodSource("io.rowhook.journal.JournalKind#all")
class StagingContractTest {

  private final JournalKind kind;
  @TempDir Path directory;
  Journal journal;

  StagingContractTest(JournalKind kind) {
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
  void discardForgetsWhatWasPublishedAndWhatWasStaged() throws InterruptedException {
    journal.publish(transaction(200), List.of(event("1", 200)), List.of());
    journal.stage(List.of(change("2", 1)), Samples::merge);
    journal.discard();
    journal.commit();
    SpilledInMemory.publish(journal, transaction(300), c -> event(c.entityId(), 300));

    assertThat(JournalKind.ids(journal)).isEmpty();
    assertThat(journal.watermark()).isEqualTo(lsn(300));
  }

  @Test
  void stagedChangesAreMergedInOrderOfFirstTouch() throws InterruptedException {
    journal.publish(transaction(200), List.of(event("0", 200)), List.of());
    journal.stage(List.of(change("a", 1), change("b", 1), change("a", 2)), Samples::merge);
    journal.stage(List.of(change("c", 1), change("b", 9)), Samples::merge);
    assertThat(JournalKind.ids(journal)).isEmpty();

    SpilledInMemory.publish(
        journal,
        transaction(300),
        c ->
            c.entityId().equals("c")
                ? null
                : event(c.entityId(), 300, Objects.requireNonNull(c.after()).toString()));

    assertThat(JournalKind.ids(journal)).containsExactly("0", "a", "b");
    assertThat(
            journal.read(1, 5, 1_000).stream()
                .map(e -> new String(e.event().json(), StandardCharsets.UTF_8)))
        .containsExactly("{\"id\":\"a\",\"stock\":2}", "{\"id\":\"b\",\"stock\":9}");
    assertThat(journal.watermark()).isEqualTo(lsn(300));
    SpilledInMemory.publish(journal, transaction(400), c -> event(c.entityId(), 400));
    assertThat(JournalKind.ids(journal)).as("it is empty again").containsExactly("0", "a", "b");
  }

  @Test
  void whatCannotBeMadeAnEventLeavesNothingHalfPublished() throws InterruptedException {
    journal.stage(List.of(change("a", 1), change("b", 1)), Samples::merge);
    assertThatThrownBy(() ->
            SpilledInMemory.publish(
                journal,
                transaction(300),
                c -> {
                  if (c.entityId().equals("b")) {
                    throw new IllegalStateException("a fault planted by the test");
                  }
                  return event(c.entityId(), 300);
                }))
        .isInstanceOf(IllegalStateException.class);

    reopen();
    assertThat(JournalKind.ids(journal)).isEmpty();
    assertThat(journal.watermark()).isEqualTo(lsn(100));
  }

  @Test
  void whatIsAppendedIsSeenByNobodyBeforeItIsPublished() throws InterruptedException {
    journal.publish(transaction(200), List.of(event("0", 200)), List.of());
    journal.stage(List.of(change("a", 1), change("b", 1)), Samples::merge);
    journal.append(transaction(300), List.of(event("a", 300)));
    journal.append(transaction(300), List.of(event("b", 300)));
    journal.deliveries("another"); // what was queued before is written by then

    assertThat(JournalKind.ids(journal)).containsExactly("0");
    assertThat(journal.head()).isEqualTo(1);
    assertThat(journal.watermark()).isEqualTo(lsn(200));
    assertThat(journal.find(event("a", 300).id())).isEmpty();
    assertThat(journal.lastBefore(java.time.Instant.MAX.minusSeconds(1))).isEqualTo(1);

    journal.publishStaged(transaction(300), List.of());
    assertThat(JournalKind.ids(journal)).containsExactly("0", "a", "b");
    assertThat(journal.watermark()).isEqualTo(lsn(300));
  }

  /** Else capture would read the transaction again for ever. */
  @Test
  void twoEventsOfOneIdAreOneAndTheJournalGoesOn() throws InterruptedException {
    Event event = event("a", 200);
    journal.publish(transaction(200), List.of(event, event("b", 200), event), List.of());
    journal.commit();

    assertThat(JournalKind.ids(journal)).containsExactly("a", "b");
    assertThat(journal.watermark()).isEqualTo(lsn(200));
    publish(journal, 300, "c");
    assertThat(JournalKind.ids(journal)).containsExactly("a", "b", "c");
  }

  @Test
  void whatWasAppendedAndNeverPublishedIsGone() throws InterruptedException {
    journal.stage(List.of(change("a", 1)), Samples::merge);
    journal.append(transaction(300), List.of(event("a", 300), event("b", 300)));
    journal.discard();
    publish(journal, 300, "a");
    journal.stage(List.of(change("c", 1)), Samples::merge);
    journal.append(transaction(400), List.of(event("c", 400), event("d", 400)));
    reopen();

    assertThat(JournalKind.ids(journal)).containsExactly("a");
    publish(journal, 400, "c", "e");
    assertThat(JournalKind.ids(journal)).containsExactly("a", "c", "e");
    assertThat(journal.head()).isEqualTo(3);
  }

  @Test
  void whatWasStagedDoesNotOutliveTheProcess() throws InterruptedException {
    journal.stage(List.of(change("a", 1)), Samples::merge);
    reopen();
    SpilledInMemory.publish(journal, transaction(300), c -> event(c.entityId(), 300));

    assertThat(JournalKind.ids(journal)).isEmpty();
  }
}
