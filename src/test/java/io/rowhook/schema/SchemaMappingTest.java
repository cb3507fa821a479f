package io.rowhook.schema;

import static io.rowhook.schema.Erp.assertJson;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a mapping can say, on one schema like that of a well-known ERP. */
@Tag("feature-58")
class SchemaMappingTest {

  @TempDir static Path directory;
  private static Erp erp;

  @BeforeAll
  static void start() {
    erp =
        new Erp(
            directory,
            "CREATE TABLE template (id serial PRIMARY KEY, name text, secret text)",
            "CREATE TABLE product (id serial PRIMARY KEY, template int, code text)",
            "CREATE TABLE sale (id serial PRIMARY KEY, state text, company int, active boolean NOT"
                + " NULL DEFAULT true)",
            "CREATE TABLE sale_line (id serial PRIMARY KEY, sale int, product int, sequence int,"
                + " kind text, cost int)",
            "CREATE TABLE note (id serial PRIMARY KEY, origin text, body text)",
            "CREATE TABLE party (id serial PRIMARY KEY, name text, kind text, salary int)",
            "CREATE TABLE tag (party int, name text, PRIMARY KEY (party, name))",
            "CREATE INDEX ON sale_line (sale)",
            "CREATE INDEX ON note (origin)",
            "INSERT INTO template (name, secret) VALUES ('Chair', 'hidden')",
            "INSERT INTO product (template, code) VALUES (1, 'CH-1'), (NULL, 'CH-2')");
    for (String table : new String[] {"sale", "sale_line", "note", "party", "tag"}) {
      erp.sql("ALTER TABLE " + table + " REPLICA IDENTITY FULL");
    }
    erp.entities(
            """
            Sale:
              table: sale
              where: "company = 1"
              deleted: "not active"
              attributes: { include: [id, state] }
              contains:
                lines:
                  table: sale_line
                  key: sale
                  order-by: sequence desc nulls first
                  where: "kind = 'normal'"
                  attributes: { exclude: [cost, kind] }
                  refers:
                    product:
                      table: product
                      key: product
                      attributes: [code, template]
                      refers:
                        template: { table: template, key: template, attributes: { exclude: [secret, id] } }
                notes: { table: note, key: origin, prefix: "sale.order,", attributes: [id, body, origin] }
            Note:
              table: note
              refers: { sale: { table: sale, key: origin, prefix: "sale.order,", attributes: [state] } }
            Customer: { table: party, where: "kind = 'customer'", attributes: [id, name] }
            Supplier:
              table: party
              where: "kind = 'supplier'"
              attributes: [id, name]
              contains: { tags: { table: tag, key: party } }
            """)
        .start();
  }

  @AfterAll
  static void close() {
    erp.close();
  }

  @Test
  void referencesOfReferencesOrdersConditionsAndColumns() {
    erp.sql(
        "BEGIN; INSERT INTO sale VALUES (1, 'draft', 1), (2, 'draft', 2); INSERT INTO sale_line"
            + " VALUES (11, 1, 1, 5, 'normal', 99), (12, 1, 2, NULL, 'normal', 99), (13, 1, NULL, 7,"
            + " 'normal', 99), (14, 1, 1, 9, 'hidden', 99), (21, 2, 1, 5, 'normal', 99); COMMIT");
    JsonNode created = erp.await("Sale Created 1");
    String lines =
        "[{'id':12,'sale':1,'sequence':null,'product':{'code':'CH-2','template':null}},"
            + "{'id':13,'sale':1,'sequence':7,'product':null},"
            + "{'id':11,'sale':1,'sequence':5,'product':{'code':'CH-1','template':{'name':'Chair'}}}]";
    assertJson(created.at("/data/id"), "1");
    assertJson(created.at("/data/state"), "'draft'");
    assertThat(created.at("/data").has("company")).isFalse();
    assertThat(sortless(created.at("/data/lines"))).isEqualTo(sortless(lines));
    erp.sql(
        "UPDATE sale_line SET cost = 98",
        "UPDATE sale SET company = 1 WHERE id = 1",
        "UPDATE sale_line SET sequence = 6 WHERE id = 14",
        "UPDATE sale_line SET sequence = 4 WHERE id = 21");
    assertThat(erp.rest()).as("nothing of it is mapped").isEmpty();
    erp.sql("UPDATE sale_line SET kind = 'hidden' WHERE id = 13");
    JsonNode fewer = erp.await("Sale Updated 1");
    assertThat(fewer.at("/data/lines")).hasSize(2);
    assertThat(fewer.at("/previous/lines")).hasSize(3);
    assertThat(erp.everything()).doesNotContain("cost", "hidden");
  }

