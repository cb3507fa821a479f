package io.rowhook.admin.init;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.SourceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the password for {@code rowhook init} comes from. */
class LoginTest {

  private static final PostgresUri URI =
      PostgresUri.parse("postgres://anna@db.example.com:5433/erp?sslmode=require", "nobody");

  @TempDir Path temp;

  @Test
  void thePasswordFileIsReadAsLibpqReadsIt() throws IOException {
    file(
        "# db.example.com:5433:erp:anna:comment",
        "db.example.com:5432:erp:anna:port",
        "db.example.com:5433:erp:anna:se\\:cr\\\\et",
        "*:*:*:*:any");
    assertThat(found()).contains("se:cr\\et");
    file("broken", "*:*:*:bert:other", "*:*:erp:anna:a:b");
    assertThat(found()).contains("a:b");
    file("*:*:crm:anna:x");
    assertThat(found()).isEmpty();
    assertThat(PasswordFile.find(temp.resolve("none"), URI)).isEmpty();
  }

  @Test
  void theUriGoesBeforeTheEnvironmentAndThatBeforeTheFile() throws IOException {
    file("*:*:*:*:file");
    Map<String, String> environment = new HashMap<>(Map.of("PGPASSFILE", path().toString()));
    assertThat(password(URI, environment)).isEqualTo("file");
    environment.put("PGPASSWORD", "environment");
    assertThat(password(URI, environment)).isEqualTo("environment");
    assertThat(password(new Login(environment, Optional.empty()).source(URI, true)))
        .as("beside another login, which the environment may be for")
        .isEqualTo("file");
    PostgresUri given = PostgresUri.parse("postgresql://anna:u%40ri@db.example.com/erp", "nobody");
    assertThat(password(given, environment)).isEqualTo("u@ri");
    assertThat(given.toString())
        .doesNotContain("ri@db")
        .isEqualTo("postgresql://anna@db.example.com:5432/erp");
  }

  @Test
  void optionsAreTheDrivers() {
    assertThat(URI.options()).containsExactly(Map.entry("sslmode", "require"));
    PostgresUri jdbc =
        PostgresUri.parse("jdbc:postgresql://db/erp?user=anna&sslmode=disable", "nobody");
    assertThat(jdbc.user()).isEqualTo("anna");
    assertThat(SourceText.file(jdbc, "rowhook"))
        .contains("database.sslmode=disable", "database.user=rowhook", "database.hostname=db");
  }

  private static String password(PostgresUri uri, Map<String, String> environment) {
    return password(new Login(environment, Optional.empty()).source(uri));
  }

  private static String password(SourceConfig source) {
    return String.valueOf(source.properties().get("database.password"));
  }

  private Optional<String> found() {
    return PasswordFile.find(path(), URI);
  }

  private Path path() {
    return temp.resolve("pgpass");
  }

  private void file(String... lines) throws IOException {
    Files.write(path(), java.util.List.of(lines));
  }
}
