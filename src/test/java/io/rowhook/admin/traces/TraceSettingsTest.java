package io.rowhook.admin.traces;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** When traces are sent, and what is said of variables that cannot be. */
@Tag("feature-65")
class TraceSettingsTest {

  private static boolean on(String... env) {
    return TraceSettings.read(map(env)).on();
  }

  private static Map<String, String> map(String... env) {
    Map<String, String> map = new HashMap<>();
    for (String one : env) {
      map.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
    }
    return map;
  }

  @Test
  void areSentOnlyWhereTheEnvironmentSaysSo() {
    assertThat(on()).isFalse();
    assertThat(on("OTEL_SERVICE_NAME=erp", "OTEL_TRACES_SAMPLER=always_on")).isFalse();
    assertThat(on("OTEL_TRACES_EXPORTER=")).isFalse();
    assertThat(on("OTEL_TRACES_EXPORTER=none", "OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318"))
        .isFalse();
    assertThat(on("OTEL_TRACES_EXPORTER=otlp", "OTEL_SDK_DISABLED=TRUE")).isFalse();
    assertThat(on("OTEL_TRACES_EXPORTER=otlp")).isTrue();
    assertThat(on("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318")).isTrue();
    assertThat(on("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c/t")).isTrue();
  }

  @Test
  void theHeaderIsSentUnlessPropagatorsAreNamedWithoutIt() {
    assertThat(TraceSettings.read(map()).propagates()).isTrue();
    assertThat(TraceSettings.read(map("OTEL_PROPAGATORS=baggage, tracecontext")).propagates())
        .isTrue();
    assertThat(TraceSettings.read(map("OTEL_PROPAGATORS=none")).propagates()).isFalse();
  }

  @Test
  void anAddressIsShownWithoutItsPassword() {
    assertThat(
            TraceSettings.read(map("OTEL_EXPORTER_OTLP_ENDPOINT=https://me:pass@c:4318/"))
                .shownEndpoint())
        .isEqualTo("https://***@c:4318/v1/traces");
    assertThat(
            TraceSettings.read(map("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://c/t?token=x"))
                .shownEndpoint())
        .isEqualTo("https://c/t?***");
    assertThat(TraceSettings.read(map("OTEL_TRACES_EXPORTER=otlp")).shownEndpoint())
        .isEqualTo("http://localhost:4318/v1/traces");
  }

  /** Each value is refused by its name, the rule and the value; some of them by the library. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "OTEL_TRACES_EXPORTER=zipkin | OTEL_TRACES_EXPORTER must be 'otlp' or 'none', not 'zipkin'",
        "OTEL_TRACES_SAMPLER_ARG=7 | OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, not '7'",
        "OTEL_TRACES_SAMPLER_ARG=half | OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, not"
            + " 'half'",
        "OTEL_PROPAGATORS=b3 | OTEL_PROPAGATORS must be 'tracecontext', 'baggage' or both, or"
            + " 'none', not 'b3'",
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=grpc | OTEL_EXPORTER_OTLP_TRACES_PROTOCOL must be"
            + " 'http/protobuf'",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=ftp://me:pw@c | OTEL_EXPORTER_OTLP_TRACES_ENDPOINT must"
            + " be a URL that begins with http:// or https://, not 'ftp://***@c'",
        "OTEL_BSP_SCHEDULE_DELAY=soon | OTEL_BSP_SCHEDULE_DELAY",
        "OTEL_BSP_MAX_QUEUE_SIZE=many | OTEL_BSP_MAX_QUEUE_SIZE",
        "OTEL_BSP_MAX_QUEUE_SIZE=-1 | OTEL_BSP_MAX_QUEUE_SIZE",
        "OTEL_EXPORTER_OTLP_TIMEOUT=-5 | OTEL_EXPORTER_OTLP_TIMEOUT",
        "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=0 | OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
        "OTEL_EXPORTER_OTLP_COMPRESSION=zip | OTEL_EXPORTER_OTLP_COMPRESSION",
        "OTEL_EXPORTER_OTLP_CERTIFICATE=/nowhere.pem | OTEL_EXPORTER_OTLP_CERTIFICATE",
        "OTEL_EXPORTER_OTLP_HEADERS=secret | OTEL_EXPORTER_OTLP_HEADERS must be name=value",
        "OTEL_RESOURCE_ATTRIBUTES=nothing | OTEL_RESOURCE_ATTRIBUTES",
      })
  void whatCannotBeIsSaidByNameRuleAndValue(String variable, String said) {
    Map<String, String> env = map(variable);
    env.putIfAbsent("OTEL_TRACES_EXPORTER", "otlp");
    env.put("OTEL_TRACES_SAMPLER", "traceidratio");
    ListAppender<ILoggingEvent> written = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(Traces.class);
    written.start();
    logger.addAppender(written);
    try (Traces traces = Traces.of(env)) {
      assertThat(traces).isInstanceOf(NoTraces.class);
    } finally {
      logger.detachAppender(written);
    }
    assertThat(written.list).hasSize(1);
    assertThat(written.list.getFirst().getFormattedMessage())
        .startsWith("no traces are sent, ")
        .contains(said)
        .doesNotContain("otel.", "secret");
  }
}
