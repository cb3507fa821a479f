package io.rowhook;

import static io.rowhook.testing.TraceCollector.attribute;
import static io.rowhook.testing.TraceCollector.hex;
import static io.rowhook.testing.TraceCollector.traceparent;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.story.Stage;
import io.rowhook.testing.SourceDatabase;
import io.rowhook.testing.TraceCollector;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole flow as a collector sees it, and what reaches the recipient of it. */
@Tag("feature-65")
class TracesTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";

  /** W3C Trace Context, version 00: lower-case hex, and neither id all zeros. */
  private static final String TRACEPARENT =
      "00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}";

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private final TraceCollector collector = new TraceCollector();
  private Stage stage;

  @BeforeEach
  void set() {
    stage =
        new Stage(source, directory)
            .tables()
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint())
            .env("OTEL_BSP_SCHEDULE_DELAY", "100");
  }

  @AfterEach
  void strike() {
    stage.close();
    collector.close();
  }

  private void shop(int failFirst, String yaml) {
    stage.receiver(
        "shop",
        TestReceiver.Settings.DEFAULT.withAnswer(TestReceiver.Answer.OK.withFailFirst(failFirst)));
    stage.recipient("shop", "url: ${env:SHOP_URL}\n" + yaml);
  }

  private static Predicate<Span> named(String name) {
    return span -> span.getName().equals(name);
  }

  private Span only(String name) {
    List<Span> found = collector.await(1, named(name));
    assertThat(found).as(name).hasSize(1);
    return found.getFirst();
  }

  private static Instant start(Span span) {
    return Instant.ofEpochSecond(0, span.getStartTimeUnixNano());
  }

  private static Instant end(Span span) {
    return Instant.ofEpochSecond(0, span.getEndTimeUnixNano());
  }

  private static String header(ReceivedRequest request) {
    assertThat(request.headers().get("traceparent")).hasSize(1);
    String value = String.valueOf(request.header("traceparent"));
    assertThat(value).matches(TRACEPARENT);
    return value;
  }

  @Test
  void oneTraceGoesFromTheCommitThroughRetriesToTheAcknowledgement() {
    stage.env("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test");
    stage.env("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=seven");
    shop(2, "retry: { delays: [100ms, 300ms], jitter: 0 }");
    stage.start();
    source.execute("INSERT INTO article VALUES (7, 'CH-102', 'Office chair', 189.00, 5)");
    List<ReceivedRequest> inbox = stage.await("shop", 3);

    Span journal = only("journal Article");
    Span deliver = only("deliver shop");
    List<Span> attempts = collector.await(3, named("POST"));
    assertThat(attempts).hasSize(3);
    String id = String.valueOf(inbox.getFirst().id());
    assertThat(hex(journal.getTraceId())).isEqualTo(id.replace("evt_", ""));
    assertThat(journal.getParentSpanId().isEmpty()).isTrue();
    assertThat(deliver.getParentSpanId()).isEqualTo(journal.getSpanId());
    assertThat(attempts).allMatch(one -> one.getParentSpanId().equals(deliver.getSpanId()));
    assertThat(collector.spans()).allMatch(one -> one.getTraceId().equals(journal.getTraceId()));
    assertThat(collector.spans().stream().map(Span::getSpanId)).doesNotHaveDuplicates();

    // Each request carried its own span.
    assertThat(inbox.stream().map(TracesTest::header))
        .containsExactlyElementsOf(attempts.stream().map(TraceCollector::traceparent).toList());
    assertThat(inbox.stream().map(one -> one.header("Rowhook-Request-Id")))
        .containsExactlyElementsOf(
            attempts.stream().map(one -> attribute(one, "rowhook.request.id")).toList());

    Instant committed =
        Instant.parse(String.valueOf(inbox.getFirst().header("Rowhook-Committed-At")));
    assertThat(start(journal)).isEqualTo(committed);
    assertThat(start(deliver)).isEqualTo(committed);
    assertThat(end(deliver)).isEqualTo(end(attempts.getLast()));
    assertThat(Duration.between(end(attempts.get(0)), start(attempts.get(1))))
        .isGreaterThanOrEqualTo(Duration.ofMillis(90));
    assertThat(Duration.between(end(attempts.get(1)), start(attempts.get(2))))
        .isGreaterThanOrEqualTo(Duration.ofMillis(290));

    assertThat(attempts.stream().map(one -> attribute(one, "http.response.status_code")))
        .containsExactly("500", "500", "200");
    assertThat(attempts.stream().map(one -> attribute(one, "rowhook.outcome")))
        .containsExactly("retrying", "retrying", "delivered");
    assertThat(attempts.stream().map(one -> attribute(one, "error.type")))
        .containsExactly("500", "500", "");
    assertThat(attempts.stream().map(one -> attribute(one, "http.request.resend_count")))
        .containsExactly("", "1", "2");
    assertThat(Instant.parse(attribute(attempts.getFirst(), "rowhook.next_attempt")))
        .isBetween(end(attempts.getFirst()), start(attempts.get(1)));
    assertThat(attempts.getFirst().getStatus().getCode())
        .isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
    assertThat(attempts)
        .allSatisfy(one -> {
          assertThat(one.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
          assertThat(attribute(one, "http.request.method")).isEqualTo("POST");
          assertThat(attribute(one, "server.address")).isEqualTo("127.0.0.1");
          assertThat(attribute(one, "url.full"))
              .isEqualTo("http://127.0.0.1:" + attribute(one, "server.port") + "/shop");
          assertThat(attribute(one, "messaging.message.id")).isEqualTo(id);
          assertThat(attribute(one, "rowhook.entity")).isEqualTo("Article");
        });
    assertThat(deliver.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
    assertThat(collector.senders())
        .contains("\"rowhook\"", "service.version", "deployment.environment.name", "seven");
  }

  /** An order's lines and an article of one transaction are two events of the caller's trace. */
  @Test
  void theParentIsWhatTheTransactionGave() {
    shop(0, "");
    stage.start();
    source.execute(
        """
        BEGIN;
        SELECT pg_logical_emit_message(true, 'rowhook', '{"traceparent": "00-%s-%s-01"}');
        INSERT INTO article VALUES (1, 'A', 'One', 1, 1);
        INSERT INTO crm.customer VALUES (1, 'One');
        COMMIT;
        """
            .formatted(TRACE, PARENT));
    List<ReceivedRequest> inbox = stage.await("shop", 2);
    List<Span> first = collector.await(2, span -> span.getName().startsWith("journal "));
    collector.await(2, named("deliver shop"));
    assertThat(first).allMatch(span -> hex(span.getParentSpanId()).equals(PARENT));
    assertThat(collector.spans()).hasSize(6).allMatch(span -> hex(span.getTraceId()).equals(TRACE));
    assertThat(inbox.stream().map(TracesTest::header).collect(Collectors.toSet()))
        .isEqualTo(
            collector.await(2, named("POST")).stream()
                .map(TraceCollector::traceparent)
                .collect(Collectors.toSet()));
  }

  /** Its caller records nothing: so does Rowhook, and says so. */
  @Test
  void aParentThatIsNotSampledIsNotRecorded() {
    shop(0, "");
    stage.start();
    source.execute(
        """
        BEGIN;
        SELECT pg_logical_emit_message(true, 'rowhook', '{"traceparent": "00-%s-%s-00"}');
        INSERT INTO article VALUES (1, 'A', 'One', 1, 1);
        COMMIT;
        """
            .formatted(TRACE, PARENT),
        "INSERT INTO crm.customer VALUES (1, 'One')");
    List<ReceivedRequest> inbox = stage.await("shop", 2);
    only("deliver shop");
    String unsampled =
        inbox.stream()
            .filter(one -> "Article".equals(one.header("Rowhook-Entity-Type")))
            .map(TracesTest::header)
            .findFirst()
            .orElseThrow();
    assertThat(unsampled).startsWith("00-" + TRACE + "-").endsWith("-00").doesNotContain(PARENT);
    stage.stop();
    assertThat(collector.spans()).hasSize(3).noneMatch(one -> hex(one.getTraceId()).equals(TRACE));
  }

  @Test
  void whatHappensAfterARestartAndAtARedeliveryIsInTheSameTrace() {
    shop(1, "retry: { delays: [2s], jitter: 0 }");
    stage.start();
    source.execute("INSERT INTO article VALUES (1, 'A', 'One', 1, 1)");
    stage.await("shop", 1);
    collector.await(1, named("POST"));
    stage.stop();
    assertThat(collector.spans()).noneMatch(named("deliver shop"));
    stage.start();
    stage.await("shop", 2);
    Span deliver = only("deliver shop");
    assertThat(deliver.getParentSpanId()).isEqualTo(only("journal Article").getSpanId());
    assertThat(attribute(deliver, "rowhook.attempts")).isEqualTo("2");
    assertThat(collector.await(2, named("POST")))
        .allMatch(one -> one.getParentSpanId().equals(deliver.getSpanId()));

    String id = String.valueOf(stage.inbox("shop").getFirst().id());
    assertThat(new OperatedService(stage, source).run("redeliver", "shop", id)).isZero();
    stage.await("shop", 3);
    List<Span> both = collector.await(2, named("deliver shop"));
    Span again = both.getLast();
    assertThat(attribute(again, "rowhook.redelivery")).isEqualTo("1");
    assertThat(again.getTraceId()).isEqualTo(deliver.getTraceId());
    assertThat(again.getSpanId()).isNotEqualTo(deliver.getSpanId());
    assertThat(again.getParentSpanId()).isEqualTo(deliver.getParentSpanId());
    assertThat(start(again)).isAfter(end(deliver));
    assertThat(stage.inbox("shop").stream().map(TracesTest::header))
        .containsExactlyElementsOf(
            collector.await(3, named("POST")).stream().map(TraceCollector::traceparent).toList());
  }

  /** A request with several events has no one parent. */
  @Test
  void aBatchIsATraceOfItsOwnAndLinked() {
    shop(0, "batch: { max: 3, wait: 10s }");
    stage.start();
    source.execute("INSERT INTO article SELECT i, 'A', 'Many', 1, 1 FROM generate_series(1, 3) i");
    List<ReceivedRequest> inbox = stage.await("shop", 1);
    Span request = only("POST");
    assertThat(header(inbox.getFirst())).isEqualTo(traceparent(request));
    assertThat(attribute(request, "messaging.batch.message_count")).isEqualTo("3");
    assertThat(request.getParentSpanId().isEmpty()).isTrue();
    List<Span> attempts = collector.await(3, named("attempt"));
    Map<Object, Span> delivers =
        collector.await(3, named("deliver shop")).stream()
            .collect(Collectors.toMap(Span::getSpanId, one -> one));
    assertThat(attempts)
        .hasSize(3)
        .allSatisfy(one -> {
          assertThat(delivers).containsKey(one.getParentSpanId());
          assertThat(one.getLinksList()).hasSize(1);
          assertThat(one.getLinks(0).getSpanId()).isEqualTo(request.getSpanId());
          assertThat(one.getLinks(0).getTraceId()).isEqualTo(request.getTraceId());
        });
    assertThat(request.getLinksList().stream().map(Span.Link::getSpanId))
        .containsExactlyInAnyOrderElementsOf(attempts.stream().map(Span::getSpanId).toList());
    assertThat(attempts.stream().map(Span::getTraceId)).doesNotHaveDuplicates();
  }
}
