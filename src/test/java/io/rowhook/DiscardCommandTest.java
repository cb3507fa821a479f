package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.story.Stage;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person at a terminal discards what is not to be sent. */
class DiscardCommandTest {

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
  @Tag("feature-40")
  void whatIsDiscardedLetsTheNextGo() {
    service.shop(1, "");
    service.update(1);
    service.awaitStates("shop", "waiting");
    service.update(1);
    service.awaitStates("shop", "blocked", "waiting");

    assertThat(service.shown("discard", "shop", "1")).contains("1 to shop is discarded");
    service.awaitStates("shop", "delivered", "failed");
    assertThat(service.shown("deliveries", "shop", "--state", "failed"))
        .contains("discarded by a person");
    assertThat(service.run("discard", "shop", "2")).isEqualTo(1);
    assertThat(service.err()).contains("delivery 2 to shop is delivered");
    assertThat(service.run("discard", "--all-of", "shop")).isEqualTo(1);
    assertThat(service.out()).contains("Nothing to discard");
  }

  @Test
  @Tag("feature-40")
  void discardingAllSaysHowManyFirst() {
    service.shop(2, "");
    service.update(1);
    service.update(2);
    service.awaitStates("shop", "waiting", "waiting");
    assertThat(service.run("discard", "--all-of", "shop", "--entity", "Article")).isEqualTo(1);
    assertThat(service.out()).contains("These are 2 deliveries. Nothing was done: --yes does it");
    assertThat(service.states("shop")).containsExactly("waiting", "waiting");
    assertThat(service.shown("discard", "--all-of", "shop", "--yes"))
        .contains("2 deliveries discarded");
    assertThat(service.states("shop")).containsExactly("failed", "failed");
  }

  @Test
  @Tag("feature-40")
  void aBacklogThatWasNeverAttemptedIsDropped() {
    service.shop(0, "");
    service.shown("pause", "shop");
    service.update(1);
    service.update(2);
    service.update(3);
    stage.awaitJournaled();
    assertThat(service.states("shop")).isEmpty();
    JsonNode page = service.json("deliveries", "shop", "--state", "pending", "--limit", "2");
    assertThat(page.path("deliveries").findValuesAsText("id")).containsExactly("3", "2");
    assertThat(page.path("deliveries").findValuesAsText("state")).containsOnly("pending");
    assertThat(
            service.shown(
                "deliveries", "shop", "--state", "pending", "--next", page.path("next").asText()))
        .contains(" shop ", "Article 1", "pending")
        .doesNotContain("Article 2", "There are more");
    assertThat(
            service
                .json(
                    "deliveries", "shop", "--state", "pending", "--entity", "Article", "--id", "2")
                .path("deliveries"))
        .hasSize(1);
    assertThat(service.shown("deliveries", "shop", "--event", "2")).contains("state      pending");
    assertThat(service.run("deliveries", "--state", "pending")).isEqualTo(1);
    assertThat(service.err()).contains("pending is asked for alone and of one recipient");
    assertThat(service.run("deliveries", "shop", "--state", "pending,failed")).isEqualTo(1);
    assertThat(service.run("discard", "--all-of", "shop", "--state", "pending")).isEqualTo(1);
    assertThat(service.out()).contains("These are 3 deliveries. Nothing was done: --yes does it");
    assertThat(service.shown("discard", "shop", "1")).contains("1 to shop is discarded");
    assertThat(service.shown("discard", "--all-of", "shop", "--state", "pending", "--yes"))
        .contains("2 deliveries discarded");
    service.shown("resume", "shop");
    service.update(4);
    stage.awaitIdle();
    assertThat(stage.inbox("shop"))
        .extracting(request -> request.header("Rowhook-Entity-Id"))
        .containsExactly("4");
    service.awaitStates("shop", "delivered", "failed", "failed", "failed");
  }
}
