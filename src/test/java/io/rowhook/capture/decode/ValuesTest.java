package io.rowhook.capture.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.CaptureSupervisor;
import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.Generation;
import io.rowhook.capture.HeadStart;
import io.rowhook.capture.Rig;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.RowChange.Operation;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.testing.SourceDatabase;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TimeZone;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values arrive exactly; what is not in the log is left out and never replaced. */
final class ValuesTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @BeforeAll
  static void startDatabase() {
    database.execute("CREATE EXTENSION IF NOT EXISTS hstore", "SET timezone = 'Europe/Berlin'");
  }

  /** The driver asks for times in the JVM's zone; only UTC's need not be reckoned over. */
  @Test
  void timesAreTheSameWhateverTheZoneOfTheConnection() throws Exception {
    long seed = System.nanoTime();
    System.out.println("ValuesTest seed " + seed);
    Random random = new Random(seed);
    long[] units = {1, 1_000, 1_000_000, 3_600_000_000L};
    LocalDateTime first = LocalDateTime.of(-20, 1, 1, 0, 0);
    LocalDateTime last = LocalDateTime.of(10_010, 1, 1, 0, 0);
    LocalDateTime localMeanTime = LocalDateTime.of(354, 8, 11, 1, 43, 32); // Berlin: +00:53:28
    List<LocalDateTime> times = new ArrayList<>(List.of(first, last, localMeanTime));
    for (int i = 0; i < 300; i++) {
      long unit = units[i % units.length];
      long micros = random.nextLong(ChronoUnit.MICROS.between(first, last));
      times.add(first.plus(micros / unit * unit, ChronoUnit.MICROS));
    }
    database.execute(
        "CREATE TABLE timed (id int PRIMARY KEY, tz timestamptz, ts timestamp, d date)",
        "ALTER TABLE timed REPLICA IDENTITY FULL");
    TimeZone usual = TimeZone.getDefault();
    try {
      for (String zone : List.of("UTC", "Asia/Kolkata", "America/New_York", "Europe/Berlin")) {
        TimeZone.setDefault(TimeZone.getTimeZone(zone));
        try (Rig rig = new Rig(database, "timed", "public.timed")) {
          rig.start();
          database.execute("INSERT INTO timed VALUES " + literals(times));
          List<RowChange> rows = rig.awaitRows(times.size());
          for (int i = 0; i < times.size(); i++) {
            ObjectNode after = Objects.requireNonNull(rows.get(i).after());
            LocalDateTime time = times.get(i);
            String text = DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(time);
            assertThat(after.get("tz").textValue()).as(zone).isEqualTo(text + "Z");
            assertThat(after.get("ts").textValue()).as(zone).isEqualTo(text);
            assertThat(after.get("d").textValue())
                .as(zone)
                .isEqualTo(DateTimeFormatter.ISO_LOCAL_DATE.format(time));
          }
        }
        database.execute("TRUNCATE timed");
      }
    } finally {
      TimeZone.setDefault(usual);
    }
  }

  /** As PostgreSQL reads them: there is no year 0. */
  private static String literals(List<LocalDateTime> times) {
    DateTimeFormatter rest = DateTimeFormatter.ofPattern("-MM-dd HH:mm:ss.SSSSSS");
    return IntStream.range(0, times.size())
        .mapToObj(i -> {
          LocalDateTime at = times.get(i);
          String year = "%04d".formatted(at.get(ChronoField.YEAR_OF_ERA));
          String time = year + rest.format(at) + (at.getYear() < 1 ? " BC" : "");
          return "(%d, '%s UTC', '%s', '%s')".formatted(i, time, time, time);
        })
        .collect(Collectors.joining(", "));
  }

  /** As README says; a numeric of PostgreSQL has its zeros in the source too. */
  @ParameterizedTest
  @CsvSource({"1E+40, 41", "1E+41, 5", "1E-41, 43", "1E-16383, 16385", "1E-16384, 8"})
  void anExponentStaysOneWhereItWouldTakeTooManyZeros(String number, int length) throws Exception {
    assertThat(Json.MAPPER.writeValueAsString(PostgresJsonParser.parse(number))).hasSize(length);
  }

  @Test
  void aDefaultNeverTakesThePlaceOfNull() throws Exception {
    database.execute(
        "CREATE TABLE defaulted (id int PRIMARY KEY, a text DEFAULT 'x', b int DEFAULT 7, c timestamptz DEFAULT now(), d jsonb DEFAULT '{}')",
        "ALTER TABLE defaulted REPLICA IDENTITY FULL");
    try (Rig rig = new Rig(database, "defaulted", "public.defaulted")) {
      rig.start();
      database.execute("INSERT INTO defaulted VALUES (1, NULL, NULL, NULL, NULL)");
      assertThat(rig.awaitRows(1).getFirst().after())
          .hasToString("{\"id\":1,\"a\":null,\"b\":null,\"c\":null,\"d\":null}");
    }
  }

  @Test
  @Tag("feature-20")
  void anUnchangedLargeValueIsLeftOutAndNamed() throws Exception {
    String columns =
        "t text, v varchar(200000), b bytea, j json, jb jsonb, x xml, n numeric, h hstore, ta text[],"
            + " ia int[], ba bigint[], na numeric[], ua uuid[], bya bytea[], ja jsonb[], da date[],"
            + " tz timestamptz[], bo boolean[]";
    database.execute(
        "CREATE TABLE large (id int PRIMARY KEY, small int, " + columns + ")",
        "DO $$ DECLARE c text; BEGIN FOR c IN SELECT column_name FROM information_schema.columns"
            + " WHERE table_name = 'large' AND column_name NOT IN ('id', 'small') LOOP"
            + " EXECUTE format('ALTER TABLE large ALTER %I SET STORAGE EXTERNAL', c); END LOOP; END $$",
        "CREATE FUNCTION fill() RETURNS large LANGUAGE sql AS $$ SELECT 1, 1, repeat('t', 100000),"
            + " repeat('v', 100000), decode(repeat('ab', 100000), 'hex'),"
            + " ('{\"a\":\"' || repeat('j', 100000) || '\"}')::json,"
            + " ('{\"a\":\"' || repeat('j', 100000) || '\"}')::jsonb,"
            + " ('<a>' || repeat('x', 100000) || '</a>')::xml, repeat('9', 20000)::numeric,"
            + " hstore('k', repeat('h', 100000)), array_fill('t'::text, ARRAY[20000]),"
            + " array_fill(1, ARRAY[20000]), array_fill(1::bigint, ARRAY[20000]),"
            + " array_fill(1.5::numeric, ARRAY[20000]), array_fill(gen_random_uuid(), ARRAY[20000]),"
            + " array_fill('\\xab'::bytea, ARRAY[20000]), array_fill('{}'::jsonb, ARRAY[20000]),"
            + " array_fill('2026-01-01'::date, ARRAY[20000]),"
            + " array_fill('2026-01-01'::timestamptz, ARRAY[20000]), array_fill(true, ARRAY[20000]) $$");
    try (Rig rig = new Rig(database, "large", "public.large")) {
      rig.start();
      database.execute(
          "INSERT INTO large SELECT (fill()).*",
          "UPDATE large SET small = 2",
          "UPDATE large SET id = 2",
          "ALTER TABLE large REPLICA IDENTITY FULL",
          "UPDATE large SET small = 3");
      List<RowChange> rows = rig.awaitRows(5);
      List<String> large =
          List.of(
              "t", "v", "b", "j", "jb", "x", "n", "h", "ta", "ia", "ba", "na", "ua", "bya", "ja",
              "da", "tz", "bo");
      RowChange inserted = rows.get(0);
      assertThat(inserted.unavailable()).isEmpty();
      assertThat(Objects.requireNonNull(inserted.after()).get("t").asText()).hasSize(100_000);
      assertThat(Objects.requireNonNull(inserted.after()).get("n").decimalValue().precision())
          .isEqualTo(20_000);
      RowChange updated = rows.get(1);
      assertThat(updated.unavailable()).containsExactlyElementsOf(large);
      assertThat(updated.after()).hasToString("{\"id\":1,\"small\":2}");
      assertThat(updated.before()).isNull();
      assertThat(rows.get(2).operation()).isEqualTo(Operation.DELETE);
      assertThat(rows.get(2).before()).hasToString("{\"id\":1}");
      assertThat(rows.get(3).operation()).isEqualTo(Operation.INSERT);
      assertThat(rows.get(3).unavailable()).containsExactlyElementsOf(large);
      RowChange full = rows.get(4); // the old row is logged whole, so the new one is known
      assertThat(full.unavailable()).isEmpty();
      assertThat(Objects.requireNonNull(full.after()).get("ta")).hasSize(20_000);
    }
  }

  @Test
  void withoutFullIdentityOnlyTheKeyOfADeletedRowIsKnown() throws Exception {
    database.execute(
        "CREATE TABLE keyed (id int, line int, name text NOT NULL, note text, PRIMARY KEY (line, id))",
        "CREATE TABLE indexed (id int PRIMARY KEY, sku text NOT NULL, note text)",
        "CREATE UNIQUE INDEX indexed_sku ON indexed (sku, id)",
        "ALTER TABLE indexed REPLICA IDENTITY USING INDEX indexed_sku");
    try (Rig rig = new Rig(database, "keyed", "public.keyed", "public.indexed")) {
      CaptureSupervisor supervisor = rig.start();
      database.execute(
          "INSERT INTO keyed VALUES (1, 2, 'n', 'x')",
          "UPDATE keyed SET name = 'm'",
          "DELETE FROM keyed",
          "INSERT INTO indexed VALUES (1, 's', 'x')",
          "UPDATE indexed SET sku = 't'",
          "DELETE FROM indexed");
      List<RowChange> rows = rig.awaitRows(6);
      assertThat(rows.get(0).key()).hasToString("{\"line\":2,\"id\":1}");
      assertThat(rows.get(1).before()).isNull();
      assertThat(rows.get(2).before()).hasToString("{\"id\":1,\"line\":2}");
      assertThat(rows.get(2).key()).hasToString("{\"line\":2,\"id\":1}");
      assertThat(rows.get(4).before()).hasToString("{\"id\":1,\"sku\":\"s\"}");
      assertThat(rows.get(5).before()).hasToString("{\"id\":1,\"sku\":\"t\"}");
      assertThat(supervisor.tables())
          .extracting(TableMetadata::identity)
          .containsExactly(
              TableMetadata.ReplicaIdentity.DEFAULT, TableMetadata.ReplicaIdentity.INDEX);
    }
  }

  @Test
  void anOldRowFromBeforeTheIdentityBecameFullIsNotTakenForNulls() throws Exception {
    database.execute("CREATE TABLE became (id int PRIMARY KEY, name text NOT NULL, note text)");
    try (Rig rig = new Rig(database, "became", "public.became")) {
      rig.start();
      rig.stop();
      database.execute(
          "INSERT INTO became VALUES (1, 'n', 'x')",
          "DELETE FROM became",
          "ALTER TABLE became REPLICA IDENTITY FULL",
          "INSERT INTO became VALUES (2, 'n', NULL)",
          "DELETE FROM became");
      rig.start();
      List<RowChange> rows = rig.awaitRows(4);
      assertThat(rows.get(1).before()).hasToString("{\"id\":1}");
      assertThat(rows.get(3).before()).hasToString("{\"id\":2,\"name\":\"n\",\"note\":null}");
    }
  }

  @Test
  void columnsComeAndGo() throws Exception {
    database.execute(
        "CREATE TABLE altered (id int PRIMARY KEY, a text)",
        "ALTER TABLE altered REPLICA IDENTITY FULL");
    try (Rig rig = new Rig(database, "altered", "public.altered")) {
      rig.start();
      database.execute(
          "INSERT INTO altered VALUES (1, 'x')",
          "ALTER TABLE altered ADD b numeric DEFAULT 1.50",
          "UPDATE altered SET a = 'y'",
          "ALTER TABLE altered DROP a",
          "ALTER TABLE altered RENAME b TO c",
          "UPDATE altered SET c = 2");
      List<RowChange> rows = rig.awaitRows(3);
      assertThat(rows.get(1).after()).hasToString("{\"id\":1,\"a\":\"y\",\"b\":1.50}");
      assertThat(rows.get(2).after()).hasToString("{\"id\":1,\"c\":2}");
    }
  }

  @Test
  void quotedNamesAndOtherSchemas() throws Exception {
    database.execute(
        "CREATE SCHEMA \"My Shop\"",
        "CREATE TABLE \"My Shop\".\"Order, Line$\" (\"Id\" int PRIMARY KEY, \"a.b\" text, \"c d\" text)");
    try (Rig rig = new Rig(database, "quoted", "public.never")) {
      CapturedTable table =
          new CapturedTable(new TableId("My Shop", "Order, Line$"), List.of("c d"));
      try (CaptureSupervisor supervisor =
          new CaptureSupervisor(
              rig.source(),
              new Generation(List.of(table), rig.sink),
              rig.history,
              rig.listener,
              Rig.FAST,
              false,
              HeadStart.none(rig.source()))) {
        supervisor.start();
        database.execute("INSERT INTO \"My Shop\".\"Order, Line$\" VALUES (1, 'x', 'secret')");
        RowChange row = rig.awaitRows(1).getFirst();
        assertThat(row.table()).isEqualTo(table.table());
        assertThat(row.after()).hasToString("{\"Id\":1,\"a.b\":\"x\"}");
      }
    }
  }
}
