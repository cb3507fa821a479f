package io.rowhook.schema;

import static io.rowhook.schema.Erp.assertJson;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys and names as ERPs have them. */
class SchemaKeyTest {

  @TempDir Path directory;

  @Test
  void aUniqueIndexInPlaceOfAPrimaryKey() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE item (code text NOT NULL, branch int NOT NULL, name text)",
            "CREATE UNIQUE INDEX item_code ON item (branch, code)",
            "ALTER TABLE item REPLICA IDENTITY USING INDEX item_code")) {
      erp.entities("Item: { table: item, id: [code, branch] }").start();
      erp.sql("INSERT INTO item VALUES ('A', 1, 'x')");
      erp.await("Item Created {\"code\":\"A\",\"branch\":1}");
      erp.sql("UPDATE item SET name = 'y'", "UPDATE item SET code = 'B'", "DELETE FROM item");
      erp.await("Item Updated {\"code\":\"A\",\"branch\":1}");
      erp.await("Item Deleted {\"code\":\"A\",\"branch\":1}");
      erp.await("Item Created {\"code\":\"B\",\"branch\":1}");
      erp.await("Item Deleted {\"code\":\"B\",\"branch\":1}");
    }
  }

  @Test
  void aPartWithoutAPrimaryKeyButWithAUniqueIndex() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE ord (id int PRIMARY KEY)",
            "CREATE TABLE line (ord int NOT NULL, no int NOT NULL, qty int)",
            "CREATE UNIQUE INDEX line_no ON line (ord, no)",
            "ALTER TABLE line REPLICA IDENTITY USING INDEX line_no")) {
      erp.entities(
              "Order: { table: ord, contains: { lines: { table: line, key: ord, order-by: no } } }")
          .start();
      erp.sql(
          "BEGIN; INSERT INTO ord VALUES (1); INSERT INTO line VALUES (1, 2, 5), (1, 1, 4); COMMIT");
      assertJson(
          erp.await("Order Created 1").at("/data/lines"),
          "[{'ord':1,'no':1,'qty':4},{'ord':1,'no':2,'qty':5}]");
      erp.sql("DELETE FROM line WHERE no = 1");
      assertJson(erp.await("Order Updated 1").at("/data/lines"), "[{'ord':1,'no':2,'qty':5}]");
    }
  }

  @Test
  void aPrimaryKeyWithIncludedColumnsAndOneOfUuid() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE item (id uuid, name text, PRIMARY KEY (id) INCLUDE (name))",
            "CREATE TABLE bit (id serial PRIMARY KEY, item uuid)",
            "CREATE INDEX ON bit (item) INCLUDE (id)",
            "ALTER TABLE bit REPLICA IDENTITY FULL")) {
      erp.entities("Item: { table: item, contains: { bits: { table: bit, key: item } } }").start();
      String id = "00000000-0000-0000-0000-0000000000ab";
      erp.sql(
          "BEGIN; INSERT INTO item VALUES ('"
              + id
              + "', 'x'); INSERT INTO bit (item) VALUES ('"
              + id
              + "'); COMMIT",
          "UPDATE item SET name = 'y'");
      JsonNode created = erp.await("Item Created " + id);
      assertJson(created.at("/data/bits"), "[{'id':1,'item':'" + id + "'}]");
      erp.await("Item Updated " + id);
    }
  }

  @Test
  void namesThatNobodyWouldChoose() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE SCHEMA \"Vertrieb.Süd\"",
            "CREATE TABLE \"Vertrieb.Süd\".\"Auf\"\"trag.kopf\" (\"Nr.\" int PRIMARY KEY, \"Größe"
                + " (cm)\" int, \"select\" text, \"größe (cm)\" int, \" \" int, \"a'b\" int)",
            "ALTER TABLE \"Vertrieb.Süd\".\"Auf\"\"trag.kopf\" REPLICA IDENTITY FULL",
            "CREATE TABLE \"Order\" (id int PRIMARY KEY, n int)",
            "CREATE TABLE \"order\" (id int PRIMARY KEY, n int)",
            "CREATE TABLE \"ORDER\" (\"ID\" int, id int PRIMARY KEY, \"order\" int)",
            "CREATE INDEX ON \"ORDER\" (\"order\")",
            "ALTER TABLE \"ORDER\" REPLICA IDENTITY FULL")) {
      erp.entities(
              """
              Head: { table: '"Vertrieb.Süd"."Auf""trag.kopf"' }
              Upper: { table: Order }
              Lower: { table: order, contains: { big: { table: ORDER, key: order } } }
              """)
          .start();
      erp.sql(
          "INSERT INTO \"Vertrieb.Süd\".\"Auf\"\"trag.kopf\" VALUES (1, 2, 'x', 3, 4, 5)",
          "INSERT INTO \"Order\" VALUES (1, 5)",
          "BEGIN; INSERT INTO \"order\" VALUES (1, 6); INSERT INTO \"ORDER\" VALUES (7, 1, 1);"
              + " COMMIT",
          "UPDATE \"Vertrieb.Süd\".\"Auf\"\"trag.kopf\" SET \"größe (cm)\" = 9");
      assertJson(
          erp.await("Head Created 1").at("/data"),
          "{'Nr.':1,'Größe (cm)':2,'select':'x','größe (cm)':3,' ':4,\"a\\u0027b\":5}");
      assertJson(erp.await("Upper Created 1").at("/data"), "{'id':1,'n':5}");
      assertJson(
          erp.await("Lower Created 1").at("/data"),
          "{'id':1,'n':6,'big':[{'ID':7,'id':1,'order':1}]}");
      assertJson(erp.await("Head Updated 1").at("/previous"), "{'größe (cm)':3}");
    }
  }

  @Test
  void aKeyThatChangesTakesItsLinesAlong() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE ord (id int PRIMARY KEY, n int)",
            "CREATE TABLE line (id serial PRIMARY KEY, ord int REFERENCES ord ON UPDATE CASCADE ON"
                + " DELETE CASCADE)",
            "CREATE INDEX ON line (ord)",
            "ALTER TABLE ord REPLICA IDENTITY FULL",
            "ALTER TABLE line REPLICA IDENTITY FULL")) {
      erp.entities("Order: { table: ord, contains: { lines: { table: line, key: ord } } }").start();
      erp.sql(
          "BEGIN; INSERT INTO ord VALUES (1, 1); INSERT INTO line (ord) VALUES (1); COMMIT",
          "UPDATE ord SET id = 2",
          "DELETE FROM ord");
      erp.await("Order Created 1");
      assertThat(erp.await("Order Deleted 1").at("/data/lines")).hasSize(1);
      assertJson(erp.await("Order Created 2").at("/data/lines"), "[{'id':1,'ord':2}]");
      assertJson(erp.await("Order Deleted 2").at("/data/lines"), "[{'id':1,'ord':2}]");
    }
  }

  /** As in an ERP whose customers have a key of their own, and an id that all others name. */
  @Test
  void rowsThatAreNamedByAnotherUniqueKeyThanTheirPrimaryKey() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE account (id serial NOT NULL UNIQUE, code text PRIMARY KEY, name text)",
            "CREATE TABLE party (id serial NOT NULL UNIQUE, class int, number text, account int,"
                + " PRIMARY KEY (number, class))",
            "CREATE TABLE contact (party int REFERENCES party (id), no int, text text, account int,"
                + " PRIMARY KEY (party, no))",
            "ALTER TABLE party REPLICA IDENTITY FULL",
            "ALTER TABLE contact REPLICA IDENTITY FULL",
            "INSERT INTO account (code, name) VALUES ('1200', 'Receivables')")) {
      erp.entities(
              """
              Party:
                table: party
                id: id
                contains:
                  contacts:
                    table: contact
                    key: party
                    to: id
                    refers: { account: { table: account, key: account, to: id, attributes: [code] } }
                refers: { account: { table: account, key: account, to: id, attributes: [name] } }
              """)
          .start();
      erp.sql(
          "BEGIN; INSERT INTO party (class, number, account) VALUES (1, 'C1', 1), (2, 'C1', 1);"
              + " INSERT INTO contact VALUES (1, 1, 'a', 1), (2, 1, 'b', NULL); COMMIT",
          "UPDATE contact SET text = 'c' WHERE party = 2",
          "UPDATE party SET number = 'C2' WHERE id = 2",
          "DELETE FROM contact WHERE party = 2",
          "DELETE FROM party WHERE id = 2");
      assertJson(
          erp.await("Party Created 1").at("/data"),
          "{'id':1,'class':1,'number':'C1','account':{'name':'Receivables'},"
              + "'contacts':[{'party':1,'no':1,'text':'a','account':{'code':'1200'}}]}");
      erp.await("Party Created 2");
      JsonNode updated = erp.await("Party Updated 2");
      assertJson(updated.at("/data/number"), "'C1'");
      assertJson(updated.at("/data/contacts"), "[{'party':2,'no':1,'text':'c','account':null}]");
      JsonNode renamed = erp.await("Party Updated 2");
      assertJson(renamed.path("changed"), "['number']");
      assertThat(renamed.at("/data/contacts")).hasSize(1);
      assertJson(erp.await("Party Updated 2").path("changed"), "['contacts']");
      erp.await("Party Deleted 2");
      assertThat(erp.everything()).doesNotContain("unavailable");
    }
  }

  @Test
  void truncateIsSaidAndStopsNothing() {
    try (Erp erp = new Erp(directory, "CREATE TABLE item (id int PRIMARY KEY)")) {
      erp.entities("Item: { table: item }").start();
      erp.sql("INSERT INTO item VALUES (1)");
      erp.await("Item Created 1");
      erp.listen().sql("TRUNCATE item", "INSERT INTO item VALUES (2)");
      erp.await("Item Created 2");
      assertThat(erp.streams()).isTrue();
    }
  }

  /** Without a primary key, by an index for which null is a value too, which no key has. */
  @Test
  void aUniqueIndexForWhichNullsAreNotDistinct() {
    try (Erp erp =
        new Erp(
            directory, "CREATE TABLE item (code text NOT NULL, branch int NOT NULL, name text)")) {
      if (Integer.parseInt(String.valueOf(erp.source().query("SHOW server_version_num")))
          < 150_000) {
        return; // there is none
      }
      erp.sql(
          "CREATE UNIQUE INDEX item_name ON item (name) NULLS NOT DISTINCT",
          "CREATE UNIQUE INDEX item_code ON item (branch, code) NULLS NOT DISTINCT",
          "ALTER TABLE item REPLICA IDENTITY USING INDEX item_code");
      erp.entities("Item: { table: item, id: [code, branch] }").start();
      erp.sql(
          "INSERT INTO item VALUES ('A', 1, NULL)",
          "UPDATE item SET code = 'B'",
          "UPDATE item SET name = 'y'",
          "DELETE FROM item");
      erp.await("Item Created {\"code\":\"A\",\"branch\":1}");
      erp.await("Item Deleted {\"code\":\"A\",\"branch\":1}");
      erp.await("Item Created {\"code\":\"B\",\"branch\":1}");
      erp.await("Item Updated {\"code\":\"B\",\"branch\":1}");
      erp.await("Item Deleted {\"code\":\"B\",\"branch\":1}");
    }
  }
}
