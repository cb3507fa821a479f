package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.rowhook.capture.SourceException;
import io.rowhook.entity.EntityType;
import io.rowhook.recipient.Recipient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Edited files take effect while Rowhook runs, or are refused while the last good ones stay. */
@Timeout(20)
class SettingsReloaderTest {

  private static final String SOME_REFUSED =
      "WARN the settings were edited and are not all good; of the others the last good ones stay in"
          + " force";

  @TempDir Path temp;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(SettingsReloader.class);
  private final List<SettingsDiff> taken = new ArrayList<>();
  private SettingsDirectory directory;
  private SettingsReloader watch;

  @BeforeEach
  void watchAGoodDirectory() throws SettingsException {
    directory = new SettingsDirectory(temp);
    watch = watching((_, changes) -> taken.add(changes));
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
    watch.close();
  }

  @Test
  void withoutAChangeNothingHappens() throws InterruptedException {
    looks(5);
    assertThat(taken).isEmpty();
    assertThat(lines()).isEmpty();
  }

  @Test
  @Tag("feature-51")
  void whatChangedIsTakenAndLoggedByName() throws InterruptedException {
    directory
        .write("config/recipients/stock.yaml", "url: https://stock.example.com\n")
        .shop(
            """
            url: https://shop.example.com/other
            processing: sequential
            authentication: { basic: { username: erp, password: canary7 } }
            subscriptions: [{ entity: Order }]
            """)
        .entities("Article:\n  table: public.item\nOrder:\n  table: sales.sales_order\n")
        .write(
            "config/source.properties",
            "database.hostname=db\ndatabase.password=canary7\ndatabase.user=u\ndatabase.dbname=d\n")
        .write("config/rowhook.yaml", "retention: 1d\njournal: {kafka: {bootstrap.servers: a:1}}\n")
        .write("templates/Order.jslt", ".");
    looks(2);
    assertThat(taken).hasSize(1);
    assertThat(watch.current().recipients().stream().map(Recipient::name))
        .containsExactly("shop", "stock");
    assertThat(lines())
        .containsExactly(
            "INFO settings: entity Article: table changed",
            "INFO settings: source property database.password changed",
            "INFO settings: source property database.user changed",
            "INFO settings: recipient stock added",
            "INFO settings: recipient shop: url, authentication.basic, processing, subscriptions"
                + " changed",
            "INFO settings: template Order.jslt added",
            "INFO settings: retention changed",
            "WARN settings: config/source.properties: database.dbname, database.hostname: the"
                + " source's properties take effect at the next start. Restart Rowhook",
            "WARN settings: rowhook.yaml: journal takes effect at the next start. Restart Rowhook");
    assertThat(String.join("\n", lines())).doesNotContain("canary7");
    directory.delete("config/recipients/shop.yaml").write("templates/Order.jslt", ". ");
    looks(2);
    assertThat(lines())
        .endsWith(
            "INFO settings: recipient shop removed", "INFO settings: template Order.jslt changed");
  }

  /** A token that was taken back must not be good until somebody restarts Rowhook. */
  @Test
  void otherTokensHoldAtOnceAndAnotherAddressDoesNot() throws Exception {
    String file = "admin: { address: '127.0.0.1:%d', tokens: { operate: %s } }\n";
    directory.write("config/rowhook.yaml", file.formatted(8181, "the-first-operate-token"));
    watch.close();
    watch = watching((_, changes) -> taken.add(changes));
    looks(2);
    AdminSettings before = watch.current().admin().orElseThrow();
    directory.write("config/rowhook.yaml", file.formatted(8282, "the-second-operate-token"));
    looks(2);
    AdminSettings after = watch.current().admin().orElseThrow();
    assertThat(after.address()).isEqualTo(before.address());
    assertThat(after.operate().orElseThrow().reveal()).isEqualTo("the-second-operate-token");
    directory.write("config/rowhook.yaml", "admin: { address: '127.0.0.1:8282' }\n");
    looks(2);
    assertThat(watch.current().admin().orElseThrow().operate())
        .as("the address in force is not opened to all")
        .isEqualTo(after.operate());
    assertThat(lines())
        .endsWith(
            "WARN settings: rowhook.yaml: admin.address takes effect at the next start. Restart"
                + " Rowhook");
  }

  @Test
  void whatIsBadIsRefusedOnceAndTheLastGoodStays() throws InterruptedException {
    Settings before = watch.current();
    directory.shop("url: shop\ntimeuot: 5s\n");
    looks(5);
    assertThat(taken).isEmpty();
    assertThat(watch.current()).isSameAs(before);
    assertThat(watch.problems()).hasSize(2);
    assertThat(lines())
        .containsExactly(
            "ERROR settings refused: config/recipients/shop.yaml:1:6: url must begin with https://,"
                + " got: shop. Write for example https://shop.example.com/hook.",
            "ERROR settings refused: config/recipients/shop.yaml:2:1: timeuot is not a key that"
                + " Rowhook knows. Did you mean timeout?",
            SOME_REFUSED);
    directory.shop(SettingsDirectory.GOOD_RECIPIENT);
    looks(2);
    assertThat(lines()).endsWith("INFO the settings are good again");
    assertThat(watch.problems()).isEmpty();
    directory.shop("url: https://shop.example.com/next\n");
    looks(2);
    assertThat(taken).hasSize(1);
  }

