package io.rowhook.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one transaction does to entities that name each other. */
@Tag("feature-73")
class SchemaReferenceOrderTest {

  @TempDir Path directory;

  private Erp erp(String onDelete) {
    return new Erp(
            directory,
            "CREATE TABLE customer (id int PRIMARY KEY, name text)",
            "CREATE TABLE ord (id int PRIMARY KEY, customer int REFERENCES customer "
                + onDelete
                + " DEFERRABLE INITIALLY DEFERRED)",
            "CREATE TABLE node (id int PRIMARY KEY, up int REFERENCES node DEFERRABLE INITIALLY"
                + " DEFERRED)",
            "ALTER TABLE customer REPLICA IDENTITY FULL",
            "ALTER TABLE ord REPLICA IDENTITY FULL",
            "ALTER TABLE node REPLICA IDENTITY FULL")
        .entities(
            """
            Customer: { table: customer }
            Order: { table: ord }
            Node: { table: node }
            """)
        .start();
  }

  private static List<String> names(Erp erp) {
    return erp.rest().stream().map(Erp::name).toList();
  }

  @Test
  void whatIsNamedIsCreatedFirstWhicheverWasWrittenFirst() {
    try (Erp erp = erp("")) {
      erp.sql(
          "BEGIN; INSERT INTO ord VALUES (1, 7), (2, NULL); INSERT INTO customer VALUES (7, 'x');"
              + " UPDATE ord SET customer = 7 WHERE id = 2; COMMIT");
      assertThat(names(erp))
          .containsExactly("Customer Created 7", "Order Created 1", "Order Created 2");
      erp.sql("BEGIN; INSERT INTO node VALUES (1, 3), (2, NULL), (3, 4), (4, NULL); COMMIT");
      assertThat(names(erp))
          .containsExactly("Node Created 2", "Node Created 4", "Node Created 3", "Node Created 1");
    }
  }

  @Test
  void whatIsGoneGoesLastWhateverNamedIt() {
    try (Erp erp = erp("ON DELETE CASCADE")) {
      erp.sql(
          "INSERT INTO customer VALUES (1, 'a'), (2, 'b'); INSERT INTO ord VALUES (1, 1), (2, 1),"
              + " (3, 2)");
      erp.rest();
      erp.sql("DELETE FROM customer WHERE id = 1");
      assertThat(names(erp))
          .containsExactly("Order Deleted 1", "Order Deleted 2", "Customer Deleted 1");
      erp.sql(
          "BEGIN; INSERT INTO customer VALUES (4, 'd'); DELETE FROM customer WHERE id = 2; COMMIT");
      assertThat(names(erp))
          .containsExactly("Customer Created 4", "Order Deleted 3", "Customer Deleted 2");
    }
  }

  @Test
  void whatLeavesOneThatIsGoneComesBefore() {
    try (Erp erp = erp("ON DELETE SET NULL")) {
      erp.sql(
          "INSERT INTO customer VALUES (1, 'a'), (2, 'b'), (3, 'c'); INSERT INTO ord VALUES (1, 1),"
              + " (2, 2)");
      erp.rest();
      erp.sql("DELETE FROM customer WHERE id = 1");
      assertThat(names(erp)).containsExactly("Order Updated 1", "Customer Deleted 1");
      erp.sql(
          "BEGIN; UPDATE customer SET name = 'z' WHERE id = 2; UPDATE ord SET customer = 3 WHERE id"
              + " = 2; DELETE FROM customer WHERE id = 2; COMMIT");
      assertThat(names(erp)).containsExactly("Order Updated 2", "Customer Deleted 2");
    }
  }

  @Test
  void aCircleStaysAsItWasWritten() {
    try (Erp erp = erp("")) {
      erp.sql("INSERT INTO node VALUES (5, 6), (6, 5), (7, 5), (8, 8), (9, NULL)");
      assertThat(names(erp))
          .containsExactly(
              "Node Created 8",
              "Node Created 9",
              "Node Created 5",
              "Node Created 6",
              "Node Created 7");
    }
  }
}
