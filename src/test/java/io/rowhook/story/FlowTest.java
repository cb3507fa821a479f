package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.SignatureVerifier;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.admin.receive.VerificationResult;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole flow as a user meets it, where a story of SQL and requests would not tell it. */
class FlowTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).tables();
  }

  @AfterEach
  void strike() {
    stage.close();
  }

  @Test
  @Tag("feature-1")
  @Tag("feature-10")
  void aRecipientIsAddedAndATemplateEditedWhileRunning() {
    stage
        .receiver("first", TestReceiver.Settings.DEFAULT)
        .receiver("second", TestReceiver.Settings.DEFAULT);
    stage.recipient("first", "url: ${env:FIRST_URL}").start();
    insert(1);
    stage.await("first", 1);

    stage.write("jslt-templates/second/Article.jslt", "{ \"n\": .entityId }");
    stage.recipient("second", "url: ${env:SECOND_URL}");
    awaitDispatcher("second");
    insert(2);
    assertThat(Stage.json(stage.await("second", 1).getFirst()).toString()).isEqualTo("{\"n\":2}");

    stage.write("jslt-templates/second/Article.jslt", "{ \"n\": .entityId, \"name\": .data.name }");
    Eventually.within(
        LIMIT,
        "the edited template is in force",
        () -> {
          int before = stage.inbox("second").size();
          source.execute("UPDATE article SET stock = stock + 1 WHERE id = 2");
          return Stage.json(stage.await("second", before + 1).get(before)).has("name");
        });

    stage.write("jslt-templates/second/Article.jslt", "{ broken");
    Eventually.within(
        LIMIT, "the broken template is reported", () -> !stage.flow().problems().isEmpty());
    assertThat(stage.flow().problems().getFirst()).startsWith("second/Article.jslt:1:");
    insert(3);
    List<ReceivedRequest> second = stage.inbox("second");
    stage.await("second", second.size() + 1);
    assertThat(Stage.json(stage.inbox("second").getLast()).has("name")).isTrue();
  }

  @Test
  @Tag("feature-10")
  @Tag("feature-14")
  void attributeSetsAndTheirModuleAreEditedWhileEventsFlowAndNoneIsLostOrMixed() {
    writeVersion(0);
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.recipient("shop", "url: ${env:SHOP_URL}").start();
    int[] id = {0};
    for (int version = 1; version <= 2; version++) {
      writeVersion(version);
      int wanted = version;
      Eventually.within(
          LIMIT,
          "version " + version + " is in force",
          () -> {
            insert(++id[0]);
            return stage.inbox("shop").stream()
                .anyMatch(one -> Stage.json(one).path("main").asInt() == wanted);
          });
    }
    stage.await("shop", id[0]);
    stage.awaitIdle();
    assertThat(stage.inbox("shop"))
        .allSatisfy(one ->
            assertThat(Stage.json(one).path("main")).isEqualTo(Stage.json(one).path("module")))
        .extracting(one -> Stage.json(one).path("id").asInt())
        .containsExactlyInAnyOrderElementsOf(
            java.util.stream.IntStream.rangeClosed(1, id[0]).boxed().toList());
  }

  private void writeVersion(int version) {
    stage.write("jslt-templates/lib/module.jslt", "def version() " + version);
    stage.write(
        "jslt-templates/shop/Article.jslt",
        "import \"lib/module.jslt\" as m { \"id\": .entityId, \"main\": "
            + version
            + ", \"module\": m:version() }");
  }

  @Test
  void anEntityIsAddedWhileRunning() {
    stage.write("connector-config/entities.yaml", "Article: { table: public.article }\n");
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.recipient("shop", "url: ${env:SHOP_URL}").start();
    insert(1);
    stage.await("shop", 1);
    stage.write(
        "connector-config/entities.yaml",
        "Article: { table: public.article }\nCustomer: { table: crm.customer }\n");
    Eventually.within(
        LIMIT,
        "a customer arrives",
        () -> {
          source.execute(
              "INSERT INTO crm.customer SELECT coalesce(max(customer_id), 0) + 1 FROM crm.customer");
          return stage.inbox("shop").stream().anyMatch(r -> "customer.created".equals(r.topic()));
        });
    int before = stage.inbox("shop").size();
    insert(2);
    stage.await("shop", before + 1);
  }

  @Test
  @Tag("feature-22")
  void oldRowsMakeNoFlood() {
    source.execute(
        "INSERT INTO article SELECT n, 'A', 'Old', 1.00, 0 FROM generate_series(1, 100000) n");
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.recipient("shop", "url: ${env:SHOP_URL}").start();
    source.execute("INSERT INTO article VALUES (100001, 'A', 'New', 1.00, 0)");
    stage.await("shop", 1);
    stage.awaitIdle();
    assertThat(stage.inbox("shop"))
        .extracting(r -> r.header("Rowhook-Entity-Id"))
        .containsExactly("100001");
  }

  @Test
  @Tag("feature-3")
  @Tag("feature-24")
  void bothAuthenticationsAndTheQueryArrive() {
    stage.receiver(
        "shop",
        TestReceiver.Settings.DEFAULT
            .withSignature(SignatureVerifier.standard(SECRET))
            .withBasic("erp:pä:ss"));
    stage.env("SHOP_SECRET", SECRET).env("SHOP_PASSWORD", "pä:ss");
    stage
        .recipient(
            "shop",
            """
            url: ${env:SHOP_URL}?secret=xyz&b=%2F&&c=
            authentication:
              hmac: { secret: "${env:SHOP_SECRET}" }
              basic: { username: erp, password: "${env:SHOP_PASSWORD}" }
            """)
        .start();
    insert(7);
    ReceivedRequest request = stage.await("shop", 1).getFirst();
    assertThat(request.path()).isEqualTo("/shop?secret=xyz&b=%2F&&c=");
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.signature()).isEqualTo(VerificationResult.VERIFIED);
    assertThat(request.basic()).isEqualTo(VerificationResult.VERIFIED);
    assertThat(request.header("Rowhook-Topic")).isEqualTo("article.created");
    assertThat(request.header("Rowhook-Entity-Id")).isEqualTo("7");
    assertThat(request.header("Rowhook-Attempt")).isEqualTo("1");
  }

  @Test
  @Tag("feature-29")
  @Tag("feature-38")
  void aRecipientThatIsDownCostsTheOthersNothingAndGetsAllWhenItComesUp() throws Exception {
    stage
        .receiver("up", TestReceiver.Settings.DEFAULT)
        .receiver("down", TestReceiver.Settings.DEFAULT);
    int port = stage.silence("down");
    stage.recipient("up", "url: ${env:UP_URL}");
    stage.recipient(
        "down",
        """
        url: ${env:DOWN_URL}
        retry: { delays: [%s] }
        pause: { failures: 10000, within: 1s }
        """
            .formatted("200ms, ".repeat(99) + "200ms"));
    stage.start();
    for (int i = 1; i <= 50; i++) {
      insert(i);
    }
    stage.await("up", 50);
    source.execute("UPDATE article SET stock = 1 WHERE id = 1");
    stage.await("up", 51);
    assertThat(stage.inbox("down")).isEmpty();

    stage.stop(); // the backlog must outlive the process
    stage.start();
    stage.receiver("down", TestReceiver.Settings.DEFAULT.withPort(port));
    List<ReceivedRequest> got = stage.await("down", 51);
    stage.awaitIdle();
    assertThat(stage.inbox("down")).hasSize(51);
    assertThat(got)
        .extracting(ReceivedRequest::id)
        .containsExactlyInAnyOrderElementsOf(
            stage.inbox("up").stream().map(ReceivedRequest::id).toList());
    assertThat(got)
        .filteredOn(r -> "1".equals(r.header("Rowhook-Entity-Id")))
        .extracting(ReceivedRequest::topic)
        .containsExactly("article.created", "article.updated");
  }

  @Test
  @Tag("feature-37")
  void whatIsWrittenWhileRowhookIsDownArrivesAfterIt() throws Exception {
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.recipient("shop", "url: ${env:SHOP_URL}").start();
    insert(1);
    stage.await("shop", 1);
    stage.stop();
    assertThat(source.query("SELECT active FROM pg_replication_slots")).isEqualTo("f");
    insert(2);
    source.execute("DELETE FROM article WHERE id = 1");
    stage.start();
    stage.await("shop", 3);
    stage.awaitIdle();
    assertThat(stage.inbox("shop"))
        .extracting(r -> r.topic() + " " + r.header("Rowhook-Entity-Id"))
        .containsExactlyInAnyOrder("article.created 1", "article.created 2", "article.deleted 1");
    assertThat(Files.size(stage.journalFile())).isPositive();
  }

  @Test
  void theSlotMovesOnWhileOnlyOtherTablesChange() {
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.recipient("shop", "url: ${env:SHOP_URL}").start();
    source.execute("INSERT INTO uncaptured SELECT generate_series(1, 10000)");
    String written = source.query("SELECT pg_current_wal_lsn()");
    Eventually.within(
        LIMIT,
        "the slot has passed what was written to other tables",
        () ->
            "t"
                .equals(
                    source.query(
                        "SELECT confirmed_flush_lsn >= '%s' FROM pg_replication_slots"
                            .formatted(written))));
    assertThat(stage.inbox("shop")).isEmpty();
  }

  private void awaitDispatcher(String name) {
    Eventually.within(
        LIMIT,
        name + " has its dispatcher",
        () -> stage.flow().dispatchers().stream().anyMatch(c -> c.recipient().equals(name)));
  }

  private static void insert(int id) {
    source.execute("INSERT INTO article VALUES (" + id + ", 'A-" + id + "', 'Article', 1.50, 0)");
  }
}
