package io.rowhook.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Nobody can fill the log with requests. */
class RefusalLogTest {

  @Test
  void whatCannotBeHandledIsALineAMinute() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(RefusalLog.class);
    logger.addAppender(log);
    AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    RefusalLog refusals = new RefusalLog(now::get);
    for (int i = 0; i < 1_000; i++) {
      refusals.note(new IllegalStateException("odd\r\nline"));
    }
    now.set(Instant.EPOCH.plusSeconds(60));
    refusals.note(new IllegalStateException("again"));
    logger.detachAppender(log);
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "a request could not be handled, and 0 before it that were not logged:"
                + " java.lang.IllegalStateException: odd line. ROWHOOK_LOG=debug shows where",
            "a request could not be handled, and 999 before it that were not logged:"
                + " java.lang.IllegalStateException: again. ROWHOOK_LOG=debug shows where");
    assertThat(log.list).extracting(ILoggingEvent::getThrowableProxy).containsOnlyNulls();
  }
}
