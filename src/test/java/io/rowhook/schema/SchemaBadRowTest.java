package io.rowhook.schema;

import static io.rowhook.schema.Erp.assertJson;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No row, value, right or lock on one table stops the others, nor what comes after it. */
@Tag("slow")
@Tag("feature-55")
class SchemaBadRowTest {

  private static final String ORDERS =
      """
      Article: { table: article }
      Order:
        table: ord
        contains: { lines: { table: line, key: ord, order-by: id } }
        refers: { buyer: { table: customer, key: customer, attributes: [name] } }
      """;

  @TempDir Path directory;

  private Erp orders() {
    return new Erp(
            directory,
            "CREATE TABLE article (id int PRIMARY KEY, name text)",
            "CREATE TABLE customer (id int PRIMARY KEY, name text)",
            "CREATE TABLE ord (id int PRIMARY KEY, customer int, total numeric)",
            "CREATE TABLE line (id int, ord int, qty int, PRIMARY KEY (ord, id))",
            "ALTER TABLE article REPLICA IDENTITY FULL",
            "ALTER TABLE ord REPLICA IDENTITY FULL",
            "ALTER TABLE line REPLICA IDENTITY FULL",
            "INSERT INTO customer VALUES (3, 'Ada')")
        .entities(ORDERS);
  }

  /** Each goes into a column of its own of a row of its own, between good rows. */
  private static final String[][] VALUES = {
    {"json", "'{\"n\":1e10000}'"},
    {"json", "'{\"n\":-1e-10000}'"},
    {"json", "'{\"n\":1e2147483648}'"},
    {"json", "'{\"n\":1e999999999999}'"},
    {"jsonb", "('{\"n\":' || repeat('9', 5000) || '}')::jsonb"},
    {"numeric", "('1e-10000')::numeric"},
    {"numeric", "('1' || repeat('0', 100000))::numeric"},
    {"numeric[]", "ARRAY[1e-10000]::numeric[]"},
    {"json", "(repeat('[', 5000) || repeat(']', 5000))::json"},
    {"jsonb", "('{\"' || repeat('k', 60000) || '\":1}')::jsonb"},
    {"json", "'{\"a\":\"\\u0000\"}'"},
    {"json", "'{\"a\":1,\"a\":2}'"},
    {"text", "repeat('x', 3000000)"},
    {"text[]", "ARRAY[repeat('y', 3000000)]"},
    {"jsonb", "to_jsonb(repeat('z', 3000000))"},
    {"interval", "'178000000 years'"},
    {"interval", "'-178000000 years'"},
    {"date", "'5874897-12-31'"},
    {"date", "'4714-11-24 BC'"},
    {"timestamptz", "'294276-12-31 23:59:59.999999+00'"},
    {"timestamp", "'4714-11-24 00:00:00 BC'"},
    {"float8", "1.7976931348623157e308"},
    {"money", "'-92233720368547758.08'"}
  };

