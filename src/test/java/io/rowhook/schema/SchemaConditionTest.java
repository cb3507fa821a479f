package io.rowhook.schema;

import static io.rowhook.schema.Erp.assertJson;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conditions as ERPs' columns need them. */
class SchemaConditionTest {

  @TempDir Path directory;

  /** The operators of jsonb look like the places of arguments. */
  @Test
  void questionMarksAreOperators() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE buyer (id int PRIMARY KEY, j jsonb)",
            "CREATE TABLE ord (id int PRIMARY KEY, j jsonb, \"why?\" text, buyer int)",
            "CREATE TABLE line (id int PRIMARY KEY, ord int, j jsonb)",
            "CREATE INDEX ON line (ord)",
            "ALTER TABLE ord REPLICA IDENTITY FULL",
            "ALTER TABLE line REPLICA IDENTITY FULL",
            "INSERT INTO buyer VALUES (1, '{\"vip\": 1}'), (2, '{}')")) {
      erp.entities(
              """
              Order:
                table: ord
                where: "j ? 'vip' AND \\"why?\\" <> 'no?' AND \\"why?\\" <> E'it\\\\'s ?'"
                deleted: "j ?| '{gone,left}' AND j ?& '{at,by}'"
                contains: { lines: { table: line, key: ord, where: "j ? 'ok'" } }
                refers: { buyer: { table: buyer, key: buyer, where: "j ? 'vip'" } }
              """)
          .start();
      erp.sql(
          "BEGIN; INSERT INTO ord VALUES (1, '{\"vip\": 1}', 'yes', 1), (2, '{\"vip\": 1}', 'no?', 1),"
              + " (3, '{\"vip\": 1}', 'it''s ?', 1), (4, '{}', 'yes', 1);"
              + " INSERT INTO line VALUES (1, 1, '{\"ok\": 1}'), (2, 1, '{}'); COMMIT",
          "UPDATE line SET ord = 1 WHERE id = 1",
          "UPDATE ord SET buyer = 2 WHERE id = 1",
          "UPDATE ord SET j = '{\"vip\":1, \"left\":1, \"at\":1, \"by\":1}' WHERE id = 1");
      JsonNode created = erp.await("Order Created 1");
      assertJson(created.at("/data/lines"), "[{'id':1,'ord':1,'j':{'ok':1}}]");
      assertJson(created.at("/data/buyer"), "{'id':1,'j':{'vip':1}}");
      JsonNode updated = erp.await("Order Updated 1");
      assertThat(updated.at("/data/lines")).hasSize(1);
      assertThat(updated.at("/data/buyer").isNull()).isTrue();
      erp.await("Order Deleted 1");
      assertThat(erp.rest()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "hstore, ext.hstore",
    "money, money",
    "bytea, bytea",
    "int[], integer[]",
    "pile, pile"
  })
  void whatIsSentInAnotherFormCannotBeJudged(String type, String called) {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE SCHEMA ext",
            "CREATE EXTENSION hstore SCHEMA ext",
            "CREATE DOMAIN pile AS bytea",
            "CREATE TABLE ord (id int PRIMARY KEY, v " + type.replace("hstore", "ext.hstore") + ")",
            "ALTER TABLE ord REPLICA IDENTITY FULL")) {
      erp.entities("Order: { table: ord, where: \"v IS NOT NULL\" }");
      assertThat(erp.refused())
          .contains("column v is a " + called + ", which a condition cannot look at");
    }
  }

  /** A domain over a date is written as the date. */
  @Test
  void aDomainOverADateBeforeChrist() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE DOMAIN day AS date",
            "CREATE TABLE ord (id int PRIMARY KEY, d day, t timestamptz)",
            "ALTER TABLE ord REPLICA IDENTITY FULL")) {
      erp.entities("Order: { table: ord, where: \"d < '2000-01-01' AND t < '2000-01-01'\" }")
          .start();
      erp.sql(
          "INSERT INTO ord VALUES (1, '0044-03-15 BC', '0001-01-01 00:00:00+00 BC'), (2, '12345-01-01', '-infinity')");
      erp.await("Order Created 1");
      assertThat(erp.rest()).isEmpty();
    }
  }
}
