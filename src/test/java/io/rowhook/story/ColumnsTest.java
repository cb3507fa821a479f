package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.testing.SourceDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not to be sent is not sent, whatever happens to its table. */
@Tag("feature-58")
class ColumnsTest {

  private static final String SALARY = "4711-a-month";

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).tables();
    source.execute(
        "ALTER TABLE crm.customer ADD salary text",
        "ALTER TABLE sales.order_line ADD salary text",
        "CREATE TABLE sales.clerk (id int PRIMARY KEY, name text, salary text)",
        "ALTER TABLE sales.sales_order ADD clerk int");
    stage
        .receiver("shop", TestReceiver.Settings.DEFAULT)
        .recipient("shop", "url: ${env:SHOP_URL}\nprocessing: sequential\n");
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(output, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void strike() {
    System.setOut(out);
    System.setErr(err);
    stage.close();
  }

  private void entities(String columns) {
    stage.write(
        "connector-config/entities.yaml",
        """
        Article: { table: article }
        Customer: { table: crm.customer, attributes: { %1$s } }
        Order:
          table: sales.sales_order
          contains:
            lines: { table: sales.order_line, key: order_id, attributes: { %2$s } }
          refers:
            clerk: { table: sales.clerk, key: clerk, attributes: { %1$s } }
        """
            .formatted(
                columns.formatted("name"), columns.formatted("order_id, line_no, article_id")));
  }

  @Test
  @Tag("regression-renamed-column")
  void anExcludedColumnUnderAnotherNameIsNotSent() throws IOException {
    entities("exclude: salary");
    renameWhileRunning();

    String said = output.toString(StandardCharsets.UTF_8);
    assertThat(said)
        .contains(
            "crm.customer is suspended",
            "table crm.customer column salary is excluded, but does not exist",
            "sales.order_line is suspended");
  }

  @Test
  @Tag("regression-renamed-column")
  void noColumnThatIsNotIncludedIsSent() throws IOException {
    entities("include: [%s]");
    renameWhileRunning();

    assertThat(stage.inbox("shop").stream().map(got -> Stage.json(got).path("entityType").asText()))
        .contains("Customer", "Order");
  }

  private void renameWhileRunning() throws IOException {
    stage.start();
    change(1);
    stage.awaitIdle();
    source.execute(
        "ALTER TABLE crm.customer RENAME salary TO wage",
        "ALTER TABLE sales.order_line RENAME salary TO wage",
        "ALTER TABLE sales.clerk RENAME salary TO wage");
    change(2);
    source.execute(
        "UPDATE crm.customer SET wage = wage || '!'",
        "UPDATE sales.order_line SET wage = wage || '!'",
        "DELETE FROM sales.order_line WHERE order_id = 2",
        "INSERT INTO article VALUES (9, 'CUP', 'Cup', 8.90, 40)");
    stage.awaitIdle();
    assertThat(stage.inbox("shop").getLast().header("Rowhook-Entity-Id")).isEqualTo("9");
    stage.stop();

    stage
        .inbox("shop")
        .forEach(got ->
            assertThat(new String(got.body(), StandardCharsets.UTF_8)).doesNotContain(SALARY));
    assertThat(output.toString(StandardCharsets.UTF_8)).doesNotContain(SALARY);
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(SALARY);
      }
    }
  }

  private static void change(int id) {
    source.execute(
        "INSERT INTO crm.customer VALUES (%d, 'Ada', NULL, NULL, true, '%s')".formatted(id, SALARY),
        "INSERT INTO sales.clerk VALUES (%d, 'Bob', '%s')".formatted(id, SALARY),
        "BEGIN; INSERT INTO sales.sales_order VALUES (%1$d, %1$d, 'open', 1, NULL, %1$d); INSERT INTO sales.order_line VALUES (%1$d, 1, 1, 1, '%2$s'); COMMIT"
            .formatted(id, SALARY));
  }
}