  @Test
  void noValueThatTheDatabaseTakesStopsWhatFollows() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE good (id int PRIMARY KEY)",
            "CREATE TABLE holder (id int PRIMARY KEY, bad int)")) {
      StringBuilder entities = new StringBuilder("Good: { table: good }\n");
      for (int i = 0; i < VALUES.length; i++) {
        erp.sql("CREATE TABLE bad" + i + " (id int PRIMARY KEY, v " + VALUES[i][0] + ")");
        entities.append("Bad%d: { table: bad%d }%n".formatted(i, i));
      }
      erp.entities(entities.toString()).start();
      for (int i = 0; i < VALUES.length; i++) {
        erp.sql(
            "BEGIN; INSERT INTO bad%d VALUES (1, %s); INSERT INTO good VALUES (%d); COMMIT"
                .formatted(i, VALUES[i][1], i));
      }
      for (int i = 0; i < VALUES.length; i++) {
        erp.await("Good Created " + i);
      }
      assertThat(erp.streams()).isTrue();
      assertThat(erp.everything()).contains("Bad12", "Bad17", "Bad22");
    }
  }

  /** A jsonb may name a row, and may be nested deeper than a key can be written as text. */
  @Test
  void aKeyThatIsNestedTooDeepStopsNothing() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE good (id int PRIMARY KEY)",
            "CREATE TABLE kind (id jsonb PRIMARY KEY)",
            "CREATE TABLE deep (id int PRIMARY KEY, kind jsonb)",
            "CREATE TABLE inner_part (id int PRIMARY KEY, kind jsonb)",
            "ALTER TABLE deep REPLICA IDENTITY FULL",
            "ALTER TABLE inner_part REPLICA IDENTITY FULL")) {
      erp.entities(
              """
              Good: { table: good }
              Kind: { table: kind, contains: { parts: { table: inner_part, key: kind } } }
              Deep: { table: deep, refers: { kind: { table: kind, key: kind } } }
              """)
          .start();
      String key = "(repeat('[', 1500) || repeat(']', 1500))::jsonb";
      erp.sql(
          "BEGIN; INSERT INTO deep VALUES (1, " + key + "); INSERT INTO good VALUES (1); COMMIT",
          "BEGIN; INSERT INTO inner_part VALUES (1, "
              + key
              + "); INSERT INTO good VALUES (2); COMMIT",
          "BEGIN; DELETE FROM inner_part; DELETE FROM deep; INSERT INTO good VALUES (3); COMMIT");
      for (int i = 1; i <= 3; i++) {
        erp.await("Good Created " + i);
      }
      assertThat(erp.streams()).isTrue();
    }
  }

  @Test
  void numbersAreWrittenAsTheyAre() {
    try (Erp erp = new Erp(directory, "CREATE TABLE n (id int PRIMARY KEY, a numeric, b json)")) {
      erp.entities("N: { table: n }").start();
      erp.sql(
          "INSERT INTO n VALUES (1, 1e-30, '{\"x\":1e400}'), (2, 0.00, '[0.10]'), (3,"
              + " 1e40, '1E5')");
      JsonNode first = erp.await("N Created 1");
      assertThat(first.at("/data/a").decimalValue()).isEqualTo("0.000000000000000000000000000001");
      assertThat(first.at("/data/b/x").decimalValue()).isEqualByComparingTo("1e400");
      assertJson(erp.await("N Created 2").at("/data"), "{'id':2,'a':0.00,'b':[0.10]}");
      JsonNode third = erp.await("N Created 3");
      assertThat(third.at("/data/a").decimalValue()).isEqualByComparingTo("1e40");
      assertThat(third.at("/data/b").decimalValue()).isEqualByComparingTo("1e5");
    }
  }

  @Test
  void aRightOnAPartsTableIsTakenAway() {
    try (Erp erp = orders()) {
      String role = erp.role();
      erp.sql(
          "CREATE PUBLICATION rowhook FOR TABLE article, ord, line",
          "GRANT SELECT ON article, ord, line, customer TO " + role);
      erp.connect(role).start();
      erp.sql("BEGIN; INSERT INTO ord VALUES (1, 3); INSERT INTO line VALUES (1, 1, 5); COMMIT");
      assertThat(erp.await("Order Created 1").at("/data/lines")).hasSize(1);
      erp.sql(
          "REVOKE SELECT ON line, customer FROM " + role,
          "INSERT INTO line VALUES (2, 1, 6)",
          "INSERT INTO article VALUES (1, 'x')");
      erp.await("Order Updated 1");
      erp.await("Article Created 1");
      assertThat(erp.everything()).contains("unavailable");
      erp.sql("GRANT SELECT ON line, customer TO " + role, "INSERT INTO line VALUES (3, 1, 7)");
      JsonNode mended = erp.until("UPDATE line SET qty = qty + 1 WHERE id = 3", "\"id\":3", "Ada");
      assertThat(mended.at("/data/lines")).hasSize(3);
    }
  }

  @Test
  void aReferredColumnIsRenamed() {
    try (Erp erp = orders()) {
      erp.start();
      erp.sql("INSERT INTO ord VALUES (1, 3)");
      assertJson(erp.await("Order Created 1").at("/data/buyer"), "{'name':'Ada'}");
      erp.sql(
          "ALTER TABLE customer RENAME name TO title",
          "INSERT INTO ord VALUES (2, 3)",
          "INSERT INTO article VALUES (1, 'x')");
      JsonNode second = erp.await("Order Created 2");
      assertThat(second.path("unavailable").toString()).contains("buyer");
      erp.await("Article Created 1");
      assertThat(erp.streams()).isTrue();
      erp.sql("ALTER TABLE customer RENAME title TO name");
      erp.until("UPDATE ord SET total = coalesce(total, 0) + 1 WHERE id = 2", "Updated", "Ada");
    }
  }

  @Test
  void oneRowThatCannotBeReadBackCostsOnlyItself() {
    try (Erp erp = orders()) {
      erp.sql(
          "CREATE TABLE parcel (id int PRIMARY KEY, ord int, note jsonb)",
          "ALTER TABLE parcel REPLICA IDENTITY FULL",
          "CREATE INDEX ON parcel (ord)");
      erp.entities(
              """
              Order:
                table: ord
                contains: { parcels: { table: parcel, key: ord, order-by: id } }
              """)
          .start();
      erp.sql(
          "BEGIN; INSERT INTO ord VALUES (1), (2), (3); INSERT INTO parcel VALUES (1, 1, '1'), (2,"
              + " 2, (repeat('[', 5000) || repeat(']', 5000))::jsonb), (3, 3, '3'); COMMIT");
      assertThat(erp.await("Order Created 1").at("/data/parcels/0/note").toString()).isEqualTo("1");
      erp.await("Order Created 2");
      assertThat(erp.await("Order Created 3").at("/data/parcels/0/note").toString()).isEqualTo("3");
    }
  }

  @Test
  @Tag("slow")
  void aLockOnAPartsTableHoldsNothingElseUp() throws Exception {
    try (Erp erp = orders();
        Connection locker = erp.source().connect();
        Statement lock = locker.createStatement()) {
      erp.start();
      erp.sql("BEGIN; INSERT INTO ord VALUES (1, 3); INSERT INTO line VALUES (1, 1, 5); COMMIT");
      erp.await("Order Created 1");
      lock.execute("BEGIN; LOCK TABLE line IN ACCESS EXCLUSIVE MODE");
      Instant locked = Instant.now();
      erp.sql("UPDATE ord SET total = 1 WHERE id = 1");
      for (int i = 1; Duration.between(locked, Instant.now()).toSeconds() < 25; i++) {
        Instant written = Instant.now();
        erp.sql("INSERT INTO article VALUES (" + i + ", 'x')");
        erp.next("Article");
        assertThat(Duration.between(written, Instant.now())).isLessThan(Duration.ofSeconds(3));
        java.util.concurrent.locks.LockSupport.parkNanos(500_000_000);
      }
      lock.execute("COMMIT");
      erp.until(
          "UPDATE line SET qty = qty + 1", "\"entityType\":\"Order\"", "Updated", "\"ord\":1");
    }
  }

  @Test
  void aTableThatIsDroppedIsReportedAndTheOthersGoOn() {
    try (Erp erp = orders()) {
      erp.start();
      erp.sql("INSERT INTO article VALUES (1, 'x')");
      erp.await("Article Created 1");
      erp.listen().sql("DROP TABLE article", "INSERT INTO ord VALUES (1, 3)");
      erp.await("Order Created 1");
      erp.said("article");
      erp.sql("INSERT INTO ord VALUES (2, 3)");
      erp.await("Order Created 2");
      assertThat(erp.status()).contains("article");
      erp.stage().stop();
      erp.start(); // it has gone for good; the others are still there
      erp.sql("INSERT INTO ord VALUES (3, 3)");
      erp.await("Order Created 3");
    }
  }

  @Test
  void theStatusSaysHowManyRowsWereRejected() {
    try (Erp erp =
        new Erp(directory, "CREATE TABLE article (id int PRIMARY KEY, j json)")
            .entities("Article: { table: article }")
            .start()) {
      erp.sql(
          "INSERT INTO article SELECT n, (repeat('[', 5000) || repeat(']', 5000))::json FROM"
              + " generate_series(1, 3) n",
          "INSERT INTO article VALUES (4, '1')");
      erp.await("Article Created 4");
      assertThat(erp.status()).contains("rejected     3 row changes", "INSERT of public.article");
    }
  }
}
