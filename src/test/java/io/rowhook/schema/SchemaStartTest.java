package io.rowhook.schema;

import static io.rowhook.schema.Erp.assertJson;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers, databases and roles as they are found. */
class SchemaStartTest {

  @TempDir Path directory;

  @Test
  void severalHostsOfWhichOneIsThePrimary() {
    try (Erp erp = new Erp(directory, "CREATE TABLE item (id int PRIMARY KEY)")) {
      int port = erp.source().port();
      erp.entities("Item: { table: item }")
          .stage()
          .write(
              "connector-config/source.properties",
              """
              database.hostname=127.0.0.1,127.0.0.1
              database.port=1,%d
              database.user=postgres
              database.password=x
              database.dbname=%s
              """
                  .formatted(port, erp.source().database()));
      erp.start();
      erp.sql("INSERT INTO item VALUES (1)");
      erp.await("Item Created 1");
    }
  }

  @Test
  void sslmodePrefer() {
    try (Erp erp = new Erp(directory, "CREATE TABLE item (id int PRIMARY KEY)")) {
      erp.entities("Item: { table: item }").connect("postgres", "database.sslmode=prefer").start();
      erp.sql("INSERT INTO item VALUES (1)");
      erp.await("Item Created 1");
    }
  }

  @Test
  void aPublicationOfAnotherOwnerAndARoleWithoutRightsButThese() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE SCHEMA sales",
            "CREATE TABLE sales.item (id int PRIMARY KEY)",
            "CREATE TABLE sales.bit (id int, item int, PRIMARY KEY (item, id))",
            "CREATE PUBLICATION rowhook FOR TABLE sales.item, sales.bit")) {
      String role = erp.role();
      erp.sql(
          "REVOKE CREATE ON DATABASE " + erp.source().database() + " FROM " + role,
          "REVOKE ALL ON SCHEMA public FROM PUBLIC",
          "GRANT USAGE ON SCHEMA sales TO " + role,
          "GRANT SELECT ON sales.bit, sales.item TO " + role);
      erp.entities(
              "Item: { table: sales.item, contains: { bits: { table: sales.bit, key: item } } }")
          .connect(role)
          .start();
      erp.sql(
          "BEGIN; INSERT INTO sales.item VALUES (1); INSERT INTO sales.bit VALUES (7, 1); COMMIT");
      assertJson(erp.await("Item Created 1").at("/data/bits"), "[{'id':7,'item':1}]");
      erp.listen()
          .sql("REVOKE USAGE ON SCHEMA sales FROM " + role, "INSERT INTO sales.item VALUES (2)");
      erp.await("Item Created 2");
      assertThat(erp.streams()).isTrue();
    }
  }
}
