package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The product in a process of its own, with the launcher's heap of 256 MB, on foreign ground. */
@Tag("slow")
final class LargeRowsTest {

  private static final Duration LIMIT = Duration.ofSeconds(150);

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  private static RowhookProcess start(Stage stage, String... jvm) {
    RowhookProcess.Setup setup =
        RowhookProcess.run(
                stage.options().config(), stage.options().templates(), stage.journalFile())
            .heap("256m")
            .jvm(jvm);
    stage.env().forEach((name, value) -> setup.env(name.replace('.', '_'), value));
    RowhookProcess process = setup.start();
    process.awaitLine(LIMIT, "Streaming from slot");
    return process;
  }

  private static Stage stage(Path directory, String columns) {
    Stage stage = new Stage(source, directory).empty();
    source.execute(
        "CREATE TABLE public.article (" + columns + ")",
        "ALTER TABLE public.article REPLICA IDENTITY FULL");
    stage.write("connector-config/entities.yaml", "Article: { table: public.article }");
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.recipient("shop", "url: ${env:SHOP_URL}\ntimeout: 30s");
    return stage;
  }

  private static String text(int id, int megabytes) {
    return "INSERT INTO public.article VALUES (%d, repeat('x', %d << 20), NULL, 0)"
        .formatted(id, megabytes);
  }

  @Test
  void largeRowsArriveAndWhatIsTooLargeIsRejectedOnce() {
    try (Stage stage = stage(directory, "id int PRIMARY KEY, t text, b bytea, n int");
        RowhookProcess process = start(stage)) {
      source.execute(
          text(1, 5),
          text(2, 10),
          text(3, 15),
          text(4, 15),
          "INSERT INTO public.article SELECT 5, NULL, decode(repeat('ab', 8 << 20), 'hex'), 0",
          "UPDATE public.article SET n = 1 WHERE id = 3",
          text(6, 60),
          "INSERT INTO public.article SELECT 7, NULL, decode(repeat('ab', 60 << 20), 'hex'), 0",
          "UPDATE public.article SET t = repeat('y', 15 << 20) WHERE id = 4",
          "UPDATE public.article SET n = 1 WHERE id = 6",
          "INSERT INTO public.article SELECT i, repeat('y', 15 << 20), NULL, 0 FROM generate_series(11, 18) i",
          "DELETE FROM public.article WHERE id = 6",
          "INSERT INTO public.article VALUES (8, 'small', NULL, 0)");
      Eventually.within(
          LIMIT,
          "15 webhooks, or the end",
          () -> stage.inbox("shop").size() >= 15 || !process.isAlive());
      assertThat(process.isAlive()).as(process.output()).isTrue();
      stage.awaitEntities(
          "shop", "1", "2", "3", "4", "8", "11", "12", "13", "14", "15", "16", "17", "18", "5");

      assertThat(process.awaitLine(LIMIT, "The first: "))
          .contains(
              "the row change is larger than 20 MB",
              "which would fill the memory",
              "JAVA_OPTS=-Xmx");
      JsonNode third =
          stage.inbox("shop").stream()
              .filter(r -> "3".equals(r.header("Rowhook-Entity-Id")))
              .map(Stage::json)
              .findFirst()
              .orElseThrow();
      assertThat(third.at("/data/t").textValue()).hasSize(15 << 20);
      assertThat(process.isAlive()).isTrue();
      assertThat(process.output()).doesNotContain("capture failed").doesNotContain("OutOfMemory");
    }
  }

  /** In Turkish {@code i} has no capital {@code I}; in Egypt {@code %d} is not 0 to 9. */
  @Test
  void aForeignLocaleAndZoneDoNotMatter() {
    for (String[] locale : new String[][] {{"tr", "TR"}, {"ar", "EG"}, {"de", "DE"}}) {
      try (Stage stage =
              stage(
                  directory.resolve(locale[0]),
                  "id serial PRIMARY KEY, at timestamptz, during tstzrange, n numeric");
          RowhookProcess process =
              start(
                  stage,
                  "-Duser.language=" + locale[0],
                  "-Duser.country=" + locale[1],
                  "-Duser.timezone=America/St_Johns")) {
        source.execute(
            "INSERT INTO public.article VALUES (DEFAULT, '2026-05-24 13:20:44+00', '[2026-01-01 00:00+00,)', 1234567.50)");
        JsonNode event = Stage.json(stage.await("shop", 1).getFirst());
        assertThat(Instant.parse(event.get("timestamp").asText()))
            .isCloseTo(Instant.now(), within(10, ChronoUnit.MINUTES));
        assertThat(event.get("data"))
            .hasToString(
                "{\"id\":1,\"at\":\"2026-05-24T13:20:44Z\",\"during\":\"[\\\"2026-01-01 00:00:00+00\\\",)\",\"n\":1234567.50}");
        assertThat(process.stop()).isZero();
      }
    }
  }
}
