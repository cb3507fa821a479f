package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Up to when a recipient has everything: what moves it, what holds it back, and who says so. */
@Tag("feature-71")
class CompleteToTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration LOOKS = Duration.ofSeconds(3);

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;
  private OperatedService service;

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).tables();
    service = new OperatedService(stage, source);
  }

  @AfterEach
  void strike() {
    stage.close();
  }

  @Test
  void itMovesOnWhereNothingHappens() {
    service.shop(0, "");
    for (int i = 0; i < 3; i++) {
      awaitAfter(Instant.now());
    }
    service.update(1);
    List<ReceivedRequest> inbox = stage.await("shop", 1);
    Instant committed =
        Instant.parse(String.valueOf(inbox.getFirst().header("Rowhook-Committed-At")));
    assertThat(Instant.parse(String.valueOf(inbox.getFirst().header("Rowhook-Complete-To"))))
        .isBefore(committed)
        .isAfter(committed.minus(LIMIT));
    awaitAfter(committed);
  }

  @Test
  void aDeliveryThatIsNotThereHoldsItBack() {
    service.shop(1, "");
    service.update(1);
    service.awaitStates("shop", "waiting");
    Instant committed = committed(0);
    service.update(2);
    Instant later = committed(1);
    assertHeld(committed);
    service.shown("redeliver", "shop", "1");
    awaitAfter(later);
  }

  @Test
  void whatAPersonLetsGoDoesNot() {
    service.shop(1, "");
    service.update(1);
    service.awaitStates("shop", "waiting");
    Instant committed = committed(0);
    assertHeld(committed);
    service.shown("discard", "--all-of", "shop", "--yes");
    awaitAfter(committed);
  }

  private Instant committed(int request) {
    return Instant.parse(
        String.valueOf(
            stage.await("shop", request + 1).get(request).header("Rowhook-Committed-At")));
  }

  private JsonNode shop() {
    return service.json("status").path("recipients").path(0);
  }

  private void awaitAfter(Instant instant) {
    Eventually.within(
        LIMIT,
        () -> "complete after " + instant + ": " + service.json("status"),
        () ->
            shop().path("completeTo").isTextual()
                && Instant.parse(shop().path("completeTo").asText()).isAfter(instant));
  }

  /** It stays before an instant while the source is looked at some times more. */
  private void assertHeld(Instant before) {
    Instant until = Instant.now().plus(LOOKS);
    while (Instant.now().isBefore(until)) {
      assertThat(shop().path("completeTo").asText())
          .satisfiesAnyOf(
              to -> assertThat(to).isEqualTo("null"),
              to -> assertThat(Instant.parse(to)).isBefore(before));
    }
  }
}
