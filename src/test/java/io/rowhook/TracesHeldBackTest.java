package io.rowhook;

import static io.rowhook.testing.TraceCollector.attribute;
import static io.rowhook.testing.TraceCollector.hex;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.Span;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import io.rowhook.testing.TraceCollector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not sent of traces, and to whom; and what names them elsewhere. */
@Tag("feature-65")
class TracesHeldBackTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";

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

  private void shop() {
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.recipient("shop", "url: ${env:SHOP_URL}");
  }

  private static Predicate<Span> named(String name) {
    return span -> span.getName().equals(name);
  }

  @Test
  void neitherASecretNorAValueIsExported() {
    stage
        .receiver(
            "shop",
            TestReceiver.Settings.DEFAULT.withAnswer(TestReceiver.Answer.OK.withFailFirst(1)))
        .write("jslt-templates/broken/Article.jslt", "error(\"no price for \" + .data.name)")
        .recipient(
            "shop",
            """
            url: ${env:SHOP_URL}/services/T0000-secret-segment?key=swordfish&tenant=1
            path: /by/{data.name}
            subscriptions: [ { entity: Article } ]
            authentication: { bearer: "${env:SHOP_TOKEN}" }
            headers: { X-Key: opensesame-opensesame }
            retry: { delays: [100ms], jitter: 0 }
            """)
        .recipient(
            "broken",
            """
            url: ${env:SHOP_URL}
            subscriptions: [ { entity: Article, attributes: Article } ]
            """)
        .env("SHOP_TOKEN", "tokentokentoken")
        .env("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20collectors-own");
    stage.start();
    source.execute("INSERT INTO article VALUES (7, 'CH-102', 'Unspeakable', 189.00, 5)");
    stage.await("shop", 2);
    collector.await(2, span -> span.getName().startsWith("deliver "));
    Span broken =
        collector.await(1, named("attempt")).stream()
            .filter(one -> attribute(one, "rowhook.recipient").equals("broken"))
            .findFirst()
            .orElseThrow();
    assertThat(attribute(broken, "error.type")).isEqualTo("not_rendered");
    assertThat(stage.inbox("shop").getFirst().path()).contains("Unspeakable");
    assertThat(attribute(collector.await(1, named("POST")).getFirst(), "url.full"))
        .endsWith("/shop/services/***?key=***&tenant=1");
    assertThat(collector.text())
        .doesNotContain(
            "Unspeakable",
            "swordfish",
            "T0000-secret",
            "opensesame",
            "tokentoken",
            "CH-102",
            "collectors-own");
  }

  @Test
  void withoutTracesWhatATransactionGaveIsPassedOn() {
    shop();
    stage.env("OTEL_SDK_DISABLED", "true");
    stage.start();
    String given = "00-%s-%s-03".formatted(TRACE, PARENT);
    source.execute(
        """
        BEGIN;
        SELECT pg_logical_emit_message(true, 'rowhook', '{"traceparent": "%s"}');
        INSERT INTO article VALUES (1, 'A', 'One', 1, 1);
        COMMIT;
        """
            .formatted(given),
        "INSERT INTO crm.customer VALUES (1, 'One')",
        """
        BEGIN;
        SELECT pg_logical_emit_message(true, 'rowhook', '{"traceparent": "00-nonsense"}');
        INSERT INTO article VALUES (2, 'A', 'One', 1, 1);
        COMMIT;
        """);
    Map<String, List<String>> sent =
        stage.await("shop", 3).stream()
            .collect(
                Collectors.toMap(
                    one ->
                        one.header("Rowhook-Entity-Type") + " " + one.header("Rowhook-Entity-Id"),
                    one -> one.headers().getOrDefault("traceparent", List.of())));
    assertThat(sent)
        .isEqualTo(
            Map.of("Article 1", List.of(given), "Customer 1", List.of(), "Article 2", List.of()));
    assertThat(collector.spans()).isEmpty();
  }

  @Test
  void nothingIsSentInAHeaderWhereNothingIsPropagated() {
    shop();
    stage.env("OTEL_TRACES_EXPORTER", "none").env("OTEL_PROPAGATORS", "none");
    stage.start();
    source.execute(
        """
        BEGIN;
        SELECT pg_logical_emit_message(true, 'rowhook', '{"traceparent": "00-%s-%s-01"}');
        INSERT INTO article VALUES (1, 'A', 'One', 1, 1);
        COMMIT;
        """
            .formatted(TRACE, PARENT));
    assertThat(stage.await("shop", 1).getFirst().headers()).doesNotContainKey("traceparent");
  }

  @Test
  void exemplarsNameTheTraceThatIsSent() {
    shop();
    stage.start();
    Eventually.within(
        LIMIT,
        "an exemplar of a trace that was sent",
        () -> {
          source.execute(
              "INSERT INTO article VALUES (1, 'A', 'One', 1, 1) ON CONFLICT (id) DO UPDATE SET"
                  + " stock = article.stock + 1");
          Set<String> sent =
              collector.spans().stream()
                  .map(one -> hex(one.getTraceId()))
                  .collect(Collectors.toSet());
          String text = stage.flow().metrics().scrape("application/openmetrics-text").text();
          return sent.stream().anyMatch(trace -> text.contains("trace_id=\"" + trace + "\""));
        });
  }
}
