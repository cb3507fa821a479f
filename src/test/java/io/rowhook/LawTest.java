package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the law of the rooms, and shows that it would notice a breach. */
class LawTest {

  private static final Path CLASSES = Path.of("target/classes");
  private static final Law LAW = Law.over(CLASSES);

  @TempDir Path temp;

  @Test
  void theLawHolds() {
    assertThat(LAW.size()).isGreaterThan(100);
    assertThat(LAW.breaches()).isEmpty();
  }

  @Test
  void aRoomThatUsesALaterOneIsABreach() throws IOException {
    assertThat(
            breachesWith(
                "io/rowhook/capture/Planted.java",
                """
                package io.rowhook.capture;

                class Planted {
                  io.rowhook.journal.JournalEntry entry;
                }
                """))
        .containsExactly(
            "io.rowhook.capture.Planted (capture) uses io.rowhook.journal.JournalEntry (journal),"
                + " which is not before it");
  }

  @Test
  void aRoomThatUsesTheTopIsABreach() throws IOException {
    assertThat(
            breachesWith(
                "io/rowhook/webhook/Planted.java",
                """
                package io.rowhook.webhook;

                class Planted {
                  io.rowhook.Main main;
                  io.rowhook.admin.receive.ReceivedRequest received;
                }
                """))
        .containsExactly(
            "io.rowhook.webhook.Planted (webhook) uses io.rowhook.Main (the root), which is not"
                + " before it",
            "io.rowhook.webhook.Planted (webhook) uses io.rowhook.admin.receive.ReceivedRequest"
                + " (admin), which is not before it");
  }

  @Test
  void aRoomThatUsesAPartOfAnotherIsABreach() throws IOException {
    assertThat(
            breachesWith(
                "io/rowhook/entity/Planted.java",
                """
                package io.rowhook.entity;

                class Planted {
                  io.rowhook.capture.debezium.RowhookConnector connector;
                }
                """))
        .containsExactly(
            "io.rowhook.entity.Planted (entity) uses io.rowhook.capture.debezium.RowhookConnector,"
                + " which is inside capture");
  }

  @Test
  void twoPartsThatUseEachOtherAreABreach() throws IOException {
    assertThat(
            breachesWith(
                "io/rowhook/capture/connection/Planted.java",
                """
                package io.rowhook.capture.connection;

                class Planted {
                  io.rowhook.capture.debezium.RowhookConnector connector;
                }
                """))
        .singleElement()
        .asString()
        .startsWith("capture.connection and debezium use each other: ")
        .contains(
            "io.rowhook.capture.connection.Planted uses"
                + " io.rowhook.capture.debezium.RowhookConnector");
  }

  @Test
  void aRoomThatIsNotOnTheListIsABreach() throws IOException {
    assertThat(
            breachesWith(
                "io/rowhook/util/Planted.java",
                """
                package io.rowhook.util;

                class Planted {
                  io.rowhook.capture.Position lsn;
                }
                """))
        .containsExactly(
            "io.rowhook.util.Planted (util) uses io.rowhook.capture.Position (capture), which is"
                + " not before it");
  }

  @Test
  void aLibraryOutsideItsRoomIsABreach() throws IOException {
    assertThat(
            breachesWith(
                "io/rowhook/entity/Planted.java",
                """
                package io.rowhook.entity;

                class Planted {
                  org.sqlite.SQLiteConfig config;
                  com.fasterxml.jackson.databind.JsonNode node;
                  com.fasterxml.jackson.databind.util.StdConverter<String, String> converter;
                }
                """))
        .containsExactly(
            "io.rowhook.entity.Planted (entity) uses org.sqlite.SQLiteConfig, a library that does"
                + " not belong there");
  }

  @Test
  void aLibraryThatNoRoomHasIsABreach() throws IOException {
    assertThat(
            breachesWith(
                "io/rowhook/journal/Planted.java",
                """
                package io.rowhook.journal;

                class Planted {
                  Object reader = new org.assertj.core.api.SoftAssertions();
                }
                """))
        .containsExactly(
            "io.rowhook.journal.Planted (journal) uses org.assertj.core.api.SoftAssertions, a"
                + " library that does not belong there");
  }

  @Test
  void onlyCaptureKnowsWhatIsParticularToPostgres() throws IOException {
    assertThat(SourceWords.breaches(Path.of("src/main/java"))).isEmpty();
  }

  @Test
  void aWordOfPostgresOutsideCaptureIsABreach() throws IOException {
    Path room = Files.createDirectories(temp.resolve("io/rowhook/journal"));
    Files.writeString(
        room.resolve("Planted.java"),
        """
        package io.rowhook.journal;

        /** Of the replication slot's lsn. */
        class Planted {
          String query = "SELECT system_identifier, after_lsn FROM epoch"; // a slot
          void slotIntent(long lastXid) {}
          String sentence = "run ALTER TABLE t REPLICA IDENTITY FULL";
          String also = \"""
              SELECT oid FROM published\""";
        }
        """);
    assertThat(SourceWords.breaches(temp))
        .containsExactly(
            "journal/Planted.java says 'system_identifier', which only capture may know",
            "journal/Planted.java says 'after_lsn', which only capture may know",
            "journal/Planted.java says 'slotIntent', which only capture may know",
            "journal/Planted.java says 'lastXid', which only capture may know",
            "journal/Planted.java says 'oid', which only capture may know");
  }

  @Test
  void everyPackageSaysWhatItIsForAndIsNullMarked() throws IOException {
    TreeSet<String> packages = new TreeSet<>();
    TreeSet<String> marked = new TreeSet<>();
    for (Path file : Sources.all()) {
      if (file.startsWith("src/examples")) {
        continue; // to be copied into packages of others
      }
      // A package of main and test has one package-info.java, in main; it goes for both.
      String name = file.subpath(3, file.getNameCount() - 1).toString();
      packages.add(name);
      if (file.endsWith("package-info.java") && Files.readString(file).contains("@NullMarked")) {
        marked.add(name);
      }
    }
    assertThat(packages).hasSizeGreaterThan(8);
    packages.removeAll(marked);
    assertThat(packages).as("packages without a @NullMarked package-info.java").isEmpty();
  }

  /** The breaches in a copy of the classes to which this source was added. */
  private List<String> breachesWith(String path, String source) throws IOException {
    Path classes = Files.createDirectories(temp.resolve("classes"));
    Path file = temp.resolve("sources").resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, source);
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                CLASSES + ":" + System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                file.toString());
    assertThat(status).as("javac").isZero();
    return LAW.and(classes).breaches();
  }
}
