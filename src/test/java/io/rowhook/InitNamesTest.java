package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rowhook init} beside a {@code source.properties} that names publication and slot. */
@Tag("feature-59")
class InitNamesTest {

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  private final StringWriter err = new StringWriter();
  @TempDir Path config;

  @Test
  void publicationAndSlotAreNamedAsItSays() throws IOException {
    source.execute("CREATE SCHEMA shop", "CREATE TABLE shop.article (id int PRIMARY KEY)");
    Path properties = config.resolve("source.properties");
    Files.writeString(
        properties,
        "database.password=${env:NOBODY_HAS_SET_IT}\npublication.name=erp\nslot.name=erp_slot\n");
    assertThat(init("--apply")).as(err.toString()).isZero();
    assertThat(publications()).isEqualTo("erp");
    assertThat(Files.readString(config.resolve("setup.sql")))
        .contains(
            "-- SELECT pg_drop_replication_slot('erp_slot');", "-- DROP PUBLICATION \"erp\";");

    Files.writeString(properties, "publication.name=other\n");
    assertThat(init("--apply")).isOne();
    assertThat(err.toString())
        .contains(
            config.resolve("setup.sql")
                + " is for publication erp, but publication.name in "
                + properties
                + " is other, so nothing was run. Write the same name in both");
    assertThat(publications()).isEqualTo("erp");

    Files.writeString(properties, "publication.name=${env:NOBODY_HAS_SET_IT}\n");
    assertThat(init()).isOne();
    assertThat(err.toString()).contains(properties + ":1:1: publication.name", "NOBODY_HAS_SET_IT");
    Files.writeString(properties, "slot.name=Big\n");
    assertThat(init()).isOne();
    assertThat(err.toString()).contains(properties + ": slot.name is 'Big'");
  }

  private static String publications() {
    return String.valueOf(source.query("SELECT string_agg(pubname, ' ') FROM pg_publication"));
  }

  private int init(String... more) {
    String uri =
        "postgresql://%s:%s@%s:%d/%s"
            .formatted(
                source.user(), source.password(), source.host(), source.port(), source.database());
    List<String> all =
        List.of("init", uri, "--dir", config.toString(), "--yes", "--include", "shop.article");
    err.getBuffer().setLength(0);
    return Main.commandLine(_ -> {})
        .setOut(new PrintWriter(new StringWriter(), true))
        .setErr(new PrintWriter(err, true))
        .execute(Stream.concat(all.stream(), Stream.of(more)).toArray(String[]::new));
  }
}
