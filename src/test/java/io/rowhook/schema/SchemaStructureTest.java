package io.rowhook.schema;

import static io.rowhook.schema.Erp.assertJson;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that are altered while it runs: facts are never older than the rows. */
@Tag("slow")
@Tag("feature-56")
class SchemaStructureTest {

  @TempDir Path directory;

  private Erp articles(String columns) {
    return new Erp(
            directory,
            "CREATE TABLE article (" + columns + ")",
            "ALTER TABLE article REPLICA IDENTITY FULL")
        .entities("Article: { table: article }");
  }

  private Erp orders() {
    return new Erp(
            directory,
            "CREATE TABLE ord (id int PRIMARY KEY, note text)",
            "CREATE TABLE line (id int PRIMARY KEY, ord int, qty int)",
            "CREATE INDEX ON line (ord)",
            "ALTER TABLE ord REPLICA IDENTITY FULL",
            "ALTER TABLE line REPLICA IDENTITY FULL")
        .entities(
            """
            Order: { table: ord, contains: { lines: { table: line, key: ord, order-by: id } } }
            """);
  }

  @Test
  void columnsComeChangeAndGo() {
    try (Erp erp = articles("id int PRIMARY KEY, a text, b int")) {
      erp.start();
      erp.sql(
          "INSERT INTO article VALUES (1, 'x', 1)",
          "ALTER TABLE article ADD c int DEFAULT 9",
          "UPDATE article SET c = 8",
          "ALTER TABLE article DROP b",
          "UPDATE article SET a = 'y'",
          "ALTER TABLE article ADD b text",
          "UPDATE article SET b = 'text now'",
          "ALTER TABLE article ALTER c TYPE text USING c || '!'",
          "UPDATE article SET c = 'z'",
          "ALTER TABLE article RENAME a TO title",
          "UPDATE article SET title = 'w'");
      assertJson(erp.await("Article Created 1").at("/data"), "{'id':1,'a':'x','b':1}");
      assertJson(erp.await("Article Updated 1").at("/data"), "{'id':1,'a':'x','b':1,'c':8}");
      JsonNode dropped = erp.await("Article Updated 1");
      assertJson(dropped.at("/data"), "{'id':1,'a':'y','c':8}");
      assertJson(dropped.at("/previous"), "{'a':'x'}");
      assertJson(erp.await("Article Updated 1").at("/data/b"), "'text now'");
      JsonNode retyped = erp.await("Article Updated 1");
      assertJson(retyped.at("/data/c"), "'z'");
      assertJson(retyped.at("/previous"), "{'c':'8!'}");
      assertJson(erp.await("Article Updated 1").at("/data/title"), "'w'");
    }
  }

  @Test
  void theOldRowsAreNotLoggedAnyMore() {
    try (Erp erp = articles("id int PRIMARY KEY, a text")) {
      erp.start();
      erp.sql(
          "INSERT INTO article VALUES (1, 'x')",
          "ALTER TABLE article REPLICA IDENTITY DEFAULT",
          "UPDATE article SET a = 'y'",
          "DELETE FROM article",
          "ALTER TABLE article REPLICA IDENTITY FULL",
          "INSERT INTO article VALUES (2, 'x')",
          "UPDATE article SET a = 'y'");
      erp.await("Article Created 1");
      JsonNode updated = erp.await("Article Updated 1");
      assertThat(updated.path("previous").isNull()).as("unknown, not {}: %s", updated).isTrue();
      assertThat(updated.path("changed").isNull()).isTrue();
      JsonNode deleted = erp.await("Article Deleted 1");
      assertThat(deleted.at("/data/id").asInt()).isEqualTo(1);
      assertThat(deleted.at("/data/a").asText("")).isNotEqualTo("null").isEmpty();
      erp.await("Article Created 2");
      assertJson(erp.await("Article Updated 2").at("/previous"), "{'a':'x'}");
    }
  }

