package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.SourceException;
import io.rowhook.capture.TableMetadata;
import io.rowhook.entity.EntityType;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong in one file keeps nothing of another out. */
@Timeout(20)
@Tag("feature-57")
class EachFileTest {

  private static final String BROKEN = "url: shop\ntimeuot: 5s\n";

  @TempDir Path temp;

  private final List<List<EntityType>> captured = new ArrayList<>();
  private final List<String> paused = new ArrayList<>();
  private Set<String> waiting = Set.of();
  private boolean sourceIsAway;
  private SettingsDirectory directory;
  private Settings first;
  private SettingsReloader watch;

  @BeforeEach
  void watchAGoodDirectory() throws SettingsException {
    directory =
        new SettingsDirectory(temp)
            .write(
                "config/source.properties",
                "database.hostname=db\ndatabase.user=u\ndatabase.password=p\ndatabase.dbname=d\n")
            .write("config/recipients/stock.yaml", "url: https://stock.example.com/1\n")
            .write("templates/Order.jslt", "{ \"version\": 1 }")
            .write("templates/Article.jslt", "{ \"version\": 1 }")
            .shop("url: https://shop.example.com\nsubscriptions: [{ entity: Order }]\n");
    first = directory.read();
    watch =
        new SettingsReloader(
            first, directory.config(), directory.templates(), Map.of(), new Taker());
  }

  @AfterEach
  void stop() {
    watch.close();
  }

  @Test
  void aBadRecipientKeepsNobodyElseOut() throws Exception {
    directory
        .shop(BROKEN)
        .write("config/recipients/stock.yaml", "url: https://stock.example.com/2\n")
        .write("config/recipients/new.yaml", "url: https://new.example.com\n")
        .write("config/recipients/newer.yaml", BROKEN)
        .write("templates/Order.jslt", "{ \"version\": 2 }")
        .write("config/rowhook.yaml", "retention: 3d\n")
        .entities("Article:\n  table: public.item\nOrder:\n  table: sales.sales_order\n");
    looks(2);
    assertThat(urls())
        .containsExactly(
            "https://new.example.com", "https://shop.example.com", "https://stock.example.com/2");
    assertThat(version("Order")).isEqualTo("2");
    assertThat(watch.current().retention()).hasDays(3);
    assertThat(captured).hasSize(1);
    assertThat(problems()).hasSize(4).allMatch(p -> p.contains("shop.yaml") || p.contains("newer"));
    directory.shop("url: https://shop.example.com/2\n").delete("config/recipients/newer.yaml");
    looks(2);
    assertThat(urls())
        .containsExactly(
            "https://new.example.com", "https://shop.example.com/2", "https://stock.example.com/2");
    assertThat(problems()).isEmpty();
  }

  @Test
  void badEntitiesKeepNoRecipientOut() throws Exception {
    directory
        .entities("Article:\n  table: public.article\n  idd: x\n")
        .shop("url: https://shop.example.com/2\nsubscriptions: [{ entity: Order }]\n");
    looks(2);
    assertThat(urls()).contains("https://shop.example.com/2");
    assertThat(captured).isEmpty();
    assertThat(problems()).singleElement().asString().startsWith("config/entities.yaml:3:3: ");
  }

  @Test
  void aBadTemplateKeepsItsLastGoodOneAndTheOthersAreTaken() throws Exception {
    directory
        .write("templates/Order.jslt", "{ broken")
        .write("templates/Article.jslt", "{ \"version\": 2 }")
        .write("templates/shop/never.jslt", "{ broken")
        .shop(
            "url: https://shop.example.com/2\nsubscriptions: [{entity: Order, attributes: never}]\n")
        .write("config/recipients/stock.yaml", "url: https://stock.example.com/2\n");
    looks(2);
    assertThat(version("Order")).isEqualTo("1");
    assertThat(version("Article")).isEqualTo("2");
    assertThat(urls()).containsExactly("https://shop.example.com", "https://stock.example.com/2");
    assertThat(problems())
        .hasSize(3)
        .anyMatch(p -> p.startsWith("Order.jslt:1:"))
        .anyMatch(p -> p.startsWith("shop/never.jslt:1:"))
        .contains(
            "recipients/shop.yaml: subscriptions[0].attributes names never, which is not good. Mend"
                + " its file in templates");
    directory.write("templates/shop/never.jslt", "{}").write("templates/Order.jslt", "{}");
    looks(2);
    assertThat(problems()).isEmpty();
    assertThat(urls()).contains("https://shop.example.com/2");
  }

  /** Nor does a set vanish under a recipient that names it. */
  @Test
  void aNamedTemplateThatIsTakenAwayStaysForWhoNamesIt() throws Exception {
    directory
        .write("templates/brief.jslt", "{ \"version\": 7 }")
        .shop(
            "url: https://shop.example.com\nsubscriptions: [{entity: Order, attributes: brief}]\n");
    looks(2);
    directory.delete("templates/brief.jslt");
    looks(2);
    assertThat(problems()).singleElement().asString().contains("shop.yaml:2:");
    assertThat(
            TemplateRegistry.find(watch.current().sets(), "shop", "Order", Optional.of("brief"))
                .name())
        .isEqualTo("brief.jslt");
  }