  @Test
  void aHalfWrittenFileMakesNoNoise() throws InterruptedException, IOException {
    looks(2);
    Path file = directory.config().resolve("recipients/shop.yaml");
    Files.writeString(file, "url: https://shop.exa");
    looks(1);
    Files.writeString(file, "mple.com/whole\ntime", StandardOpenOption.APPEND);
    looks(1);
    Files.writeString(file, "out: 4s\n", StandardOpenOption.APPEND);
    looks(1);
    assertThat(taken).isEmpty();
    assertThat(lines()).isEmpty();
    looks(1);
    assertThat(lines()).containsExactly("INFO settings: recipient shop: url, timeout changed");
  }

  @Test
  void whatIsEditedBeforeTheWatchBeginsIsFound() throws InterruptedException {
    directory.shop("url: https://shop.example.com/early\n");
    looks(2);
    assertThat(taken).hasSize(1);
  }

  @Test
  void aFileThatASettingRefersToIsWatchedToo() throws InterruptedException {
    directory
        .write("secrets/shop", "old\n")
        .shop(
            """
            url: https://shop.example.com/hook
            authentication: { basic: { username: erp, password: "${file:%s}" } }
            """
                .formatted(temp.resolve("secrets/shop")));
    looks(2);
    directory.write("secrets/shop", "new\n");
    looks(2);
    assertThat(lines()).endsWith("INFO settings: recipient shop: authentication.basic changed");
    assertThat(taken).hasSize(2);
  }

  /** The source is away, or a right is missing: it comes into force when that is mended. */
  @Test
  void whatTheSourceRefusesIsTriedAgain() throws SettingsException, InterruptedException {
    Source source = new Source();
    watch = watching(source);
    source.refuses = "no connection. Mend it.";
    directory
        .entities("Article:\n  table: public.item\nOrder:\n  table: sales.sales_order\n")
        .shop("url: https://shop.example.com/other\n");
    looks(20);
    assertThat(watch.problems()).containsExactly("no connection. Mend it.");
    assertThat(watch.current().entities().getFirst().table()).hasToString("public.article");
    assertThat(watch.current().recipients().getFirst().url())
        .as("needs no source")
        .hasToString("https://shop.example.com/other");
    assertThat(lines())
        .containsExactly(
            "INFO settings: recipient shop: url changed",
            "ERROR settings refused: no connection. Mend it.",
            SOME_REFUSED);
    source.refuses = null;
    looks(SettingsReloader.AGAIN);
    assertThat(watch.problems()).isEmpty();
    assertThat(source.captured).hasSize(1);
    assertThat(lines())
        .endsWith(
            "INFO settings: entity Article: table changed", "INFO the settings are good again");
  }

  /** A typo that is undone: nothing of it may be in force, or come into force later. */
  @Test
  void anUndoneEditOfEntitiesLeavesNothing() throws SettingsException, InterruptedException {
    Source source = new Source();
    watch = watching(source);
    source.refuses = "table public.artcle does not exist.";
    directory.entities("Article:\n  table: public.artcle\nOrder:\n  table: sales.sales_order\n");
    looks(3);
    directory.entities("Article:\n  table: public.article\nOrder:\n  table: sales.sales_order\n");
    looks(20);
    assertThat(source.captured).isEmpty();
    assertThat(watch.problems()).isEmpty();
  }

  private static final class Source implements ReloadListener {
    private final List<List<EntityType>> captured = new ArrayList<>();
    private @Nullable String refuses;

    @Override
    public void recapture(List<EntityType> entities) {
      String why = refuses;
      if (why != null) {
        throw SourceException.of(List.of(why));
      }
      captured.add(entities);
    }

    @Override
    public void take(Settings settings, SettingsDiff changes) {}
  }

  @Test
  void aRoomThatFailsDoesNotEndTheWatch() throws SettingsException, InterruptedException {
    List<SettingsDiff> calls = new ArrayList<>();
    watch =
        watching((_, changes) -> {
          calls.add(changes);
          if (calls.size() == 1) {
            throw new IllegalStateException("planted");
          }
        });
    directory.shop("url: https://shop.example.com/1\n");
    looks(2);
    assertThat(watch.problems()).hasSize(1);
    directory.shop("url: https://shop.example.com/2\n");
    looks(2);
    assertThat(calls).hasSize(2);
    assertThat(watch.problems()).isEmpty();
  }

  @Test
  void aVanishedDirectoryLeavesTheLastGoodInForce() throws InterruptedException, IOException {
    Settings before = watch.current();
    Path away = temp.resolve("away");
    Files.move(directory.config(), away);
    looks(3);
    assertThat(watch.current()).isSameAs(before);
    assertThat(watch.problems())
        .containsExactly(
            directory.config()
                + ": the directory is missing. Create it, or name another with --config.");
    Files.move(away, directory.config());
    looks(2);
    assertThat(watch.problems()).isEmpty();
  }

  @Test
  void itsThreadTakesAChangeAndEnds() throws SettingsException, InterruptedException {
    BlockingQueue<Settings> queue = new LinkedBlockingQueue<>(1);
    watch = watching((settings, _) -> queue.put(settings));
    watch.start();
    directory.shop("url: https://shop.example.com/live\n");
    Settings settings = queue.poll(10, TimeUnit.SECONDS);
    assertThat(settings).isNotNull();
    assertThat(settings.recipients().getFirst().url()).hasToString("https://shop.example.com/live");
    long begin = System.nanoTime();
    watch.close();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
  }

  private SettingsReloader watching(ReloadListener taker) throws SettingsException {
    return new SettingsReloader(
        directory.read(), directory.config(), directory.templates(), Map.of(), taker);
  }

  private void looks(int times) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      watch.look();
    }
  }

  private List<String> lines() {
    return log.list.stream()
        .map(event -> event.getLevel() + " " + event.getFormattedMessage())
        .map(line -> line.replace(temp + "/", ""))
        .toList();
  }
}