  @Test
  void noOldKeysAreLoggedAnyMore() {
    try (Erp erp = articles("id int PRIMARY KEY, a text")) {
      erp.sql("CREATE TABLE other (id int PRIMARY KEY)");
      erp.entities("Article: { table: article }\nOther: { table: other }").start();
      erp.sql("INSERT INTO article VALUES (1, 'x')");
      erp.await("Article Created 1");
      erp.listen();
      erp.sql("ALTER TABLE article REPLICA IDENTITY NOTHING", "INSERT INTO other VALUES (1)");
      erp.await("Other Created 1");
      erp.sql("INSERT INTO article VALUES (2, 'y')", "INSERT INTO other VALUES (2)");
      erp.next("Other");
      erp.said("article", "REPLICA IDENTITY");
      erp.sql("ALTER TABLE article REPLICA IDENTITY FULL");
      erp.until(
          "INSERT INTO article SELECT coalesce(max(id), 100) + 1, 'back' FROM article", "back");
    }
  }

  @Test
  void aPartsKeyIsRenamed() {
    try (Erp erp = orders()) {
      erp.sql("CREATE TABLE other (id int PRIMARY KEY)");
      erp.entities(
              """
              Order: { table: ord, contains: { lines: { table: line, key: ord, order-by: id } } }
              Other: { table: other }
              """)
          .start();
      erp.sql("BEGIN; INSERT INTO ord VALUES (1); INSERT INTO line VALUES (1, 1, 5); COMMIT");
      erp.await("Order Created 1");
      erp.listen();
      erp.sql(
          "ALTER TABLE line RENAME ord TO order_id",
          "UPDATE line SET qty = 6",
          "INSERT INTO other VALUES (1)");
      erp.said("line", "ord");
      erp.next("Other");
      erp.entities(
          """
          Order: { table: ord, contains: { lines: { table: line, key: order_id, order-by: id } } }
          Other: { table: other }
          """);
      erp.until("UPDATE line SET qty = qty + 1", "\"order_id\":1");
    }
  }

  @Test
  void aPrimaryKeyIsWidened() {
    try (Erp erp = articles("id int PRIMARY KEY, branch int NOT NULL, a text")) {
      erp.start();
      erp.sql("INSERT INTO article VALUES (1, 1, 'x')");
      erp.await("Article Created 1");
      erp.sql(
          "ALTER TABLE article DROP CONSTRAINT article_pkey, ADD PRIMARY KEY (id, branch)",
          "BEGIN; INSERT INTO article VALUES (7, 1, 'one'); INSERT INTO article VALUES (7, 2,"
              + " 'two'); COMMIT");
      List<String> texts =
          List.of(erp.next("Article"), erp.next("Article")).stream()
              .map(event -> event.at("/data/a").asText())
              .sorted()
              .toList();
      assertThat(texts).as("two articles, two events").containsExactly("one", "two");
    }
  }

  @Test
  void aPrimaryKeyIsRenamed() {
    try (Erp erp = orders()) {
      erp.start();
      erp.sql("BEGIN; INSERT INTO ord VALUES (1); INSERT INTO line VALUES (1, 1, 5); COMMIT");
      erp.await("Order Created 1");
      erp.sql("ALTER TABLE ord RENAME id TO order_no", "INSERT INTO ord VALUES (2, 'b')");
      JsonNode second = erp.await("Order Created 2");
      assertJson(second.at("/data"), "{'order_no':2,'note':'b','lines':[]}");
      erp.sql("UPDATE line SET qty = 6");
      JsonNode updated = erp.await("Order Updated 1");
      assertThat(updated.at("/data/lines/0/qty").asInt()).isEqualTo(6);
      assertThat(updated.has("unavailable")).isFalse();
    }
  }