  /** Who gets an entity by a set gets no other when its file goes: it is paused, once. */
  @Test
  void aTemplateThatIsTakenAwayShowsNobodyMore() throws Exception {
    directory.write("templates/stock/Order.jslt", "{ \"version\": 8 }");
    looks(2);
    directory.delete("templates/Order.jslt").delete("templates/stock/Order.jslt");
    looks(2);
    assertThat(version("Order")).isEqualTo("1");
    assertThat(
            TemplateRegistry.find(watch.current().sets(), "stock", "Order", Optional.empty())
                .name())
        .isEqualTo("stock/Order.jslt");
    assertThat(problems())
        .containsExactly(
            "templates/Order.jslt is gone, by which recipient shop gets Order. It is paused, so that"
                + " it gets nothing else. Put the file back, or write what it is to get as"
                + " attributes (full is the whole event): then it goes on by itself",
            "templates/stock/Order.jslt is gone, by which recipient stock gets Order. It is paused,"
                + " so that it gets nothing else. Put the file back, or write what it is to get as"
                + " attributes (full is the whole event): then it goes on by itself");
    directory.write("templates/Article.jslt", "{ \"version\": 2 }");
    looks(2);
    assertThat(paused).containsExactly("shop", "stock");
    assertThat(waiting).containsExactlyInAnyOrder("shop", "stock");
    directory
        .write("templates/stock/Order.jslt", "{ \"version\": 9 }")
        .shop(
            "url: https://shop.example.com\nsubscriptions: [{ entity: Order, attributes: full }]\n");
    looks(2);
    assertThat(problems()).isEmpty();
    assertThat(watch.current().sets().sets()).doesNotContainKey("Order.jslt");
    assertThat(waiting).isEmpty();
  }

  @Test
  void anEntityStaysWhileARecipientInForceSubscribesToIt() throws Exception {
    directory
        .entities("Article:\n  table: public.article\n")
        .write("config/recipients/stock.yaml", "url: https://stock.example.com/2\n");
    looks(2);
    assertThat(captured).isEmpty();
    assertThat(urls()).contains("https://stock.example.com/2");
    assertThat(problems())
        .anyMatch(p -> p.startsWith("config/recipients/shop.yaml:2:"))
        .contains(
            "entities.yaml: Order is gone, but recipients/shop.yaml is not good, and as it was last"
                + " good it subscribes to Order. Mend that file, or put Order back");
    directory.shop("url: https://shop.example.com\nsubscriptions: [{ entity: Article }]\n");
    looks(2);
    assertThat(captured).hasSize(1);
    assertThat(problems()).isEmpty();
  }

  @Test
  void theSourcesPropertiesWaitForTheNextStartAndKeepNothingElseOut() throws Exception {
    directory
        .write(
            "config/source.properties",
            "database.hostname=other\ndatabase.user=u\ndatabase.password=new\ndatabase.dbname=d\n")
        .write("config/recipients/stock.yaml", "url: https://stock.example.com/2\n");
    looks(2);
    String notice =
        "config/source.properties: database.hostname: the source's properties take effect at the"
            + " next start. Restart Rowhook";
    assertThat(problems()).containsExactly(notice);
    assertThat(urls()).contains("https://stock.example.com/2");
    assertThat(watch.current().source().values())
        .containsEntry("database.hostname", "db")
        .containsEntry("database.password", "new");
    directory.write("config/recipients/stock.yaml", "url: https://stock.example.com/3\n");
    looks(2);
    assertThat(problems()).containsExactly(notice);
    assertThat(urls()).contains("https://stock.example.com/3");
  }

  /** What is taken of an edit while the source is away: all that does not need it. */
  @Test
  void entitiesWaitForTheSourceAndRecipientsDoNot() throws Exception {
    sourceIsAway = true;
    directory
        .entities(
            """
            Article: { table: public.article }
            Order: { table: sales.sales_order }
            Customer: { table: crm.customer }
            """)
        .shop("url: https://shop.example.com/2\nsubscriptions: [{ entity: Customer }]\n")
        .write("templates/Order.jslt", "{ \"version\": 2 }");
    looks(20);
    assertThat(problems()).containsExactly("the source is away");
    assertThat(urls()).contains("https://shop.example.com/2");
    assertThat(version("Order")).isEqualTo("2");
    sourceIsAway = false;
    looks(SettingsReloader.AGAIN);
    assertThat(problems()).isEmpty();
    assertThat(captured).hasSize(1);
    assertThat(captured.getFirst()).hasSize(3);
  }

  private final class Taker implements ReloadListener {

    @Override
    public List<TableMetadata> look(List<EntityType> entities) {
      askTheSource();
      return List.of();
    }

    @Override
    public void recapture(List<EntityType> entities) {
      askTheSource();
      captured.add(entities);
    }

    private void askTheSource() {
      if (sourceIsAway) {
        throw SourceException.of(List.of("the source is away"));
      }
    }

    @Override
    public void resumeAllBut(Set<String> withdrawn) {
      waiting = withdrawn;
    }

    @Override
    public void pause(String recipient, String reason) {
      paused.add(recipient);
    }

    @Override
    public void take(Settings settings, SettingsDiff changes) {}
  }

  private void looks(int times) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      watch.look();
    }
  }

  private List<String> problems() {
    return watch.problems().stream().map(problem -> problem.replace(temp + "/", "")).toList();
  }

  private List<String> urls() {
    return watch.current().recipients().stream().map(Recipient::url).map(String::valueOf).toList();
  }

  /** Which of its versions is in force. */
  private String version(String entity) throws TemplateException {
    return hash(watch.current(), entity).equals(hash(first, entity)) ? "1" : "2";
  }

  private static String hash(Settings settings, String entity) throws TemplateException {
    return TemplateRegistry.find(settings.sets(), "shop", entity, Optional.empty()).hash();
  }
}
