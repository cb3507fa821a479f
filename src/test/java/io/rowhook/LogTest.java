package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** The log that ships: one line, UTC, on standard error. */
class LogTest {

  @Test
  void aLineIsReadableAndData() throws JoranException {
    LoggerContext shipped = new LoggerContext(); // not the one that the tests log with
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(shipped);
    configurator.doConfigure(getClass().getResource("/logback.xml"));
    Logger root = shipped.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ConsoleAppender<ILoggingEvent> stderr =
        (ConsoleAppender<ILoggingEvent>) root.getAppender("stderr");
    assertThat(stderr).isNotNull();
    assertThat(stderr.getTarget()).isEqualTo("System.err");
    assertThat(root.getLevel()).isEqualTo(Level.WARN);
    assertThat(shipped.getLogger("io.rowhook").getLevel()).isEqualTo(Level.INFO);
    LoggingEvent event = new LoggingEvent();
    event.setLoggerContext(shipped);
    event.setLoggerName("io.rowhook.webhook.Attempts");
    event.setLevel(Level.INFO);
    event.setMessage("attempt delivered");
    event.setKeyValuePairs(List.of(new KeyValuePair("status", 200)));
    event.setInstant(Instant.parse("2026-05-24T15:20:44.123Z"));
    PatternLayoutEncoder encoder = (PatternLayoutEncoder) stderr.getEncoder();
    String line = "2026-05-24T15:20:44.123Z INFO  Attempts attempt delivered";
    assertThat(new String(encoder.encode(event), StandardCharsets.UTF_8))
        .isEqualTo(line + " status=\"200\"" + System.lineSeparator());
    event.setKeyValuePairs(List.of());
    assertThat(new String(encoder.encode(event), StandardCharsets.UTF_8))
        .isEqualTo(line + System.lineSeparator());
  }
}
