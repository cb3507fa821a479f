package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** The log that ships: one line, UTC, on standard error. */
class LogTest {

  private static final String LINE = "2026-05-24T15:20:44.123Z INFO  Attempts attempt delivered";
  private static final String END = System.lineSeparator();

  @Test
  void aLineIsReadableAndData() throws JoranException {
    LoggerContext shipped = shipped("");
    assertThat(shipped.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getLevel())
        .isEqualTo(Level.WARN);
    assertThat(shipped.getLogger("io.rowhook").getLevel()).isEqualTo(Level.INFO);
    LoggingEvent event = event(shipped);
    event.setKeyValuePairs(List.of(new KeyValuePair("status", 200)));
    for (String appender : List.of("rowhook", "libraries")) {
      assertThat(written(shipped, appender, event)).isEqualTo(LINE + " status=\"200\"" + END);
      assertThat(written(shipped, appender, event(shipped))).isEqualTo(LINE + END);
    }
  }

  @Test
  void aLibrarysErrorIsItsMessagesAndARowhooksHasItsTrace() throws JoranException {
    LoggerContext shipped = shipped("");
    LoggingEvent event = event(shipped);
    event.setThrowableProxy(
        new ThrowableProxy(new IllegalStateException("no stream", new IOException("broken"))));
    assertThat(written(shipped, "libraries", event))
        .isEqualTo(
            LINE
                + END
                + "java.lang.IllegalStateException: no stream"
                + END
                + "Caused by: java.io.IOException: broken"
                + END);
    assertThat(written(shipped, "rowhook", event)).contains("\tat io.rowhook.LogTest");
    assertThat(written(shipped("debug"), "libraries", event)).contains("\tat io.rowhook.LogTest");
  }

  /**
   * Not the one that the tests log with.
   *
   * @param level what {@code ROWHOOK_LOG} is; empty: not set
   */
  private static LoggerContext shipped(String level) throws JoranException {
    LoggerContext shipped = new LoggerContext();
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
    boolean own = appender.equals("rowhook");
    Logger logger = shipped.getLogger(own ? "io.rowhook" : org.slf4j.Logger.ROOT_LOGGER_NAME);
    ConsoleAppender<ILoggingEvent> stderr =
        (ConsoleAppender<ILoggingEvent>) logger.getAppender(appender);
    assertThat(stderr).isNotNull();
    assertThat(stderr.getTarget()).isEqualTo("System.err");
    PatternLayoutEncoder encoder = (PatternLayoutEncoder) stderr.getEncoder();
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }
}
