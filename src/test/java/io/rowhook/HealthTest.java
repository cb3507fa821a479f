package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.health.Part.Kind;
import io.rowhook.admin.health.Part.State;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.JournalEntry;
import io.rowhook.story.Stage;
import io.rowhook.testing.SourceDatabase;
import io.rowhook.webhook.DeliveryListener;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not well is said, with what to do, and is well again once that is done. */
@Tag("feature-50")
class HealthTest {

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;
  private WatchedService service;

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).tables();
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.recipient("shop", "url: ${env:SHOP_URL}");
    service = new WatchedService(stage, source);
  }

  @AfterEach
  void strike() {
    service.close();
    stage.close();
  }

  @Test
  void whatAPersonDoesAndWhatTheFilesSay() {
    stage.write(
        "jslt-templates/shop/Article.jslt", "{ \"half\": error(\"no half of \" + .entityType) }");
    service.start(Observers.NONE);
    service.awaitAll(State.ok);
    assertThat(service.status()).isEqualTo(0);
    assertThat(service.out()).startsWith("health       ok\n");
    assertThat(service.report().ready()).isTrue();
    assertThat(service.report().live()).isTrue();

    service.run("pause", "shop", "--reason", "moving house");
    service.await(Kind.recipient, State.degraded, "paused by a person (moving house)");
    assertThat(service.status()).isEqualTo(3);
    assertThat(service.out())
        .startsWith("health       degraded: recipient shop since ")
        .contains("moving house). Mend it, then rowhook resume shop");
    JsonNode health = service.json("status").path("health");
    assertThat(health.path("state").asText()).isEqualTo("degraded");
    assertThat(health.path("live").asBoolean()).isTrue();
    assertThat(health.path("ready").asBoolean()).isTrue();
    service.run("resume", "shop");

    service.run("pause", "--all", "--reason", "wrong prices");
    service.await(Kind.killSwitch, State.degraded, "set (wrong prices): nothing is sent to anyone");
    service.run("resume", "--all");

    stage.recipient("other", "uri: ${env:SHOP_URL}");
    service.await(Kind.settings, State.degraded, "url is missing. Add it. And 1 more");
    stage.recipient("other", "url: ${env:SHOP_URL}");

    service.insert(1);
    service.await(Kind.templates, State.degraded, "deliveries of Article to shop fail");
    stage.write("jslt-templates/shop/Article.jslt", "{ \"id\": .entityId }");
    service.awaitUntil(
        "the next one goes out",
        () -> {
          service.insert(2);
          return !stage.inbox("shop").isEmpty();
        });
    service.awaitAll(State.ok);
    assertThat(service.status()).isEqualTo(0);
  }

  @Test
  void whereNothingWaitsARecipientThatFailedIsNoTroubleUntilItsNextDelivery() {
    int port = stage.silence("shop");
    stage.recipient(
        "shop", "url: ${env:SHOP_URL}\npause: { failures: 0, within: 1m, probe: [1s] }");
    service.start(Observers.NONE);
    service.awaitAll(State.ok);
    service.insert(1);
    service.await(Kind.recipient, State.degraded, "paused after failures");
    service.run("discard", "--all-of", "shop", "--yes");
    service.await(
        Kind.recipient, State.ok, "nothing waits for it, and its next delivery tries it again");
    assertThat(service.status()).isEqualTo(0);
    assertThat(service.out())
        .contains("until its next delivery is acknowledged, which is tried at once (failures)");
    service.insert(2);
    service.await(Kind.recipient, State.degraded, "the delivery tried alone failed too");
    service.run("discard", "--all-of", "shop", "--yes");
    service.await(Kind.recipient, State.ok, "nothing waits for it");
    stage.receiver("shop", TestReceiver.Settings.DEFAULT.withPort(port));
    service.insert(3);
    service.await(Kind.recipient, State.ok, "it is sent to");
  }

  @Test
  void aFullJournalIsFailingAndNotReadyAndNoReasonToBeRestarted() throws Exception {
    service.start(Observers.NONE);
    service.awaitAll(State.ok);
    service.pragma("max_page_count = 1");
    service.insertLarge(1, 100_000);
    service.await(Kind.journal, State.failing, "its disk is full");
    assertThat(service.report().ready()).isFalse();
    assertThat(service.report().live()).isTrue();
    assertThat(service.status()).isEqualTo(1);
    assertThat(service.out()).startsWith("health       failing: ");
    service.pragma("max_page_count = 1000000");
    service.awaitAll(State.ok);
    assertThat(service.report().ready()).isTrue();
  }

  @Test
  void aPublicationThatShrankIsFailing() {
    service.start(Observers.NONE);
    service.awaitAll(State.ok);
    source.execute("ALTER PUBLICATION rowhook DROP TABLE public.article");
    service.await(Kind.publication, State.failing, "does not hold all of public.article any more");
    service.await(Kind.capture, State.failing, "stopped: ");
    assertThat(service.status()).isEqualTo(1);
    assertThat(service.report().ready()).isFalse();
    assertThat(service.report().live()).as("a restart would not mend it").isTrue();
  }

  /** Whoever comes later and finds it stopped is told why, and what to do, in this order. */
  @Test
  void whyItHasStoppedAtAGapIsSaidUntilItHasGoneOn() {
    service.start(Observers.NONE);
    service.awaitAll(State.ok);
    source.execute("ALTER PUBLICATION rowhook DROP TABLE public.article");
    service.await(Kind.capture, State.failing, "stopped: ");
    service.close();
    assertThat(service.status()).isEqualTo(1);
    assertThat(service.out())
        .startsWith("rowhook status: the service is not running")
        .containsPattern(
            "It has stopped at 20[-0-9T:]+Z: \\S+source.properties: publication 'rowhook'")
        .containsSubsequence(
            "does not hold all of public.article any more",
            "run ALTER PUBLICATION \"rowhook\" ADD TABLE \"public\".\"article\"; Then start once"
                + " with --accept-gap",
            "resync");
    source.execute("ALTER PUBLICATION rowhook ADD TABLE public.article");
    service.start(Observers.NONE);
    service.await(Kind.missed, State.degraded, "rowhook resync shop Article");
    service.close();
    assertThat(service.status()).isEqualTo(1);
    assertThat(service.out())
        .doesNotContain("It has stopped")
        .contains("Start it with rowhook run");
  }

  @Test
  void aRecipientsThreadThatHasEndedIsAReasonToBeRestarted() {
    service.start(
        new Observers(
            Observers.NONE.capture(),
            new DeliveryListener() {
              @Override
              public void settled(
                  String recipient, JournalEntry entry, Attempt attempt, DeliveryState state) {
                Thread.currentThread().interrupt(); // it is the recipient's
              }
            }));
    service.awaitAll(State.ok);
    service.insert(1);
    service.await(Kind.recipient, State.failing, "its thread has ended");
    assertThat(service.report().live()).isFalse();
    assertThat(service.report().stuck()).containsExactly("the thread of recipient shop has ended");
    assertThat(service.status()).isEqualTo(1);
    assertThat(service.out())
        .startsWith("health       a restart would help: the thread of recipient shop has ended\n");
  }
}
