package io.rowhook;

import static io.rowhook.testing.TraceCollector.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.Span;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.story.Stage;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import io.rowhook.testing.TraceCollector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces of the product as a process of its own: killed, and without any. */
@Tag("feature-65")
class TracesProcessTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;

  @AfterAll
  static void stop() {
    source.close();
  }

  private Stage stage(int failFirst) {
    return new Stage(source, directory)
        .tables()
        .receiver(
            "shop",
            TestReceiver.Settings.DEFAULT.withAnswer(
                TestReceiver.Answer.OK.withFailFirst(failFirst)))
        .recipient("shop", "url: ${env:SHOP_URL}\nretry: { delays: [1s], jitter: 0 }");
  }

  private static RowhookProcess.Setup setup(Stage stage) {
    RowhookProcess.Setup setup =
        RowhookProcess.run(
            stage.options().config(), stage.options().templates(), stage.journalFile());
    stage.env().forEach(setup::env);
    return setup;
  }

  private long loaded(Stage stage) throws IOException {
    Path classes = directory.resolve("classes.txt");
    try (RowhookProcess rowhook = setup(stage).jvm("-Xlog:class+load:file=" + classes).start()) {
      rowhook.awaitLine(LIMIT, "Streaming from slot");
      source.execute("INSERT INTO article VALUES (1, 'A', 'One', 1, 1)");
      stage.await("shop", 1);
      assertThat(rowhook.stop()).as(rowhook.output()).isZero();
    }
    try (Stream<String> lines = Files.lines(classes)) {
      List<String> all = lines.toList();
      assertThat(all)
          .anyMatch(line ->
              line.contains(" io.rowhook.admin.traces.NoTraces ")
                  || line.contains(" io.rowhook.admin.traces.SentTraces "));
      return all.stream().filter(line -> line.contains(" io.opentelemetry.")).count();
    }
  }

  @Test
  void withoutTracesNoClassOfTheirLibraryIsLoaded() throws Exception {
    try (Stage stage = stage(0)) {
      assertThat(loaded(stage)).isZero();
      Files.delete(stage.journalFile()); // the next one's source is another
    }
    try (TraceCollector collector = new TraceCollector();
        Stage stage = stage(0).env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint())) {
      assertThat(loaded(stage)).as("so it would be seen").isGreaterThan(100);
      assertThat(collector.spans()).as("sent at the end, if not before").hasSize(3);
    }
  }

  /** Nothing of a trace is kept, and so nothing of it is lost but what was not sent yet. */
  @Test
  void whatIsSentAfterAKillIsInTheSameTrace() {
    try (TraceCollector collector = new TraceCollector();
        Stage stage =
            stage(1)
                .env("OTEL_TRACES_EXPORTER", "otlp")
                .env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint())
                .env("OTEL_BSP_SCHEDULE_DELAY", "50")) {
      try (RowhookProcess killed = setup(stage).start()) {
        killed.awaitLine(LIMIT, "Streaming from slot");
        source.execute("INSERT INTO article VALUES (1, 'A', 'One', 1, 1)");
        collector.await(2, span -> true); // the event, and the attempt that failed
        killed.kill();
      }
      try (RowhookProcess again = setup(stage).start()) {
        again.awaitLine(LIMIT, "started in");
        collector.await(1, span -> span.getName().equals("deliver shop"));
        assertThat(again.stop()).as(again.output()).isZero();
        assertThat(again.output()).doesNotContain("WARN", "io.opentelemetry");
      }
      List<Span> spans = collector.spans();
      assertThat(spans.stream().map(Span::getTraceId).distinct()).hasSize(1);
      Span deliver =
          spans.stream()
              .filter(one -> one.getName().equals("deliver shop"))
              .findFirst()
              .orElseThrow();
      List<Span> attempts = spans.stream().filter(one -> one.getName().equals("POST")).toList();
      assertThat(attempts)
          .hasSizeBetween(2, 3) // the first one's outcome need not have been durable
          .allMatch(one -> one.getParentSpanId().equals(deliver.getSpanId()));
      assertThat(attribute(attempts.getLast(), "rowhook.outcome")).isEqualTo("delivered");
      assertThat(
              stage.inbox("shop").stream()
                  .map(request -> String.valueOf(request.header("traceparent")))
                  .collect(Collectors.toSet()))
          .containsAll(attempts.stream().map(TraceCollector::traceparent).toList());
    }
  }
}
