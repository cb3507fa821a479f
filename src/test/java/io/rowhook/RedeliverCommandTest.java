package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person at a terminal lets deliveries go out again. */
class RedeliverCommandTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String IN_ORDER = "\nprocessing: sequential";

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
  void aWaitingOneIsRedeliveredAndADeliveredOneToo() {
    service.shop(1, "");
    service.update(1);
    String id = String.valueOf(stage.await("shop", 1).getFirst().header("Webhook-Id"));
    service.awaitStates("shop", "waiting");

    assertThat(service.shown("redeliver", "shop", id))
        .isEqualToIgnoringNewLines(id + " goes to shop again");
    service.awaitStates("shop", "delivered");
    assertThat(service.shown("redeliver", "shop", "1")).contains(id);
    List<ReceivedRequest> inbox = stage.await("shop", 3);
    assertThat(OperatedService.ids(inbox)).containsOnly(id);
    assertThat(inbox)
        .extracting(request -> request.header("Rowhook-Redelivery"))
        .containsExactly(null, "1", "2");
    assertThat(inbox)
        .extracting(request -> request.header("Rowhook-Attempt"))
        .containsExactly("1", "1", "1");
  }

  @Test
  @Tag("feature-40")
  void aRedeliveryIsRenderedAnew() {
    stage.write("jslt-templates/shop/Article.jslt", "{ \"v\": 1 }");
    service.shop(1, "");
    service.update(1);
    service.awaitStates("shop", "waiting");
    stage.write("jslt-templates/shop/Article.jslt", "{ \"v\": 2 }");
    Eventually.within(
        LIMIT,
        "the mended template is in force",
        () -> {
          int before = stage.inbox("shop").size();
          service.update(2);
          return Stage.json(stage.await("shop", before + 1).get(before)).path("v").asInt() == 2;
        });
    service.shown("redeliver", "shop", "1");
    ReceivedRequest again =
        Eventually.until(
            LIMIT,
            "the redelivered one arrives",
            () ->
                stage.inbox("shop").stream()
                    .filter(request -> "1".equals(request.header("Rowhook-Redelivery")))
                    .findFirst()
                    .orElse(null));
    assertThat(Stage.json(again).toString()).isEqualTo("{\"v\":2}");
  }

  @Test
  @Tag("feature-40")
  void aRangeIsReplayedInOrderWithTheSameIds() {
    service.shop(0, IN_ORDER);
    for (int i = 0; i < 3; i++) {
      service.update(1);
    }
    service.update(2);
    List<String> first = OperatedService.ids(stage.await("shop", 4));
    stage.awaitIdle();

    assertThat(service.run("replay", "shop", "--from-sequence", "9")).isEqualTo(1);
    assertThat(service.out()).contains("Nothing to replay");
    assertThat(service.shown("replay", "shop", "--from", "1h", "--entity", "Article", "--id", "1"))
        .isEqualToIgnoringNewLines("3 deliveries to shop go out again");
    List<ReceivedRequest> inbox = stage.await("shop", 7);
    assertThat(OperatedService.ids(inbox.subList(4, 7)))
        .containsExactlyElementsOf(first.subList(0, 3));
    assertThat(inbox.getLast().header("Rowhook-Redelivery")).isEqualTo("1");
    assertThat(service.run("replay", "shop")).isEqualTo(2);
    assertThat(service.err()).contains("which range?");
  }
}