  /** Objects with their keys in one order, since it does not matter. */
  private static String sortless(Object rows) {
    try {
      com.fasterxml.jackson.databind.ObjectMapper mapper =
          new com.fasterxml.jackson.databind.ObjectMapper()
              .configure(
                  com.fasterxml.jackson.databind.SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS,
                  true);
      return mapper.writeValueAsString(
          mapper.readValue(rows.toString().replace('\'', '"'), Object.class));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Test
  void aRowThatComesIntoViewIsCreatedAndOneThatLeavesIsDeleted() {
    erp.sql(
        "INSERT INTO sale VALUES (30, 'draft', 2)",
        "UPDATE sale SET company = 1 WHERE id = 30",
        "UPDATE sale SET active = false WHERE id = 30",
        "UPDATE sale SET state = 'unseen' WHERE id = 30",
        "UPDATE sale SET active = true WHERE id = 30",
        "UPDATE sale SET company = 3 WHERE id = 30",
        "DELETE FROM sale WHERE id = 30");
    erp.await("Sale Created 30");
    erp.await("Sale Deleted 30");
    assertJson(erp.await("Sale Created 30").at("/data/state"), "'unseen'");
    erp.await("Sale Deleted 30");
    assertThat(erp.rest()).isEmpty();
  }

  @Test
  void whatIsMadeAndHiddenInOneTransactionIsNothing() {
    erp.sql(
        "BEGIN; INSERT INTO sale VALUES (40, 'draft', 1); UPDATE sale SET active = false WHERE id ="
            + " 40; COMMIT",
        "BEGIN; UPDATE sale SET active = true WHERE id = 40; UPDATE sale SET state = 'x' WHERE id ="
            + " 40; COMMIT",
        "BEGIN; UPDATE sale SET active = false WHERE id = 40; UPDATE sale SET active = true, state"
            + " = 'y' WHERE id = 40; COMMIT");
    erp.await("Sale Created 40");
    JsonNode updated = erp.await("Sale Updated 40");
    assertJson(updated.at("/previous"), "{'state':'x'}");
  }

  @Test
  void twoEntitiesOfOneTable() {
    erp.sql(
        "INSERT INTO party VALUES (1, 'Ada', 'customer', 1), (2, 'Bob', 'supplier', 1), (3, 'C',"
            + " 'staff', 1)",
        "UPDATE party SET kind = 'supplier' WHERE id = 1",
        "INSERT INTO tag VALUES (1, 'new'), (3, 'of nobody')",
        "UPDATE party SET salary = 2");
    java.util.List<String> names =
        java.util.stream.Stream.of(erp.next(), erp.next()).map(Erp::name).sorted().toList();
    assertThat(names).containsExactly("Customer Created 1", "Supplier Created 2");
    names = java.util.stream.Stream.of(erp.next(), erp.next()).map(Erp::name).sorted().toList();
    assertThat(names).containsExactly("Customer Deleted 1", "Supplier Created 1");
    assertJson(
        erp.await("Supplier Updated 1").at("/data"),
        "{'id':1,'name':'Ada','tags':[{'party':1,'name':'new'}]}");
    assertThat(erp.rest()).isEmpty();
  }

  @Test
  void polymorphicReferences() {
    erp.sql(
        "INSERT INTO sale VALUES (50, 'draft', 1)",
        "INSERT INTO note VALUES (1, 'sale.order,50', 'hello')");
    erp.await("Sale Created 50");
    JsonNode sale = erp.next("Sale");
    assertThat(Erp.name(sale)).isEqualTo("Sale Updated 50");
    assertThat(sale.at("/data/notes/0/body").asText()).isEqualTo("hello");
    erp.rest();
    erp.sql(
        "INSERT INTO note VALUES (2, 'purchase.order,50', 'x'), (3, 'sale.order,x', 'y'), (4, NULL,"
            + " 'z'), (5, 'sale.order,', ''), (6, 'sale.order,99999999999999', '')");
    for (int i = 2; i <= 6; i++) {
      JsonNode note = erp.next("Note");
      assertThat(Erp.name(note)).isEqualTo("Note Created " + i);
      assertThat(note.at("/data/sale").path("state").isMissingNode()).as("%s", note).isTrue();
    }
    erp.rest();
    erp.sql("UPDATE note SET origin = 'sale.order,50' WHERE id = 4");
    assertThat(erp.rest().stream().map(Erp::name))
        .containsExactlyInAnyOrder("Note Updated 4", "Sale Updated 50");
  }
}
