package io.rowhook.schema;

import static io.rowhook.schema.Erp.assertJson;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A partitioned table is one entity, however it is published. */
class SchemaPartitionTest {

  @TempDir Path directory;

  private static final String[] TABLES = {
    "CREATE TABLE ord (id int, year int, note text, PRIMARY KEY (id, year)) PARTITION BY RANGE"
        + " (year)",
    "CREATE TABLE ord_25 PARTITION OF ord FOR VALUES FROM (2025) TO (2026)",
    "CREATE TABLE ord_26 PARTITION OF ord FOR VALUES FROM (2026) TO (2027) PARTITION BY LIST (id)",
    "CREATE TABLE ord_26_1 PARTITION OF ord_26 FOR VALUES IN (1, 2, 3)",
    "CREATE TABLE ord_26_x PARTITION OF ord_26 DEFAULT",
    "CREATE TABLE line (id int, ord int, year int, qty int, PRIMARY KEY (id, ord, year)) PARTITION"
        + " BY HASH (ord)",
    "CREATE TABLE line_0 PARTITION OF line FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
    "CREATE TABLE line_1 PARTITION OF line FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
    "CREATE TABLE good (id int PRIMARY KEY)"
  };

  private static final String IDENTITIES =
      """
      DO $$ DECLARE t regclass; BEGIN
        FOR t IN SELECT oid FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
        LOOP EXECUTE 'ALTER TABLE ' || t || ' REPLICA IDENTITY FULL'; END LOOP; END $$
      """;

  private static final String ENTITIES =
      """
      Good: { table: good }
      Order:
        table: ord
        contains: { lines: { table: line, key: [ord, year], order-by: id } }
      """;

  private void play(Erp erp) {
    erp.sql(
        "BEGIN; INSERT INTO ord VALUES (1, 2025, 'a'), (1, 2026, 'b'), (9, 2026, 'c'); INSERT INTO"
            + " line VALUES (1, 1, 2025, 5), (2, 1, 2026, 6); COMMIT");
    List<String> created =
        List.of(erp.next(), erp.next(), erp.next()).stream().map(Erp::name).toList();
    assertThat(created)
        .containsExactlyInAnyOrder(
            "Order Created {\"id\":1,\"year\":2025}",
            "Order Created {\"id\":1,\"year\":2026}",
            "Order Created {\"id\":9,\"year\":2026}");
    erp.sql("UPDATE ord SET note = 'd' WHERE id = 1 AND year = 2026");
    JsonNode updated = erp.await("Order Updated {\"id\":1,\"year\":2026}");
    assertJson(
        updated.at("/data"),
        "{'id':1,'year':2026,'note':'d','lines':[{'id':2,'ord':1,'year':2026,'qty':6}]}");
    assertJson(updated.at("/previous"), "{'note':'b'}");
    assertThat(updated.at("/source/table").asText()).isEqualTo("public.ord");
    erp.sql("UPDATE line SET qty = 7 WHERE id = 1");
    assertThat(erp.await("Order Updated {\"id\":1,\"year\":2025}").at("/data/lines/0/qty").asInt())
        .isEqualTo(7);

    erp.sql(
        "CREATE TABLE ord_27 PARTITION OF ord FOR VALUES FROM (2027) TO (2028)",
        "CREATE TABLE ord_28 (LIKE ord INCLUDING ALL)",
        "INSERT INTO ord_28 VALUES (5, 2028, 'from before')",
        "ALTER TABLE ord ATTACH PARTITION ord_28 FOR VALUES FROM (2028) TO (2029)",
        IDENTITIES,
        "INSERT INTO ord VALUES (1, 2027, 'new'), (1, 2028, 'attached')",
        "INSERT INTO good VALUES (1)");
    List<String> further =
        List.of(erp.next(), erp.next(), erp.next()).stream().map(Erp::name).toList();
    assertThat(further)
        .containsExactlyInAnyOrder(
            "Order Created {\"id\":1,\"year\":2027}",
            "Order Created {\"id\":1,\"year\":2028}",
            "Good Created 1");
    erp.sql(
        "ALTER TABLE ord DETACH PARTITION ord_25",
        "INSERT INTO ord_25 VALUES (8, 2025, 'not an order any more')",
        "INSERT INTO good VALUES (2)",
        "DELETE FROM ord WHERE year = 2027");
    List<String> last = List.of(erp.next(), erp.next()).stream().map(Erp::name).toList();
    assertThat(last)
        .containsExactlyInAnyOrder("Good Created 2", "Order Deleted {\"id\":1,\"year\":2027}");
  }

