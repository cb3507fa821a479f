package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.settings.Settings;
import io.rowhook.settings.SettingsException;
import io.rowhook.story.Stage;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code rowhook init} on an ERP that nobody has described: from its URI to the first webhook. */
@Tag("feature-59")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InitTest {

  /** What an ERP has besides orders: logins, logs, settings, codes, links. */
  private static final String[] ERP = {
    "CREATE SCHEMA erp",
    "CREATE TYPE erp.order_status AS ENUM ('open', 'shipped', 'on hold')",
    "CREATE TABLE erp.countries (code char(2) PRIMARY KEY, name text)",
    "CREATE TABLE erp.users (id int PRIMARY KEY, login text, password_hash text)",
    "CREATE TABLE erp.customers (id bigint PRIMARY KEY, customer_number text, name text, email"
        + " text, portal_password text, api_token text, iban text, photo bytea, country_code"
        + " char(2) REFERENCES erp.countries, created_at timestamptz DEFAULT now(), created_by int"
        + " REFERENCES erp.users, deleted_at timestamptz)",
    "CREATE TABLE erp.products (id bigint PRIMARY KEY, sku text, name text, list_price numeric,"
        + " deleted_at timestamptz)",
    "CREATE TABLE erp.categories (id int PRIMARY KEY, name text, parent_id int REFERENCES"
        + " erp.categories)",
    "CREATE TABLE erp.product_categories (product_id bigint REFERENCES erp.products, category_id"
        + " int REFERENCES erp.categories, PRIMARY KEY (product_id, category_id))",
    "CREATE TABLE erp.\"order\" (id bigint PRIMARY KEY, order_number text, customer_id bigint NOT"
        + " NULL REFERENCES erp.customers, status erp.order_status, write_date timestamp)",
    "CREATE TABLE erp.order_lines (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES"
        + " erp.\"order\" ON DELETE CASCADE, line_no int, product_id bigint REFERENCES"
        + " erp.products, quantity numeric, internal_secret text, deleted_at timestamptz)",
    "CREATE TABLE erp.stock_movements (id bigint, moved_on date, product_id bigint REFERENCES"
        + " erp.products, from_no int, PRIMARY KEY (id, moved_on)) PARTITION BY RANGE (moved_on)",
    "CREATE TABLE erp.stock_movements_rest PARTITION OF erp.stock_movements DEFAULT",
    "ALTER TABLE erp.stock_movements_rest REPLICA IDENTITY NOTHING",
    "CREATE TABLE erp.customer_accounts (iban text PRIMARY KEY, customer_id bigint NOT NULL"
        + " REFERENCES erp.customers ON DELETE CASCADE)",
    "CREATE TABLE erp.vehicles (id int PRIMARY KEY, number text, name text)",
    "CREATE TABLE erp.trucks (axles int, PRIMARY KEY (id)) INHERITS (erp.vehicles)",
    "CREATE TABLE erp.audit_log (id bigint PRIMARY KEY, what text)",
    "CREATE TABLE erp.app_settings (key text PRIMARY KEY, value text)",
    "CREATE TABLE erp.schema_migrations (version text PRIMARY KEY)",
    "INSERT INTO erp.products VALUES (1, 'CH', 'Chair', 10, NULL)",
    "INSERT INTO erp.customers VALUES (1, 'C1', 'Acme', 'a@example.com', 'hunter2', 'tok-1', 'DE1',"
        + " '\\xdeadbeef', NULL, now(), NULL)"
  };

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private SourceDatabase source;
  @TempDir Path temp;

  @BeforeAll
  void erp() {
    source = SourceDatabase.start();
    source.execute(ERP);
  }

  @AfterAll
  void stop() {
    source.close();
  }

  @Test
  void fromItsUriToTheFirstWebhook() throws IOException, SettingsException {
    Path config = temp.resolve("connector-config");
    assertThat(init(config, "--yes")).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("wrote   " + config.resolve("setup.sql"), "Order", "Customer", "Product");
    assertThat(source.query("SELECT count(*) FROM pg_publication")).isEqualTo("0");
    Settings settings = Settings.read(config, temp.resolve("none"), Map.of("PGPASSWORD", "x"));
    assertThat(settings.entities()).extracting(entity -> entity.name()).contains("Order");
    assertThat(Files.readString(config.resolve("recipients/receive.yaml")))
        .contains("{ entity: Order, becomes: { status: shipped }, topic: order.shipped }")
        .contains("{ entity: Order, events: [Created, Updated, Deleted, Snapshot] }");
    assertThat(Files.readString(config.resolve("entities.yaml")))
        .contains(
            "# others inherit from it, and have a part of its rows; --include it and all of them:\n"
                + "#   erp.vehicles")
        .contains("# Personal data; may a recipient have it? iban")
        .contains("# Personal data, and sent; may every recipient have it? email")
        .as("a key is always sent, so that the part is asked about")
        .contains("# Personal data, and sent; may every recipient have it? iban");
    Map<Path, String> written = files(config);

    assertThat(init(config, "--yes")).isZero();
    assertThat(out.toString()).contains("nothing is new");
    assertThat(files(config)).isEqualTo(written);

    assertThat(init(config, "--yes", "--apply")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("CREATE ROLE \"rowhook\" LOGIN REPLICATION;", "applied ");
    assertThat(init(config, "--yes", "--apply")).as("once more").isZero();
    assertThat(
            source.query(
                "SELECT relreplident FROM pg_class WHERE relname = 'stock_movements_rest'"))
        .as("partitions do not inherit the identity")
        .isEqualTo("f");

    webhook(written);
    written = files(config);

    source.execute(
        "CREATE TABLE erp.invoices (id int PRIMARY KEY, number text, customer_id bigint"
            + " REFERENCES erp.customers)",
        "ALTER TABLE erp.customers ADD reset_token text");
    assertThat(init(config, "--yes")).isZero();
    assertThat(out.toString())
        .contains(
            "1 new: Invoice.", "ALTER PUBLICATION \"rowhook\" ADD TABLE\n  \"erp\".\"invoices\";")
        .contains("A secret is sent. Customer: add to attributes.exclude: reset_token");
    assertThat(files(config)).isEqualTo(written);

    String grant = "GRANT SELECT (\"loyalty\") ON \"erp\".\"customers\" TO \"rowhook\";";
    source.execute("ALTER TABLE erp.customers ADD loyalty text");
    assertThat(init(config, "--yes")).isZero();
    assertThat(out.toString())
        .contains("Role rowhook may not read columns of tables in which it looks rows up.", grant)
        .doesNotContain("\"reset_token\"");
    assertThat(init(config, "--yes", "--apply")).as(err.toString()).isZero();
    assertThat(init(config, "--yes")).isZero();
    assertThat(out.toString()).doesNotContain("may not read columns");
  }

  @Test
  void whatNoTableIsLikeAndWhyNoneIsProposedIsSaid() {
    assertThat(init(temp.resolve("none"), "--yes", "--include", "erp.costumers")).isOne();
    assertThat(err.toString())
        .contains("--include 'erp.costumers': no table of this database is like it.")
        .contains("erp.customers");
    source.execute("CREATE SCHEMA bare", "CREATE TABLE bare.audit_log (id int PRIMARY KEY)");
    try {
      assertThat(init(temp.resolve("bare"), "--yes", "--schema", "bare")).isOne();
      assertThat(err.toString())
          .contains(
              "no entity is proposed or chosen, so nothing is written. Name tables by --include")
          .contains("\n  bare.audit_log: ");
    } finally {
      source.execute("DROP SCHEMA bare CASCADE");
    }
  }

  @Test
  void samplesTellWhatTextsNameAndFewValuesAre() throws IOException, SettingsException {
    source.execute(
        "CREATE SCHEMA crm",
        "CREATE TABLE crm.sale_order (id int PRIMARY KEY, number text)",
        "CREATE TABLE crm.ticket (id int PRIMARY KEY, subject text)",
        "CREATE TABLE crm.task (id int PRIMARY KEY, name text, state text, origin text, model text,"
            + " res_id int)",
        "INSERT INTO crm.task SELECT n, 't' || n, CASE n % 2 WHEN 0 THEN 'open' ELSE 'done' END,"
            + " CASE WHEN n < 4 THEN 'sale.order,' ELSE 'crm.other,' END || n, CASE WHEN n < 3 THEN"
            + " 'sale.order' ELSE 'Ticket' END, n FROM generate_series(1, 5) n");
    try {
      Path names = temp.resolve("names");
      assertThat(init(names, "--yes", "--schema", "crm")).as(err.toString()).isZero();
      assertThat(Files.readString(names.resolve("entities.yaml")))
          .contains("# model and res_id seem to name rows of several tables, by their names;")
          .doesNotContain("prefix");
      Path config = temp.resolve("samples");
      assertThat(init(config, "--yes", "--schema", "crm", "--samples")).as(err.toString()).isZero();
      assertThat(Files.readString(config.resolve("entities.yaml")))
          .contains(
              "origin_sale_order: { table: crm.sale_order, key: origin, prefix: 'sale.order,',"
                  + " attributes: [number] }",
              "# model and res_id name rows of several tables: Ticket (crm.ticket) 3, sale.order"
                  + " (crm.sale_order) 2. They are sent as they are.");
      assertThat(Files.readString(config.resolve("recipients/receive.yaml")))
          .contains("{ entity: Task, becomes: { state: open }, topic: task.open }");
      assertThat(Settings.read(config, temp.resolve("none"), Map.of("PGPASSWORD", "x")).entities())
          .isNotEmpty();
      source.execute(
          "CREATE ROLE sampler LOGIN",
          "GRANT USAGE ON SCHEMA crm TO sampler",
          "GRANT SELECT (id, name, state) ON crm.task TO sampler");
      Path some = temp.resolve("some");
      assertThat(initAs("sampler", some, "--yes", "--schema", "crm", "--samples")).isZero();
      assertThat(Files.readString(some.resolve("recipients/receive.yaml")))
          .as("of the columns that may be read")
          .contains("{ entity: Task, becomes: { state: open }, topic: task.open }");
    } finally {
      source.execute("DROP SCHEMA crm CASCADE", "DROP ROLE IF EXISTS sampler");
    }
  }

  @Test
  void samplesTellWhichImpliedKeysHold() throws IOException {
    source.execute(
        "CREATE SCHEMA old",
        "CREATE TABLE old.customers (id int PRIMARY KEY, name text)",
        "CREATE TABLE old.products (id int PRIMARY KEY, sku text)",
        "CREATE TABLE old.orders (id int PRIMARY KEY, number text, customer_id int, product_id"
            + " int)",
        "INSERT INTO old.customers SELECT n, 'c' || n FROM generate_series(1, 20) n",
        "INSERT INTO old.products VALUES (1, 'P')",
        "INSERT INTO old.orders SELECT n, 'o' || n, n, 100 + n FROM generate_series(1, 21) n");
    try {
      Path names = temp.resolve("implied");
      assertThat(init(names, "--yes", "--schema", "old")).as(err.toString()).isZero();
      assertThat(Files.readString(names.resolve("entities.yaml")))
          .contains("key: customer_id", "key: product_id", "# no foreign key declared");
      Path config = temp.resolve("confirmed");
      assertThat(init(config, "--yes", "--schema", "old", "--samples")).as(err.toString()).isZero();
      assertThat(Files.readString(config.resolve("entities.yaml")))
          .as("one in ten may name a row that is gone")
          .contains("key: customer_id")
          .doesNotContain("key: product_id");
    } finally {
      source.execute("DROP SCHEMA old CASCADE");
    }
  }

  private void webhook(Map<Path, String> settings) {
    try (Stage stage = new Stage(source, temp)) {
      settings.forEach((file, text) -> stage.write("connector-config/" + file, text));
      stage.receiver("receive", TestReceiver.Settings.DEFAULT);
      stage.recipient("receive", "url: ${env:RECEIVE_URL}");
      stage.env("PGPASSWORD", "secret").start();
      source.execute(
          "UPDATE erp.customers SET name = 'Acme & Co', portal_password = 'hunter3', photo ="
              + " '\\x01'");
      source.execute(
          "WITH one AS (INSERT INTO erp.\"order\" VALUES (7, 'O7', 1, 'open', now())) INSERT INTO"
              + " erp.order_lines VALUES (1, 7, 1, 1, 2, 'classified')");
      source.execute(
          "UPDATE erp.order_lines SET quantity = 3",
          "INSERT INTO erp.order_lines VALUES (2, 7, 2, 1, 9, 'classified', now())",
          "INSERT INTO erp.customer_accounts VALUES ('DE2', 1)"); // of the customer nothing is
      // logged
      List<JsonNode> sent = stage.await("receive", 4).stream().map(Stage::json).toList();
      assertThat(sent)
          .allSatisfy(event -> assertThat(event.path("unavailable")).isEmpty())
          .allSatisfy(event ->
              assertThat(event.toString())
                  .doesNotContain(
                      "hunter",
                      "tok-1",
                      "DE1",
                      "3q2+7w",
                      "classified",
                      "created_at",
                      "write_date"));
      JsonNode customer = one(sent, "Customer");
      assertThat(customer.at("/data/name").asText()).isEqualTo("Acme & Co");
      assertThat(customer.at("/data/accounts/0/iban").asText()).isEqualTo("DE2");
      JsonNode order = one(sent, "Order");
      assertThat(order.at("/data/lines")).as("deleted ones are no part").hasSize(1);
      assertThat(order.at("/data/lines/0/quantity").asInt()).isEqualTo(3);
      assertThat(order.at("/data/lines/0/product/sku").asText()).isEqualTo("CH");
      assertThat(order.at("/data/customer/customer_number").asText()).isEqualTo("C1");
    }
  }

  /** The last event of an entity. */
  private static JsonNode one(List<JsonNode> events, String entity) {
    return events.stream()
        .filter(event -> event.at("/entityType").asText().equals(entity))
        .reduce((_, last) -> last)
        .orElseThrow();
  }

  private int init(Path config, String... more) {
    return initAs(source.user(), config, more);
  }

  private int initAs(String user, Path config, String... more) {
    out.getBuffer().setLength(0);
    CommandLine rowhook = Main.commandLine(_ -> {});
    rowhook.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    String uri =
        "postgresql://%s:%s@%s:%d/%s"
            .formatted(user, source.password(), source.host(), source.port(), source.database());
    return rowhook.execute(
        Stream.concat(Stream.of("init", uri, "--dir", config.toString()), Stream.of(more))
            .toArray(String[]::new));
  }

  private static Map<Path, String> files(Path directory) throws IOException {
    Map<Path, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(directory.relativize(file), Files.readString(file));
      }
    }
    return files;
  }
}
