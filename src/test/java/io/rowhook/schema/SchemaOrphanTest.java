package io.rowhook.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines in an ERP that has no foreign keys: their order may not be there. */
class SchemaOrphanTest {

  @TempDir Path directory;

  @Test
  void linesOfAnOrderThatDoesNotExistMakeNoEvent() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE ord (id int PRIMARY KEY, n int)",
            "CREATE TABLE line (id int PRIMARY KEY, ord int)",
            "CREATE INDEX ON line (ord)",
            "ALTER TABLE ord REPLICA IDENTITY FULL",
            "ALTER TABLE line REPLICA IDENTITY FULL")) {
      erp.entities("Order: { table: ord, contains: { lines: { table: line, key: ord } } }").start();
      erp.sql(
          "INSERT INTO line VALUES (1, 7)",
          "UPDATE line SET id = 2",
          "INSERT INTO ord VALUES (7, 1)",
          "UPDATE line SET id = 3",
          "DELETE FROM ord",
          "UPDATE line SET id = 4",
          "DELETE FROM line");
      assertThat(erp.await("Order Created 7").at("/data/lines")).hasSize(1);
      assertThat(erp.await("Order Updated 7").at("/data/lines/0/id").asInt()).isEqualTo(3);
      erp.await("Order Deleted 7");
      assertThat(erp.rest()).isEmpty();
    }
  }
}
