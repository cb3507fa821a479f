package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A template that is taken away: what it made waits until it, or another, is there. */
@Timeout(180)
@Tag("slow")
class TemplateGoneTest {

  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final String ENTITIES = "connector-config/entities.yaml";
  private static final String ORDER = "Order: { table: sales.sales_order }\n";
  private static final String TWO = "Article: { table: public.article }\n" + ORDER;

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).tables().write(ENTITIES, TWO);
    stage.receiver("shop", TestReceiver.Settings.DEFAULT).recipient("shop", "url: ${env:SHOP_URL}");
  }

  @AfterEach
  void strike() {
    stage.close();
  }

  /** Whoever was sent two attributes is not sent all of them since a file is gone. */
  @Test
  void aTemplateThatIsTakenAwayLetsDeliveriesWait() throws Exception {
    stage.write("jslt-templates/Order.jslt", "{ \"id\": .entityId }");
    stage.start();
    Files.delete(directory.resolve("jslt-templates/Order.jslt"));
    stage.awaitProblem("Order.jslt is gone, by which recipient shop gets Order. It is paused");
    order(1);
    Eventually.within(
        LIMIT,
        "the recipient is paused",
        () ->
            stage.flow().dispatchers().stream()
                .anyMatch(one -> one.pause() != null && one.pause().reason().contains("is gone")));
    stage.stop();
    stage.start(); // what is paused stays so, and the file has not come back
    order(2);
    stage.awaitJournaled();
    assertThat(stage.inbox("shop")).isEmpty();
    stage.stop();
    stage.write("jslt-templates/Order.jslt", "{ \"ref\": .entityId }");
    stage.start(); // it goes on by itself
    assertThat(stage.await("shop", 2))
        .extracting(request -> Stage.json(request).toString())
        .containsExactlyInAnyOrder("{\"ref\":1}", "{\"ref\":2}");
  }

  /** On the next start it was chosen anew, and the recipient got the whole event. */
  @Test
  void aTemplateThatIsTakenAwayWhileRowhookIsStopped() throws Exception {
    stage.write("jslt-templates/Order.jslt", "{ \"id\": .entityId }");
    stage.start();
    order(1);
    assertThat(stage.await("shop", 1)).hasSize(1);
    stage.stop();
    Files.delete(directory.resolve("jslt-templates/Order.jslt"));
    stage.start();
    stage.awaitProblem("Order.jslt is gone, by which recipient shop gets Order. It is paused");
    Eventually.within(
        LIMIT,
        "the recipient is paused",
        () -> stage.flow().dispatchers().stream().anyMatch(one -> one.pause() != null));
    order(2);
    stage.awaitJournaled();
    assertThat(stage.inbox("shop")).hasSize(1);
    stage.write("jslt-templates/Order.jslt", "{ \"ref\": .entityId }");
    assertThat(stage.await("shop", 2))
        .extracting(request -> Stage.json(request).toString())
        .containsExactly("{\"id\":1}", "{\"ref\":2}");
  }

  /** It stayed paused until a person resumed it. */
  @Test
  void aRecipientThatIsEditedWhileItsTemplateIsGoneGoesOn() throws Exception {
    stage.write("jslt-templates/Order.jslt", "{ \"id\": .entityId }");
    stage.start();
    Files.delete(directory.resolve("jslt-templates/Order.jslt"));
    stage.awaitProblem("Order.jslt is gone");
    order(1);
    stage.awaitJournaled();
    stage
        .write("jslt-templates/brief.jslt", "{ \"brief\": .entityId }")
        .recipient(
            "shop", "url: ${env:SHOP_URL}\nsubscriptions: [{ entity: Order, attributes: brief }]");
    assertThat(stage.await("shop", 1))
        .extracting(request -> Stage.json(request).toString())
        .containsExactly("{\"brief\":1}");
  }

  private static void order(int id) {
    source.execute("INSERT INTO sales.sales_order (order_id) VALUES (" + id + ")");
  }
}