  @Test
  void underItsOwnName() {
    try (Erp erp = new Erp(directory, TABLES)) {
      erp.sql(
          IDENTITIES,
          "CREATE PUBLICATION rowhook FOR TABLE ord, line, good WITH (publish_via_partition_root)");
      play(erp.entities(ENTITIES).start());
    }
  }

  @Test
  void underThePartitionsNames() {
    try (Erp erp = new Erp(directory, TABLES)) {
      erp.sql(
          IDENTITIES,
          "CREATE PUBLICATION rowhook FOR TABLE ord, line, good WITH (publish_via_partition_root ="
              + " false)");
      play(erp.entities(ENTITIES).start());
    }
  }

  @Test
  void byThePublicationThatItMakesItself() {
    try (Erp erp = new Erp(directory, TABLES)) {
      erp.sql(IDENTITIES);
      play(erp.entities(ENTITIES).start());
    }
  }

  @Test
  void aRowThatMovesToAnotherPartitionIsOneUpdated() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE job (id int NOT NULL, state text NOT NULL, n int, PRIMARY KEY (id, state))"
                + " PARTITION BY LIST (state)",
            "CREATE TABLE job_open PARTITION OF job FOR VALUES IN ('open')",
            "CREATE TABLE job_done PARTITION OF job FOR VALUES IN ('done')",
            IDENTITIES)) {
      erp.entities("Job: { table: job, id: id }").start();
      erp.sql("INSERT INTO job VALUES (1, 'open', 5)");
      erp.await("Job Created 1");
      erp.sql("UPDATE job SET state = 'done' WHERE id = 1");
      JsonNode moved = erp.await("Job Updated 1");
      assertJson(moved.at("/data"), "{'id':1,'state':'done','n':5}");
      assertJson(moved.at("/previous"), "{'state':'open'}");
      assertJson(moved.path("changed"), "['state']");
      assertThat(erp.rest()).isEmpty();
    }
  }

  private void aConditionOnTheRoot(boolean roots) {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE job (id int, year int, state text, n int, PRIMARY KEY (id, year)) PARTITION"
                + " BY RANGE (year)",
            "CREATE TABLE job_25 PARTITION OF job FOR VALUES FROM (2025) TO (2026)",
            "CREATE TABLE job_26 (n int, gone int, state text, year int NOT NULL, id int NOT NULL)",
            "ALTER TABLE job_26 DROP COLUMN gone",
            "ALTER TABLE job ATTACH PARTITION job_26 FOR VALUES FROM (2026) TO (2027)",
            "CREATE TABLE step (id int PRIMARY KEY, job int, year int)",
            "CREATE INDEX ON step (job, year)",
            IDENTITIES,
            "CREATE PUBLICATION rowhook FOR TABLE job, step WITH (publish_via_partition_root = "
                + roots
                + ")")) {
      erp.entities(
              """
              Job:
                table: job
                id: id
                where: "state = 'open' AND n > 0"
                contains: { steps: { table: step, key: [job, year] } }
              """)
          .start();
      erp.sql(
          "INSERT INTO job VALUES (1, 2025, 'open', 5), (2, 2026, 'shut', 5), (3, 2026, 'open', 0)");
      erp.await("Job Created 1");
      erp.sql("INSERT INTO step VALUES (1, 2, 2026), (2, 1, 2025)");
      assertJson(erp.await("Job Updated 1").at("/data/steps"), "[{'id':2,'job':1,'year':2025}]");
      erp.sql("UPDATE job SET state = 'open' WHERE id = 2");
      assertJson(erp.await("Job Created 2").at("/data/steps"), "[{'id':1,'job':2,'year':2026}]");
      erp.sql("UPDATE job SET year = 2026 WHERE id = 1");
      assertJson(erp.await("Job Updated 1").at("/previous/year"), "2025");
      erp.sql(
          "UPDATE job SET n = 0 WHERE id = 1",
          "UPDATE job SET n = -1 WHERE id = 1",
          "UPDATE job SET year = 2025, n = 9 WHERE id = 2",
          "DELETE FROM job");
      assertJson(erp.await("Job Deleted 1").at("/data/n"), "5");
      assertJson(erp.await("Job Updated 2").at("/data/n"), "9");
      erp.await("Job Deleted 2");
      assertThat(erp.rest()).isEmpty();
    }
  }

  @Test
  void aConditionOnTheRootThatIsPublishedAsItself() {
    aConditionOnTheRoot(true);
  }

  @Test
  void aConditionOnTheRootThatIsPublishedByItsPartitions() {
    aConditionOnTheRoot(false);
  }

  @Test
  void whatInheritsIsCapturedOrRefusedAndNeverMixedIn() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE place (id int PRIMARY KEY, name text)",
            "CREATE TABLE town (mayor text, PRIMARY KEY (id)) INHERITS (place)",
            "CREATE TABLE ord (id int PRIMARY KEY, place int, n int)",
            "CREATE TABLE line (id int PRIMARY KEY, ord int)",
            "CREATE TABLE line_old () INHERITS (line)",
            "CREATE INDEX ON line (ord)",
            "INSERT INTO place VALUES (1, 'parent')",
            "INSERT INTO town VALUES (1, 'child', 'x')",
            "INSERT INTO line_old VALUES (5, 1)",
            IDENTITIES)) {
      erp.entities(
          """
          Order:
            table: ord
            contains: { lines: { table: line, key: ord } }
            refers: { at: { table: place, key: place, attributes: [name] } }
          """);
      try {
        erp.start();
      } catch (IllegalStateException e) {
        assertThat(String.valueOf(e.getCause())).contains("inherit");
        return;
      }
      erp.sql("INSERT INTO ord VALUES (1, 1)");
      JsonNode created = erp.await("Order Created 1");
      assertJson(created.at("/data/at"), "{'name':'parent'}");
      assertJson(created.at("/data/lines"), "[]");
    }
  }

  /** Where each of them is captured by itself, a row of one is no row of the other. */
  @Test
  void rowsOfTablesThatInheritAreNotReadBackAsTheParents() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE place (id int PRIMARY KEY, name text)",
            "CREATE TABLE town (mayor text, PRIMARY KEY (id)) INHERITS (place)",
            "CREATE TABLE ord (id int PRIMARY KEY, place int)",
            "CREATE TABLE line (id int PRIMARY KEY, ord int)",
            "CREATE TABLE line_old (PRIMARY KEY (id)) INHERITS (line)",
            "INSERT INTO town VALUES (1, 'child', 'x'), (2, 'child', 'x')",
            "INSERT INTO place VALUES (1, 'parent')",
            "INSERT INTO line_old VALUES (5, 1)",
            "ALTER TABLE line REPLICA IDENTITY FULL")) {
      erp.entities(
              """
              Order:
                table: ord
                contains: { lines: { table: line, key: ord } }
                refers: { at: { table: place, key: place, attributes: [name] } }
              Old: { table: line_old }
              """)
          .start();
      erp.sql(
          "BEGIN; INSERT INTO ord VALUES (1, 1); INSERT INTO line VALUES (6, 1); COMMIT",
          "INSERT INTO ord VALUES (2, 2)");
      JsonNode created = erp.await("Order Created 1");
      assertJson(created.at("/data/at"), "{'name':'parent'}");
      assertJson(created.at("/data/lines"), "[{'id':6,'ord':1}]");
      assertThat(erp.await("Order Created 2").at("/data/at").isMissingNode())
          .as("there is no such place, only a town")
          .isTrue();
    }
  }
}
