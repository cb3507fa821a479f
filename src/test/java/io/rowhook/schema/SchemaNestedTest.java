package io.rowhook.schema;

import static io.rowhook.schema.Erp.assertJson;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts of parts. */
class SchemaNestedTest {

  @TempDir Path directory;

  @Test
  void aConditionOnAPartThatHasPartsItself() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE ord (id int PRIMARY KEY)",
            "CREATE TABLE box (id int PRIMARY KEY, ord int, kind text)",
            "CREATE TABLE item (id int PRIMARY KEY, box int, n int)",
            "CREATE INDEX ON box (ord)",
            "CREATE INDEX ON item (box)",
            "ALTER TABLE ord REPLICA IDENTITY FULL",
            "ALTER TABLE box REPLICA IDENTITY FULL",
            "ALTER TABLE item REPLICA IDENTITY FULL")) {
      erp.entities(
              """
              Order:
                table: ord
                contains:
                  boxes:
                    table: box
                    key: ord
                    where: "kind = 'real'"
                    attributes: [id]
                    contains: { items: { table: item, key: box, where: "n > 0", attributes: [id, n] } }
              """)
          .start();
      erp.sql(
          "BEGIN; INSERT INTO ord VALUES (1); INSERT INTO box VALUES (1, 1, 'real'), (2, 1, 'shadow');"
              + " INSERT INTO item VALUES (1, 1, 5), (2, 1, 0), (3, 2, 6); COMMIT");
      String box = "{'id':1,'items':[{'id':1,'n':5}]}";
      assertJson(erp.await("Order Created 1").at("/data/boxes"), "[" + box + "]");
      erp.sql(
          "UPDATE item SET n = 7 WHERE id = 3", // in a box that does not count
          "INSERT INTO item VALUES (4, 2, 8), (5, 1, 0)",
          "DELETE FROM item WHERE id IN (2, 4)");
      assertThat(erp.rest()).isEmpty();
      erp.sql("UPDATE box SET kind = 'real' WHERE id = 2");
      JsonNode both = erp.await("Order Updated 1");
      assertJson(both.at("/data/boxes"), "[" + box + ",{'id':2,'items':[{'id':3,'n':7}]}]");
      assertJson(both.at("/previous/boxes"), "[" + box + "]");
      erp.sql("UPDATE item SET box = 1 WHERE id = 3");
      assertJson(
          erp.await("Order Updated 1").at("/data/boxes"),
          "[{'id':1,'items':[{'id':1,'n':5},{'id':3,'n':7}]},{'id':2,'items':[]}]");
      erp.sql("UPDATE box SET kind = 'shadow' WHERE id = 1");
      assertJson(erp.await("Order Updated 1").at("/data/boxes"), "[{'id':2,'items':[]}]");
      erp.sql("DELETE FROM item WHERE box = 1", "DELETE FROM box WHERE id = 1");
      assertThat(erp.rest()).isEmpty();
    }
  }
}
