package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.TestReceiver;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Settings edited while events flow, refused, undone, and taken as soon as the source lets them.
 */
@Timeout(180)
@Tag("slow")
class EditsTest {

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

  /** It was in force at the next reconnect, which lost every order from then on. */
  @Test
  void aTypoThatIsUndoneLosesNothing() {
    stage.start();
    stage.write(ENTITIES, TWO.replace("sales_order", "sales_ordr"));
    stage.awaitProblem("sales.sales_ordr");
    stage.write(ENTITIES, TWO);
    stage.awaitNoProblem();
    killTheConnection();
    order(1);
    assertThat(stage.await("shop", 1)).hasSize(1);
  }

  /** Each counts for itself: what is good of a look is taken, and no half of what is not. */
  @Test
  void refusedEntitiesAndATemplateOfTheSameLook() {
    stage.start();
    stage
        .write("jslt-templates/Order.jslt", "{ \"version\": 2 }")
        .write("jslt-templates/Article.jslt", "{ broken")
        .write(ENTITIES, TWO.replace("sales_order", "sales_ordr"));
    stage.awaitProblem("sales.sales_ordr");
    stage.awaitProblem("Article.jslt:1:");
    killTheConnection();
    order(1);
    article(1);
    stage.await("shop", 2);
    assertThat(stage.inbox("shop").stream().map(request -> Stage.json(request).toString()))
        .anyMatch("{\"version\":2}"::equals)
        .anyMatch(body -> body.contains("\"entityType\":\"Article\""));
  }

  @Test
  void twoEditsOneRightAfterTheOther() {
    stage.start();
    stage.write(ENTITIES, TWO + "Customer: { table: crm.customer }\n");
    awaitPublished("crm.customer");
    stage.write(
        ENTITIES,
        TWO + "Customer: { table: crm.customer, attributes: { exclude: [phone, email] } }\n");
    Eventually.within(
        LIMIT,
        "the second is in force",
        () -> {
          int before = stage.inbox("shop").size();
          source.execute(
              "INSERT INTO crm.customer SELECT coalesce(max(customer_id), 0) + 1, 'n', 'e', 'p',"
                  + " true FROM crm.customer");
          return !Stage.json(stage.await("shop", before + 1).get(before)).path("data").has("phone");
        });
    assertThat(stage.inbox("shop"))
        .extracting(request -> request.header("Rowhook-Entity-Id"))
        .as("none is lost between them")
        .doesNotHaveDuplicates()
        .contains("1");
  }

  /** What needs no source is in force at once, the rest by itself when it is back. */
  @Test
  void anEditWhileTheSourceIsAway() {
    stage.start();
    stage.receiver("other", TestReceiver.Settings.DEFAULT);
    String port = stage.env().getOrDefault("OTHER_URL", "");
    source.crash();
    stage
        .recipient("shop", "url: " + port + "\nsubscriptions: [{ entity: Customer }]")
        .write(ENTITIES, TWO + "Customer: { table: crm.customer }\n");
    stage.awaitProblem("source.properties");
    source.restart();
    stage.awaitNoProblem();
    source.execute("INSERT INTO crm.customer VALUES (7, 'n')");
    order(1);
    assertThat(stage.await("other", 1).getFirst().header("Rowhook-Entity-Type"))
        .isEqualTo("Customer");
    assertThat(stage.inbox("shop")).isEmpty();
  }

  /** Refused, with the statement; the owner runs that, and nobody edits anything again. */
  @Test
  void anEntityWhosePublicationIsAnothers() {
    source.execute(
        "DROP ROLE IF EXISTS rowhook_reader",
        "CREATE ROLE rowhook_reader LOGIN REPLICATION",
        "GRANT USAGE ON SCHEMA crm, sales TO rowhook_reader",
        "CREATE PUBLICATION rowhook FOR TABLE public.article, sales.sales_order");
    try {
      stage.user("rowhook_reader").start();
      stage.write(ENTITIES, TWO + "Customer: { table: crm.customer }\n");
      stage.awaitProblem("ALTER PUBLICATION");
      source.execute(statement(stage.flow().problems()));
      stage.awaitNoProblem();
      source.execute("INSERT INTO crm.customer VALUES (7, 'n')");
      assertThat(stage.await("shop", 1).getFirst().header("Rowhook-Entity-Type"))
          .isEqualTo("Customer");
      assertThat(stage.flow().problems()).isEmpty();
    } finally {
      stage.stop();
      source.execute("DROP OWNED BY rowhook_reader", "DROP ROLE rowhook_reader");
    }
  }

  /** The slot's connection and the one that looks rows up log in anew with what is there now. */
  @Test
  void aRotatedPasswordNeedsNoRestart() {
    String access = String.valueOf(source.query("SHOW hba_file"));
    String before = String.valueOf(source.query("SELECT pg_read_file('" + access + "')"));
    source.execute(
        "DROP ROLE IF EXISTS rowhook_rotated",
        "CREATE ROLE rowhook_rotated LOGIN SUPERUSER PASSWORD 'one'");
    access(access, "host all rowhook_rotated all scram-sha-256\nhost all all all trust");
    try {
      stage
          .write("password", "one\n")
          .login("rowhook_rotated", "${file:" + directory.resolve("password") + "}")
          .write(
              ENTITIES,
              "Order: { table: sales.sales_order, refers: { customer: { table: crm.customer, key:"
                  + " customer_id } } }\n")
          .start();
      source.execute("INSERT INTO crm.customer VALUES (7, 'n')");
      source.execute("INSERT INTO sales.sales_order (order_id, customer_id) VALUES (1, 7)");
      stage.await("shop", 1);
      source.execute("ALTER ROLE rowhook_rotated PASSWORD 'two'");
      stage.write("password", "two\n");
      source.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rowhook_rotated'");
      source.execute("INSERT INTO sales.sales_order (order_id, customer_id) VALUES (2, 7)");
      assertThat(Stage.json(stage.await("shop", 2).get(1)).path("data").path("customer"))
          .as("looked up")
          .isNotEmpty();
      stage.awaitNoProblem();
    } finally {
      stage.stop();
      access(access, before);
      source.execute("DROP OWNED BY rowhook_rotated", "DROP ROLE rowhook_rotated");
    }
  }

  /** Who has to give a password: {@code pg_hba.conf}. */
  private static void access(String file, String text) {
    source.execute(
        "COPY (SELECT regexp_split_to_table('"
            + text.replace("'", "''").replace('\t', ' ')
            + "', '\\n')) TO '"
            + file
            + "'",
        "SELECT pg_reload_conf()");
  }

  private static String statement(List<String> problems) {
    String sentence = problems.getFirst();
    return sentence.substring(sentence.indexOf("ALTER PUBLICATION"));
  }

  private static void awaitPublished(String table) {
    Eventually.within(
        LIMIT,
        table + " is published",
        () ->
            "1"
                .equals(
                    source.query(
                        "SELECT count(*) FROM pg_publication_tables WHERE schemaname || '.' ||"
                            + " tablename = '"
                            + table
                            + "'")));
  }

  private static void killTheConnection() {
    source.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots");
  }

  private static void order(int id) {
    source.execute("INSERT INTO sales.sales_order (order_id) VALUES (" + id + ")");
  }

  private static void article(int id) {
    source.execute("INSERT INTO article (id) VALUES (" + id + ")");
  }
}
