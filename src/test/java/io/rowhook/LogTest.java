package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import com.fasterxml.jackson.databind.JsonNode;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.rowhook.base.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.storage.OffsetStorageReaderImpl;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** The log that ships: one line, UTC, on standard error. */
class LogTest {

  private static final String LINE = "2026-05-24T15:20:44.123Z INFO  Attempts attempt delivered";
  private static final String OWN = "rowhook-plain";
  private static final String LIBRARIES = "libraries-plain";
  private static final String END = System.lineSeparator();

  @Test
  void aLineIsReadableAndData() throws JoranException {
    LoggerContext shipped = shipped("", "");
    assertThat(shipped.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getLevel())
        .isEqualTo(Level.WARN);
    assertThat(shipped.getLogger("io.rowhook").getLevel()).isEqualTo(Level.INFO);
    LoggingEvent event = event(shipped);
    event.setKeyValuePairs(List.of(new KeyValuePair("status", 200)));
    for (String appender : List.of(OWN, LIBRARIES)) {
      assertThat(written(shipped, appender, event)).isEqualTo(LINE + " status=\"200\"" + END);
      assertThat(written(shipped, appender, event(shipped))).isEqualTo(LINE + END);
    }
  }

  @Test
  void aLibrarysErrorIsItsMessagesAndARowhooksHasItsTrace() throws JoranException {
    LoggerContext shipped = shipped("", "");
    LoggingEvent event = event(shipped);
    event.setThrowableProxy(
        new ThrowableProxy(new IllegalStateException("no stream", new IOException("broken"))));
    assertThat(written(shipped, LIBRARIES, event))
        .isEqualTo(
            LINE
                + END
                + "java.lang.IllegalStateException: no stream"
                + END
                + "Caused by: java.io.IOException: broken"
                + END);
    assertThat(written(shipped, OWN, event)).contains("\tat io.rowhook.LogTest");
    assertThat(written(shipped("debug", ""), LIBRARIES, event)).contains("\tat io.rowhook.LogTest");
  }

  @Test
  void singleMessagesOfLibrariesAreLeftOut() throws JoranException {
    LoggerContext shipped = shipped("", "");
    List<ILoggingEvent> seen = new ArrayList<>();
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            seen.add(event);
          }
        };
    appender.start();
    shipped.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(appender);
    Logger offsets = shipped.getLogger(OffsetStorageReaderImpl.class);
    offsets.error(
        "Failed to fetch offsets from namespace {}:", "rowhook", new InterruptedException());
    Logger task = shipped.getLogger(PostgresConnectorTask.class);
    task.warn(
        "Connector has enabled automated replication slot removal upon restart ({} = true).",
        "slot.drop.on.stop");
    assertThat(seen).isEmpty();
    offsets.error("Failed to fetch offsets from namespace {}:", "rowhook", new IOException("gone"));
    task.warn("Error while closing replication connection");
    assertThat(seen).hasSize(2);
  }

  @Test
  void aLineIsAJsonObjectWhereThatIsAskedFor() throws Exception {
    LoggerContext shipped = shipped("", "json");
    LoggingEvent event = event(shipped);
    event.setKeyValuePairs(
        List.of(
            new KeyValuePair("recipient", "a \"shop\"\n"),
            new KeyValuePair("path", "/a//b\\/c\\\\/")));
    event.setThrowableProxy(new ThrowableProxy(new IOException("broken")));
    String line = written(shipped, "rowhook-json", event);
    assertThat(line).endsWith("\n");
    assertThat(line.strip()).doesNotContain("\n").contains("{\"path\":\"/a//b\\\\/c\\\\\\\\/\"}");
    JsonNode json = Json.MAPPER.readTree(line);
    assertThat(json.path("timestamp").asLong()).isEqualTo(event.getTimeStamp());
    assertThat(json.path("level").asText()).isEqualTo("INFO");
    assertThat(json.path("loggerName").asText()).isEqualTo("io.rowhook.webhook.Attempts");
    assertThat(json.path("formattedMessage").asText()).isEqualTo("attempt delivered");
    assertThat(json.path("kvpList").path(0).path("recipient").asText()).isEqualTo("a \"shop\"\n");
    assertThat(json.path("kvpList").path(1).path("path").asText()).isEqualTo("/a//b\\/c\\\\/");
    assertThat(json.path("throwable").path("message").asText()).isEqualTo("broken");
    Logger root = shipped.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    assertThat(root.getAppender("rowhook-json")).isNotNull();
    assertThat(shipped("", "xml").getLogger("io.rowhook").getAppender(OWN)).isNotNull();
  }

  /**
   * Not the one that the tests log with.
   *
   * @param level what {@code ROWHOOK_LOG} is; empty: not set
   * @param format the same of {@code ROWHOOK_LOG_FORMAT}
   */
  private static LoggerContext shipped(String level, String format) throws JoranException {
    LoggerContext shipped = new LoggerContext();
    if (!format.isEmpty()) {
      shipped.putProperty("ROWHOOK_LOG_FORMAT", format);
    }
    if (!level.isEmpty()) {
      shipped.putProperty("ROWHOOK_LOG", level);
    }
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(shipped);
    configurator.doConfigure(LogTest.class.getResource("/logback.xml"));
    return shipped;
  }

  private static LoggingEvent event(LoggerContext shipped) {
    LoggingEvent event = new LoggingEvent();
    event.setLoggerContext(shipped);
    event.setLoggerName("io.rowhook.webhook.Attempts");
    event.setLevel(Level.INFO);
    event.setMessage("attempt delivered");
    event.setInstant(Instant.parse("2026-05-24T15:20:44.123Z"));
    return event;
  }

  private static String written(LoggerContext shipped, String appender, ILoggingEvent event) {
    boolean own = appender.startsWith("rowhook");
    Logger logger = shipped.getLogger(own ? "io.rowhook" : org.slf4j.Logger.ROOT_LOGGER_NAME);
    ConsoleAppender<ILoggingEvent> stderr =
        (ConsoleAppender<ILoggingEvent>) logger.getAppender(appender);
    assertThat(stderr).isNotNull();
    assertThat(stderr.getTarget()).isEqualTo("System.err");
    return new String(stderr.getEncoder().encode(event), StandardCharsets.UTF_8);
  }
}