  @Test
  void aTableIsRenamedAndThenAltered() {
    try (Erp erp = articles("id int PRIMARY KEY, a text")) {
      erp.sql("CREATE TABLE other (id int PRIMARY KEY)");
      erp.entities("Article: { table: article }\nOther: { table: other }").start();
      erp.sql("INSERT INTO article VALUES (1, 'x')");
      erp.await("Article Created 1");
      erp.listen();
      erp.sql(
          "ALTER TABLE article RENAME TO ware",
          "ALTER TABLE ware ADD b int",
          "INSERT INTO ware VALUES (2, 'y', 5)",
          "INSERT INTO other VALUES (1)");
      erp.next("Other");
      erp.said("article");
      erp.sql("ALTER TABLE ware RENAME TO article");
      JsonNode back =
          erp.until("INSERT INTO article SELECT max(id) + 1, 'back', 6 FROM article", "back");
      assertThat(back.at("/data/b").asInt()).isEqualTo(6);
    }
  }

  @Test
  void anExcludedColumnDoesNotLeaveUnderAnotherName() {
    try (Erp erp = articles("id int PRIMARY KEY, name text, salary int")) {
      erp.sql("CREATE TABLE other (id int PRIMARY KEY)");
      erp.entities(
              "Article: { table: article, attributes: { exclude: [salary] } }\n"
                  + "Other: { table: other }")
          .start();
      erp.sql("INSERT INTO article VALUES (1, 'Ada', 123456)");
      erp.await("Article Created 1");
      erp.listen();
      erp.sql(
          "ALTER TABLE article RENAME salary TO wage",
          "UPDATE article SET wage = 223344",
          "INSERT INTO article VALUES (2, 'Bob', 334455)",
          "INSERT INTO other VALUES (1)");
      erp.next("Other");
      erp.said("article", "salary");
      erp.stage().awaitIdle();
      assertThat(erp.everything()).doesNotContain("123456", "223344", "334455", "wage");
      erp.stage().stop();
      try {
        erp.start();
      } catch (IllegalStateException e) {
        assertThat(String.valueOf(e.getCause())).contains("salary");
        return;
      }
      erp.sql("UPDATE article SET name = 'Carl'", "INSERT INTO other VALUES (2)");
      erp.next("Other");
      assertThat(erp.everything()).doesNotContain("123456", "223344", "334455", "wage");
    }
  }

  @Test
  void anExcludedColumnOfAPartDoesNotLeaveUnderAnotherName() {
    try (Erp erp = orders()) {
      erp.entities(
              """
              Order:
                table: ord
                contains:
                  lines: { table: line, key: ord, order-by: id, attributes: { exclude: [qty] } }
              """)
          .start();
      erp.sql("BEGIN; INSERT INTO ord VALUES (1); INSERT INTO line VALUES (1, 1, 123456); COMMIT");
      erp.await("Order Created 1");
      erp.listen();
      erp.sql(
          "ALTER TABLE line RENAME qty TO amount",
          "UPDATE line SET amount = 223344",
          "UPDATE ord SET note = 'n'",
          "INSERT INTO line VALUES (2, 1, 334455)");
      erp.said("line", "qty");
      erp.stage().awaitIdle();
      assertThat(erp.everything()).doesNotContain("123456", "223344", "334455", "amount");
    }
  }

  /** A new engine that was asked for is no error: a line says why, and nothing else. */
  @Test
  void aRestartThatIsMeantAlarmsNobody() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE article (id int PRIMARY KEY, name text)",
            "CREATE TABLE other (id int PRIMARY KEY)",
            "ALTER TABLE article REPLICA IDENTITY FULL",
            "ALTER TABLE other REPLICA IDENTITY FULL")) {
      erp.entities("Article: { table: article }").start();
      erp.listen().sql("ALTER TABLE article ADD COLUMN more int", "INSERT INTO article VALUES (1)");
      erp.await("Article Created 1");
      erp.said("looked at anew");
      erp.listen().entities("Article: { table: article }\nOther: { table: other }");
      erp.until("INSERT INTO other SELECT coalesce(max(id), 0) + 1 FROM other", "Other");
      erp.listen().sql("ALTER TABLE article DROP COLUMN more");
      erp.said("looked at anew");
      erp.said("Streaming");
      erp.stage().stop();
      assertThat(erp.alarms()).isEmpty();
      assertThat(erp.words()).doesNotContain("not connector specific");
    }
  }
}
