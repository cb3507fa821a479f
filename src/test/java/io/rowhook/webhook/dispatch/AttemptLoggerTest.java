package io.rowhook.webhook.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.Samples;
import io.rowhook.webhook.AttemptOutcome;
import io.rowhook.webhook.policy.AttemptResult;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A recipient that fails thousands of times has some lines a minute, and one for the rest. */
class AttemptLoggerTest {

  private static final Instant NOON = Samples.NOON;

  private final Logger logger = (Logger) LoggerFactory.getLogger("io.rowhook.webhook.attempt");
  private final ListAppender<ILoggingEvent> written = new ListAppender<>();
  private final AttemptLogger log = new AttemptLogger("shop");

  @BeforeEach
  void listen() {
    written.start();
    logger.addAppender(written);
    logger.setAdditive(false);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(written);
    logger.setAdditive(true);
  }

  private static AttemptOutcome failed() {
    return new AttemptOutcome(
        Delivery.pending(new JournalEntry(7, Samples.event("7", 200)), null, null),
        Samples.attempt(1, NOON, "set"),
        new AttemptResult.NoAnswer("no answer"),
        null,
        0,
        1);
  }

  private List<String> messages() {
    return written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void saysOfTheRestHowManyThereWere() {
    for (int i = 0; i < 5_000; i++) {
      DeliveryState state =
          i % 2 == 0 ? new DeliveryState.Failed("no use") : new DeliveryState.Retrying(NOON);
      log.log(failed(), state, NOON.plusMillis(i));
    }
    log.log(failed(), new DeliveryState.Delivered(), NOON.plusSeconds(6));
    assertThat(messages()).hasSize(AttemptLogger.MOST).containsOnly("attempt");
    log.lookAround(NOON.plusSeconds(59));
    assertThat(messages()).hasSize(AttemptLogger.MOST);
    log.lookAround(NOON.plusSeconds(60));
    assertThat(messages()).hasSize(AttemptLogger.MOST + 1);
    ILoggingEvent rest = written.list.getLast();
    assertThat(rest.getFormattedMessage())
        .isEqualTo("more attempts failed than are logged one by one");
    assertThat(rest.getKeyValuePairs())
        .extracting(pair -> pair.key + "=" + pair.value)
        .containsExactly("recipient=shop", "attempts=4980", "failed=2490", "since=" + NOON);

    log.log(failed(), new DeliveryState.Failed("no use"), NOON.plusSeconds(61));
    assertThat(messages().getLast()).isEqualTo("attempt");
    log.lookAround(NOON.plusSeconds(200));
    assertThat(messages()).hasSize(AttemptLogger.MOST + 2);
  }
}
