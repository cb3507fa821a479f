package io.rowhook.capture.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.Rig;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.SourceValidator;
import io.rowhook.capture.TableId;
import io.rowhook.testing.Pooler;
import io.rowhook.testing.SourceDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Servers as they are elsewhere: encodings, poolers, limits, roles of managed ones. */
final class ServerValidatorTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @BeforeAll
  static void startDatabase() {
    database.execute("CREATE TABLE article (id int PRIMARY KEY, name text)");
  }

  private static List<String> problems(Map<String, String> properties) {
    return SourceValidator.look(
            new Rig(database, "server").source(properties),
            List.of(new CapturedTable(TableId.parse("article"), List.of())))
        .problems();
  }

  private static Connection connect(String name) throws Exception {
    return DriverManager.getConnection(
        database.jdbcUrl().replace("/erp", "/" + name), database.user(), "");
  }

  @Test
  void aDatabaseWithoutAnEncodingIsRefused() throws Exception {
    database.execute(
        "CREATE DATABASE ascii ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    try (Connection ascii = connect("ascii");
        Statement statement = ascii.createStatement()) {
      statement.execute("CREATE TABLE article (id int PRIMARY KEY, name text)");
    }
    assertThat(problems(Map.of("database.dbname", "ascii")))
        .containsExactly(
            "source.properties: database 'ascii' at 127.0.0.1:"
                + database.port()
                + " has the encoding SQL_ASCII: PostgreSQL does not know what its text means, and ends the stream at the first that is no UTF-8. Run CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0; and move the data there by pg_dump --encoding=UTF8");
  }

  @Test
  void aDatabaseInAnotherEncodingIsCaptured() throws Exception {
    database.execute(
        "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    try (Rig rig = new Rig(database, "latin", "\"grösse\"");
        Connection latin = connect("latin");
        Statement statement = latin.createStatement()) {
      statement.execute("CREATE TABLE grösse (id int PRIMARY KEY, maß text)");
      rig.properties = Map.of("database.dbname", "latin");
      rig.start();
      statement.execute("INSERT INTO grösse VALUES (1, 'Größe ½')");
      RowChange row = rig.awaitRows(1).getFirst();
      assertThat(String.valueOf(row.after())).isEqualTo("{\"id\":1,\"maß\":\"Größe ½\"}");
      rig.stop();
      statement.execute("SELECT pg_drop_replication_slot('latin')");
    }
  }

  /** What an administrator sets for people must not stop a service. */
  @Test
  void limitsOfTheRoleDoNotMatter() {
    database.execute(
        "CREATE ROLE limited LOGIN SUPERUSER",
        "ALTER ROLE limited SET default_transaction_read_only = on",
        "ALTER ROLE limited SET statement_timeout = '50ms'",
        "ALTER ROLE limited SET lock_timeout = '50ms'",
        "ALTER ROLE limited SET idle_session_timeout = '100ms'",
        "ALTER ROLE limited SET idle_in_transaction_session_timeout = '100ms'");
    try (Rig rig = new Rig(database, "limited", "article")) {
      rig.properties = Map.of("database.user", "limited");
      rig.start();
      database.execute("INSERT INTO article VALUES (1, 'x')", "SELECT pg_sleep(0.5)");
      database.execute("INSERT INTO article VALUES (2, 'y')");
      rig.awaitRows(2);
      assertThat(rig.failures).isEmpty();
    }
    database.execute("DELETE FROM article");
  }

  @Test
  void aPoolerIsRecognized() {
    try (Pooler pooler = new Pooler(database.port())) {
      assertThat(problems(Map.of("database.port", String.valueOf(pooler.port()))))
          .containsExactly(
              "source.properties: what answers at 127.0.0.1:"
                  + pooler.port()
                  + " is a connection pooler, through which nothing can be replicated; it says: FATAL: unsupported startup parameter: replication. Set database.hostname and database.port to the server itself");
    }
  }

  @Test
  void aRoleWithoutAConnectionLeft() {
    database.execute("CREATE ROLE crowd LOGIN REPLICATION CONNECTION LIMIT 0");
    assertThat(problems(Map.of("database.user", "crowd")))
        .singleElement()
        .asString()
        .startsWith(
            "source.properties: database 'erp' at 127.0.0.1:"
                + database.port()
                + " has no connection left for database.user 'crowd'; the server says: FATAL: too many connections for role \"crowd\". Raise what it names");
  }

  /** Amazon's servers have no role attribute to give, but a role to be a member of. */
  @Test
  void howTheRightToReplicateIsGiven() {
    database.execute("CREATE ROLE plain LOGIN", "CREATE PUBLICATION server FOR TABLE article");
    Map<String, String> plain = Map.of("database.user", "plain");
    String refused = "source.properties: database.user 'plain' may not replicate. Run ";
    assertThat(problems(plain)).containsExactly(refused + "ALTER ROLE \"plain\" REPLICATION;");
    database.execute("CREATE ROLE rds_replication");
    assertThat(problems(plain)).containsExactly(refused + "GRANT rds_replication TO \"plain\";");
    database.execute("ALTER ROLE plain REPLICATION");
    assertThat(problems(plain)).isEmpty();
    database.execute("DROP PUBLICATION server", "DROP ROLE rds_replication");
  }

  @Test
  void aSettingThatWaitsForARestartIsNotAskedForAgain() {
    try (SourceDatabase waiting = SourceDatabase.start("")) {
      waiting.set("wal_level", "logical");
      assertThat(SourceValidator.look(new Rig(waiting, "waiting").source(), List.of()).problems())
          .contains(
              "source.properties: wal_level of the server at 127.0.0.1:%d is 'replica', but must be 'logical'. It is set already and waits for a restart: restart PostgreSQL"
                  .formatted(waiting.port()));
    }
  }
}
