package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.Flow;
import io.rowhook.Observers;
import io.rowhook.Wiring;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.settings.SettingsException;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A subscription that asks what has changed, and a table whose old rows the source does not log.
 */
class OldValuesTest {

  private static final String ONLY_STOCK =
      """
      url: ${env:SHOP_URL}
      subscriptions:
        - { entity: Customer, events: Created }
        - { entity: Article, changed: [stock] }
      """;

  @TempDir Path directory;

  @Test
  @Tag("feature-17")
  void isRefusedAtTheStartAndAtAnEditWithTheStatementThatMendsIt() throws Exception {
    try (SourceDatabase source = SourceDatabase.start();
        Stage stage = new Stage(source, directory).tables()) {
      source.execute(
          "ALTER TABLE public.article REPLICA IDENTITY DEFAULT",
          "ALTER TABLE crm.customer REPLICA IDENTITY DEFAULT");
      stage.receiver("shop", TestReceiver.Settings.DEFAULT).recipient("shop", ONLY_STOCK);
      try (Flow flow = Wiring.flow(stage.options(), stage.env(), Observers.NONE)) {
        assertThatThrownBy(flow::start)
            .isInstanceOf(SettingsException.class)
            .hasMessage(
                "recipients/shop.yaml: subscriptions[1].changed asks what has changed of Article,"
                    + " but table public.article does not log old rows. Run ALTER TABLE"
                    + " \"public\".\"article\" REPLICA IDENTITY FULL;");
      }
      source.execute("ALTER TABLE public.article REPLICA IDENTITY FULL");
      stage.start();
      stage.recipient(
          "shop", ONLY_STOCK + "  - { entity: Customer, when: '.previous.email == null' }\n");
      Eventually.within(
          Duration.ofSeconds(30), "the edit is refused", () -> !stage.flow().problems().isEmpty());
      assertThat(stage.flow().problems())
          .containsExactly(
              "recipients/shop.yaml: subscriptions[2].when asks what has changed of Customer, but"
                  + " table crm.customer does not log old rows. Run ALTER TABLE"
                  + " \"crm\".\"customer\" REPLICA IDENTITY FULL;");
      source.execute("ALTER TABLE crm.customer REPLICA IDENTITY FULL");
      Eventually.within(
          Duration.ofSeconds(30),
          "the edit is taken by itself",
          () -> stage.flow().problems().isEmpty());
      source.execute(
          "INSERT INTO article VALUES (1, 'A-1', 'One', 1.00, 0)",
          "UPDATE article SET name = 'Eins'",
          "UPDATE article SET stock = 1");
      stage.await("shop", 1);
      stage.awaitIdle();
      assertThat(stage.inbox("shop")).hasSize(1);
      assertThat(Stage.json(stage.inbox("shop").getFirst()).path("changed").toString())
          .isEqualTo("[\"stock\"]");
    }
  }

  @Test
  @Tag("feature-16")
  @Tag("feature-17")
  void aNameThatTheEntityDoesNotHaveIsRefusedWithTheNearest() throws Exception {
    try (SourceDatabase source = SourceDatabase.start();
        Stage stage = new Stage(source, directory).tables()) {
      stage.receiver("shop", TestReceiver.Settings.DEFAULT);
      stage.recipient(
          "shop",
          """
          url: ${env:SHOP_URL}
          subscriptions:
            - { entity: Article, changed: [stok, name] }
            - { entity: Article, becomes: { stocks: 0 } }
            - { entity: Article, events: Created, when: '.data.nmae == ".data.nothing" and .data.price > 1' }
            - { entity: Article, events: Deleted, path: '/a/{data.skuu}/{previous.name}' }
            - { entity: Article, when: 'not(any([for (.data.tags) .data.color == "red"]))' }
          """);
      try (Flow flow = Wiring.flow(stage.options(), stage.env(), Observers.NONE)) {
        assertThatThrownBy(flow::start)
            .isInstanceOf(SettingsException.class)
            .hasMessage(
                """
                recipients/shop.yaml: subscriptions[0].changed names stok, which Article does not have. Did you mean stock?
                recipients/shop.yaml: subscriptions[1].becomes names stocks, which Article does not have. Did you mean stock?
                recipients/shop.yaml: subscriptions[2].when names nmae, which Article does not have. Did you mean name?
                recipients/shop.yaml: subscriptions[3].path names skuu, which Article does not have. Did you mean sku?\
                """);
      }
    }
  }
}
