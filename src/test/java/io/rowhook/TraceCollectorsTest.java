package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.Ports;
import io.rowhook.testing.SourceDatabase;
import io.rowhook.testing.TraceCollector;
import io.rowhook.testing.TraceCollector.Mood;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** A collector that does not do what it should holds up neither events nor the end. */
@Tag("feature-65")
class TraceCollectorsTest {

  private static final int EVENTS = 2_000;
  private static final int QUEUE = 200;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private final ListAppender<ILoggingEvent> written = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.rowhook.admin.traces");

  @BeforeEach
  void listen() {
    written.start();
    logger.addAppender(written);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(written);
  }

  @AfterAll
  static void stop() {
    source.close();
  }

  private Stage stage(String endpoint) {
    Stage stage =
        new Stage(source, directory)
            .tables()
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
            .env("OTEL_BSP_SCHEDULE_DELAY", "50")
            .env("OTEL_BSP_MAX_QUEUE_SIZE", Integer.toString(QUEUE))
            .env("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "50")
            .env("OTEL_EXPORTER_OTLP_TIMEOUT", "1000")
            .receiver("shop", TestReceiver.Settings.DEFAULT);
    return stage.recipient("shop", "url: ${env:SHOP_URL}");
  }

  private List<String> warnings() {
    return Stream.of(written.list.toArray(ILoggingEvent[]::new))
        .filter(event -> event.getLevel().toString().equals("WARN"))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  /** All are delivered, little is said, and it ends in time. */
  private void flows(Stage stage) {
    try (stage) {
      stage.start();
      source.execute(
          "INSERT INTO article SELECT i, 'A', 'Many', 1, 1 FROM generate_series(1, %d) i"
              .formatted(EVENTS));
      Eventually.within(LIMIT, "all are delivered", () -> stage.inbox("shop").size() >= EVENTS);
      long before = System.nanoTime();
      stage.stop();
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
      assertThat(stage.inbox("shop")).hasSize(EVENTS);
    }
  }

  private static long spansIn(String warning) {
    return Long.parseLong(warning.replaceFirst("^spans of traces lost: (\\d+)[;,].*", "$1"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Mood.class,
      names = {"BROKEN", "SILENT", "ENDLESS"})
  void aCollectorThatIsSick(Mood mood) {
    try (TraceCollector collector = new TraceCollector().mood(mood)) {
      flows(stage(collector.endpoint()));
      assertThat(collector.spans()).as("it was asked").isNotEmpty();
    }
    assertThat(warnings()).hasSizeBetween(1, 2).noneMatch(line -> line.contains("no room"));
    // Three for each event, of which none has arrived for sure.
    assertThat(warnings().stream().mapToLong(TraceCollectorsTest::spansIn).sum())
        .isEqualTo(3L * EVENTS);
  }

  @Test
  void aCollectorThatIsNotThere() throws Exception {
    int port = Ports.free();
    flows(stage("http://127.0.0.1:" + port));
    assertThat(warnings()).hasSizeBetween(1, 2);
    assertThat(warnings().getFirst())
        .matches(
            "(?s).*http://127.0.0.1:"
                + port
                + "/v1/traces takes none of them" // a loaded machine does not refuse in time
                + " \\((ConnectException|HttpConnectTimeoutException)\\); webhooks go on.*");
    assertThat(warnings().stream().mapToLong(TraceCollectorsTest::spansIn).sum())
        .isEqualTo(3L * EVENTS);
  }

  @Test
  void aCollectorThatIsBackGetsWhatComesThen() {
    try (TraceCollector collector = new TraceCollector().mood(Mood.SILENT);
        Stage stage = stage(collector.endpoint())) {
      stage.start();
      source.execute("INSERT INTO article VALUES (1, 'A', 'One', 1, 1)");
      stage.await("shop", 1);
      Eventually.within(LIMIT, "it is said that spans are lost", () -> !warnings().isEmpty());
      assertThat(warnings().getFirst()).contains("takes none of them (HttpTimeoutException)");
      collector.mood(Mood.WELL);
      source.execute("UPDATE article SET stock = 2");
      stage.await("shop", 2);
      collector.await(1, span -> TraceCollector.attribute(span, "rowhook.event").equals("Updated"));
      Eventually.within(
          LIMIT,
          "it is said that they arrive",
          () ->
              written.list.stream()
                  .anyMatch(
                      line -> line.getFormattedMessage().contains("takes spans of traces again")));
    }
  }

  /** What is wrong is said, and webhooks flow without traces. */
  @Test
  void whatTheEnvironmentAsksForWrongly() {
    try (Stage stage =
        stage("collector:4317")
            .env("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
            .env("OTEL_TRACES_SAMPLER", "sometimes")) {
      stage.start();
      source.execute("INSERT INTO article VALUES (1, 'A', 'One', 1, 1)");
      assertThat(stage.await("shop", 1).getFirst().headers()).doesNotContainKey("traceparent");
    }
    assertThat(written.list).hasSize(1);
    assertThat(written.list.getFirst().getFormattedMessage())
        .isEqualTo(
            "no traces are sent, since the environment asks for what cannot be; all else goes on:"
                + " OTEL_EXPORTER_OTLP_PROTOCOL must be 'http/protobuf', whose port is 4318 as a"
                + " rule: no other protocol is spoken, not 'grpc'; OTEL_EXPORTER_OTLP_ENDPOINT must"
                + " be a URL that begins with http:// or https://, not 'collector:4317';"
                + " OTEL_TRACES_SAMPLER must be one of always_on, always_off, traceidratio,"
                + " parentbased_always_on, parentbased_always_off, parentbased_traceidratio, not"
                + " 'sometimes'");
  }
}
