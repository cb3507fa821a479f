package io.rowhook.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.setup.ClusterHistory;
import io.rowhook.testing.MemoryCheckpointStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckpointsTest {

  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final Checkpoints checkpoints = new Checkpoints(store);

  @Test
  void thePublicationIsReadAsItWasRecorded() {
    PublishedTables now =
        new PublishedTables(
            4_294_967_295L,
            Lsn.parse("FFFFFFFF/FFFFFFFE"),
            Map.of(
                new TableId("public", "a \"b\""),
                new PublishedTables.Table(
                    16385, new PublicationRoutes("16385/x"), null, List.of("id", "no")),
                new TableId("sales", "ö"),
                new PublishedTables.Table(16386, null, Lsn.parse("1/A0B374D8"), List.of()),
                new TableId("sales", "out"),
                new PublishedTables.Table(16387, PublicationRoutes.NONE, null, List.of("id"))));
    assertThat(checkpoints.published()).isEmpty();
    checkpoints.publicationSeen(Lsn.parse("0/1"));
    assertThat(checkpoints.published()).isEmpty();

    checkpoints.published(now, List.of());
    assertThat(checkpoints.published()).contains(now);

    checkpoints.publicationSeen(Lsn.parse("FFFFFFFF/FFFFFFFF"));
    assertThat(checkpoints.published())
        .contains(
            new PublishedTables(now.publication(), Lsn.parse("FFFFFFFF/FFFFFFFF"), now.tables()));
  }

  @Test
  void anEpochForgetsTheSlotThatWasToBeMade() {
    SlotIntent intent = new SlotIntent("7506543210987654321", "rowhook");
    checkpoints.intend(intent);
    assertThat(checkpoints.slotIntent()).contains(intent);
    ClusterHistory history = new ClusterHistory("7506543210987654321", 2, "rowhook");
    checkpoints.begin(new Epoch("e", history.text(), Instant.EPOCH), Lsn.parse("0/10"));
    assertThat(checkpoints.slotIntent()).isEmpty();
    assertThat(checkpoints.epoch().map(ClusterHistory::of)).isEqualTo(Optional.of(history));
  }
}
