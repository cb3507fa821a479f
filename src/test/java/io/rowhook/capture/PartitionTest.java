package io.rowhook.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.RowChange.Operation;
import io.rowhook.testing.SourceDatabase;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A partitioned table is one table, however the publication sends its partitions. */
final class PartitionTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  /** Partitions with another order of columns and of a second level among them. */
  private static void createTable(String name) {
    database.execute(
        "CREATE TABLE %s (id int, region text, n int, note text, PRIMARY KEY (id, region)) PARTITION BY LIST (region)"
            .replace("%s", name),
        "CREATE TABLE %s_eu PARTITION OF %s FOR VALUES IN ('eu')".replace("%s", name),
        "CREATE TABLE %s_us (gone int, note text, region text NOT NULL, id int NOT NULL, n int)"
            .replace("%s", name),
        "ALTER TABLE %s_us DROP gone".replace("%s", name),
        "ALTER TABLE %s ATTACH PARTITION %s_us FOR VALUES IN ('us')".replace("%s", name),
        "CREATE TABLE %s_asia PARTITION OF %s FOR VALUES IN ('cn', 'jp') PARTITION BY RANGE (id)"
            .replace("%s", name),
        "CREATE TABLE %s_asia_1 PARTITION OF %s_asia FOR VALUES FROM (0) TO (100)"
            .replace("%s", name));
    for (String table : List.of("", "_eu", "_us", "_asia_1")) {
      database.execute("ALTER TABLE " + name + table + " REPLICA IDENTITY FULL");
    }
  }

  private static String sent(RowChange row) {
    assertThat(row.table().name()).doesNotContain("_");
    return row.operation() + " " + row.before() + " " + row.after();
  }

  @ParameterizedTest
  @ValueSource(strings = {"made", "leaves", "roots", "everything"})
  void rowsOfAllPartitionsAreTheTables(String publication) {
    createTable(publication);
    boolean ofLeaves = publication.equals("leaves") || publication.equals("everything");
    switch (publication) {
      case "leaves" ->
          database.execute(
              "CREATE PUBLICATION leaves FOR TABLE leaves WITH (publish_via_partition_root = false)");
      case "roots" ->
          database.execute(
              "CREATE PUBLICATION roots FOR TABLE roots WITH (publish_via_partition_root = true)");
      case "everything" -> database.execute("CREATE PUBLICATION everything FOR ALL TABLES");
      default -> {} // Rowhook makes it
    }
    try (Rig rig = new Rig(database, publication, publication)) {
      rig.start();
      database.execute(
          "INSERT INTO %s VALUES (1, 'eu', 1, 'a'), (2, 'us', 2, 'b'), (3, 'jp', 3, 'c')"
              .formatted(publication),
          "UPDATE %s SET n = 5 WHERE id = 2".formatted(publication),
          "UPDATE %s SET region = 'us' WHERE id = 3".formatted(publication),
          "DELETE FROM %s WHERE id = 1".formatted(publication));
      assertThat(rig.awaitRows(7).stream().map(PartitionTest::sent))
          .containsExactly(
              "INSERT null {\"id\":1,\"region\":\"eu\",\"n\":1,\"note\":\"a\"}",
              ofLeaves
                  ? "INSERT null {\"note\":\"b\",\"region\":\"us\",\"id\":2,\"n\":2}"
                  : "INSERT null {\"id\":2,\"region\":\"us\",\"n\":2,\"note\":\"b\"}",
              "INSERT null {\"id\":3,\"region\":\"jp\",\"n\":3,\"note\":\"c\"}",
              ofLeaves
                  ? "UPDATE {\"note\":\"b\",\"region\":\"us\",\"id\":2,\"n\":2} {\"note\":\"b\",\"region\":\"us\",\"id\":2,\"n\":5}"
                  : "UPDATE {\"id\":2,\"region\":\"us\",\"n\":2,\"note\":\"b\"} {\"id\":2,\"region\":\"us\",\"n\":5,\"note\":\"b\"}",
              "DELETE {\"id\":3,\"region\":\"jp\",\"n\":3,\"note\":\"c\"} null",
              ofLeaves
                  ? "INSERT null {\"note\":\"c\",\"region\":\"us\",\"id\":3,\"n\":3}"
                  : "INSERT null {\"id\":3,\"region\":\"us\",\"n\":3,\"note\":\"c\"}",
              "DELETE {\"id\":1,\"region\":\"eu\",\"n\":1,\"note\":\"a\"} null");
      assertThat(rig.sink.rows()).allSatisfy(row -> assertThat(row.key()).hasSize(2));

      database.execute(
          "CREATE TABLE %s_new PARTITION OF %s FOR VALUES IN ('af')".replace("%s", publication),
          "INSERT INTO %s VALUES (4, 'af', 4, 'd')".formatted(publication));
      assertThat(rig.awaitRows(8).getLast().after())
          .hasToString("{\"id\":4,\"region\":\"af\",\"n\":4,\"note\":\"d\"}");
      database.execute("ALTER TABLE %s DETACH PARTITION %s_us".replace("%s", publication));
      // which a publication of all tables sends still, as a table of its own
      database.execute("INSERT INTO %s_us (id, region) VALUES (9, 'us')".formatted(publication));
      database.execute("INSERT INTO %s VALUES (5, 'eu', 5, 'e')".formatted(publication));
      assertThat(rig.awaitRows(9).getLast().after())
          .hasToString("{\"id\":5,\"region\":\"eu\",\"n\":5,\"note\":\"e\"}");
    }
    database.execute("DROP TABLE " + publication, "DROP TABLE " + publication + "_us");
  }

  /**
   * A partition does not inherit FULL, but PostgreSQL says so of its rows under the root's name.
   */
  @Test
  void whatANewPartitionDoesNotLogIsUnknownAndNotNull() {
    createTable("young");
    try (Rig rig = new Rig(database, "young", "young")) {
      rig.start();
      database.execute(
          "CREATE TABLE young_af PARTITION OF young FOR VALUES IN ('af')",
          "INSERT INTO young VALUES (1, 'af', 1, 'a')",
          "UPDATE young SET n = 2 WHERE id = 1",
          "DELETE FROM young WHERE id = 1");
      List<RowChange> rows = rig.awaitRows(3);
      assertThat(rows.get(1).operation()).isEqualTo(Operation.UPDATE);
      assertThat(rows.get(1).before()).isNull();
      assertThat(rows.get(2).before()).hasToString("{\"id\":1,\"region\":\"af\"}");
    }
    database.execute("DROP TABLE young");
  }
}
