package io.rowhook.capture.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Rig;
import io.rowhook.capture.SourceConfig;
import io.rowhook.testing.Certificates;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every connection is opened in one place: hosts, password and settings are those of all. */
@Tag("slow")
final class PostgresConnectionsTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @BeforeAll
  static void startDatabase() {
    database.execute("CREATE TABLE article (id int PRIMARY KEY)");
  }

  @Test
  void ofSeveralHostsThePrimaryIsTaken() {
    try (Rig rig = new Rig(database, "hosts", "public.article")) {
      rig.properties =
          Map.of(
              "database.hostname",
              "127.0.0.1," + database.host(),
              "database.port",
              "1," + database.port());
      rig.start();
      database.execute("INSERT INTO article VALUES (1)");
      rig.awaitRows(1);
      assertThat(rig.failures).isEmpty();
    }
  }

  @Test
  void aStandbyIsPassedOver() throws Exception {
    try (SourceDatabase primary = SourceDatabase.start();
        SourceDatabase standby = primary.standby();
        Rig rig = new Rig(primary, "standby_first", "public.article")) {
      rig.properties =
          Map.of(
              "database.hostname", standby.host() + "," + primary.host(),
              "database.port", standby.port() + "," + primary.port());
      try (Connection connection = PostgresConnections.connect(rig.source());
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT pg_is_in_recovery()")) {
        row.next();
        assertThat(row.getBoolean(1)).isFalse();
      }
    }
  }

  @Test
  void credentialsAreAskedForEachConnectionAnew() throws Exception {
    try (Rig rig = new Rig(database, "credentials", "public.article")) {
      AtomicInteger asked = new AtomicInteger();
      SourceConfig.Credentials now =
          new SourceConfig.Credentials(database.user(), database.password());
      SourceConfig source =
          rig.source()
              .with(() -> {
                asked.incrementAndGet();
                return now;
              });
      for (int i = 1; i <= 2; i++) {
        PostgresConnections.connect(source).close();
        assertThat(asked).hasValue(i);
      }
      assertThat(source.toString() + now).doesNotContain("password");
    }
  }

  @Test
  void everySslmodeIsPassedOn(@TempDir Path directory) throws Exception {
    Certificates.Issued server = Certificates.get().server;
    file("connections.key", server.keyPem());
    file("connections.crt", server.certificatePem());
    database.set("ssl_key_file", "connections.key");
    database.set("ssl_cert_file", "connections.crt");
    database.set("ssl", "on");
    Path ca =
        Files.writeString(directory.resolve("ca.pem"), Certificates.get().ca.certificatePem());
    Map<String, String> encrypted =
        Map.of(
            "disable",
            "f",
            "allow",
            "f",
            "prefer",
            "t",
            "require",
            "t",
            "verify-ca",
            "t",
            "verify-full",
            "t");
    try (Rig rig = new Rig(database, "sslmodes", "public.article")) {
      for (Map.Entry<String, String> mode : encrypted.entrySet()) {
        SourceConfig source =
            rig.source(
                Map.of(
                    "database.hostname", "localhost",
                    "database.sslmode", mode.getKey(),
                    "database.sslrootcert", ca.toString()));
        try (Connection connection = PostgresConnections.connect(source);
            Statement statement = connection.createStatement();
            ResultSet row =
                statement.executeQuery(
                    "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
          row.next();
          assertThat(row.getString(1)).as(mode.getKey()).isEqualTo(mode.getValue());
        }
      }
    } finally {
      database.set("ssl", "off");
    }
  }

  /** As only the server may read it. */
  private static void file(String name, String content) {
    database.execute(
        "COPY (SELECT regexp_split_to_table('%s', '\n')) TO PROGRAM 'umask 077; cat > %s'"
            .formatted(content, name));
  }

  @Test
  void whatDecidesHowValuesAreWrittenIsPinned() throws Exception {
    database.execute("ALTER DATABASE erp SET lc_monetary = 'POSIX'"); // a locale that all know
    try (Rig rig = new Rig(database, "pinned", "public.article");
        Connection connection = PostgresConnections.connect(rig.source());
        Statement statement = connection.createStatement()) {
      for (List<String> pinned :
          List.of(
              List.of("bytea_output", "hex"),
              List.of("IntervalStyle", "postgres"),
              List.of("TimeZone", "UTC"),
              List.of("extra_float_digits", "1"),
              List.of("lc_monetary", "C"))) {
        try (ResultSet row = statement.executeQuery("SHOW " + pinned.getFirst())) {
          row.next();
          assertThat(row.getString(1)).as(pinned.getFirst()).isEqualTo(pinned.getLast());
        }
      }
    } finally {
      database.execute("ALTER DATABASE erp RESET lc_monetary");
    }
  }
}
