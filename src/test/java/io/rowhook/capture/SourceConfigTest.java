package io.rowhook.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.capture.debezium.ChangeEventQueue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What may stand in source.properties, and what is said of the rest. */
final class SourceConfigTest {

  private static final Map<String, String> GOOD =
      Map.of(
          "database.hostname", "db",
          "database.user", "erp",
          "database.password", "s3cret",
          "database.dbname", "erp");

  private static List<String> problems(Map<String, String> more) {
    Map<String, String> given = new HashMap<>(GOOD);
    given.putAll(more);
    try {
      SourceConfig.of(given, "source.properties");
    } catch (SourceException e) {
      return e.problems();
    }
    return List.of();
  }

  @Test
  void defaultsAreFilledIn() {
    SourceConfig source = SourceConfig.of(GOOD, "source.properties");
    assertThat(source.hosts()).containsExactly(new SourceConfig.Host("db", 5432));
    assertThat(source.slot()).isEqualTo("rowhook");
    assertThat(source.publication()).isEqualTo("rowhook");
    assertThat(source.properties())
        .containsEntry("topic.prefix", "rowhook")
        .containsEntry("errors.max.retries", "0")
        .containsEntry("lsn.flush.mode", "connector");
  }

  @Test
  @Tag("feature-26")
  void thePasswordIsNotPrinted() {
    assertThat(SourceConfig.of(GOOD, "source.properties").toString()).doesNotContain("s3cret");
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(() -> SourceConfig.of(Map.of(), "source.properties"))
        .isInstanceOfSatisfying(
            SourceException.class,
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        "source.properties: database.hostname is missing; Rowhook needs it to reach the source. Add the line database.hostname=...",
                        "source.properties: database.user is missing; Rowhook needs it to reach the source. Add the line database.user=...",
                        "source.properties: database.password is missing; Rowhook needs it to reach the source. Add the line database.password=...",
                        "source.properties: database.dbname is missing; Rowhook needs it to reach the source. Add the line database.dbname=..."));
  }

  @Test
  void aConflictIsRefusedByName() {
    assertThat(problems(Map.of("snapshot.mode", "initial", "slot.drop.on.stop", "true")))
        .containsExactly(
            "source.properties: slot.drop.on.stop is 'true', but Rowhook needs 'false': what is written while stopped would be lost. Remove the line",
            "source.properties: snapshot.mode is 'initial', but Rowhook needs 'no_data': rows from before the first start make no events. Remove the line");
    assertThat(problems(Map.of("table.include.list", "public.article", "transforms.a.type", "X")))
        .containsExactly(
            "source.properties: table.include.list is 'public.article', but Rowhook does not allow it: tables and columns are chosen in entities.yaml. Remove the line",
            "source.properties: transforms.a.type is 'X', but Rowhook does not allow it: templates shape what recipients get. Remove the line");
  }

  @Test
  void whatRowhookWouldSetAnywayIsNoConflict() {
    assertThat(problems(Map.of("plugin.name", "pgoutput", "snapshot.mode", "NO_DATA"))).isEmpty();
  }

  @Test
  void theQueuesBytesAreRowhooksOwnToCount() {
    assertThat(problems(Map.of("max.queue.size.in.bytes", "16 MB")))
        .containsExactly(
            "source.properties: max.queue.size.in.bytes is '16 MB', but it must be a number of bytes; 0 is no limit");
    Map<String, String> given = new HashMap<>(GOOD);
    given.put("max.queue.size.in.bytes", "1000000");
    assertThat(SourceConfig.of(given, "source.properties").connector("engine"))
        .containsEntry("max.queue.size.in.bytes", "0")
        .containsEntry(ChangeEventQueue.BYTES, "1000000");
  }

  @Test
  void anUnknownKeyIsRefusedWithTheNearest() {
    assertThat(problems(Map.of("slot.nam", "x", "database.hostnam", "y", "nonsense", "z")))
        .containsExactly(
            "source.properties: database.hostnam is no property of Debezium's PostgreSQL connector; the nearest is database.hostname",
            "source.properties: nonsense is no property of Debezium's PostgreSQL connector",
            "source.properties: slot.nam is no property of Debezium's PostgreSQL connector; the nearest is slot.name");
  }

  @Test
  void documentedPropertiesPass() {
    assertThat(
            problems(
                Map.of(
                    "database.sslmode", "verify-full",
                    "driver.gssEncMode", "disable",
                    "max.batch.size", "512",
                    "poll.interval.ms", "20",
                    "slot.failover", "true")))
        .isEmpty();
  }

  @Test
  void severalHostsAreGivenAsToLibpq() {
    Map<String, String> given = new HashMap<>(GOOD);
    given.put("database.hostname", "a, b,c");
    assertThat(SourceConfig.of(given, "source.properties").hosts())
        .containsExactly(
            new SourceConfig.Host("a", 5432),
            new SourceConfig.Host("b", 5432),
            new SourceConfig.Host("c", 5432));
    given.put("database.port", "5432,5433,5434");
    assertThat(SourceConfig.of(given, "source.properties").address())
        .isEqualTo("a:5432,b:5433,c:5434");
    assertThat(problems(Map.of("database.hostname", "a,b,c", "database.port", "5432,5433")))
        .containsExactly(
            "source.properties: database.port names 2 ports, but database.hostname names 3 hosts. Give one port for each host, or one for all");
    assertThat(problems(Map.of("database.hostname", "a,,c")))
        .containsExactly(
            "source.properties: database.hostname is 'a,,c', but has an empty name between its commas");
  }

  @Test
  void namesAndPortsAreChecked() {
    assertThat(
            problems(
                Map.of(
                    "slot.name", "My-Slot", "publication.name", "a b", "database.port", "99999")))
        .containsExactly(
            "source.properties: slot.name is 'My-Slot', but it must match [a-z0-9_]{1,63}, as PostgreSQL takes it without quotes",
            "source.properties: publication.name is 'a b', but it must match [a-z_][a-z0-9_]{0,62}, as PostgreSQL takes it without quotes",
            "source.properties: database.port is '99999', but it must be a port from 1 to 65535");
  }
}
