package io.rowhook.webhook.dispatch;

import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalException.Kind;
import io.rowhook.webhook.RecipientDispatcher;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What keeps a {@link RecipientDispatcher} from its work, if anything does: the journal, nearly
 * always. Says so in the log once for each change, and how long to rest before the next try. Owned
 * by the dispatcher's thread.
 */
public final class FailureBackoff {

  private static final Duration SHORTEST_REST = Duration.ofMillis(100);
  private static final Duration LONGEST_REST = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(RecipientDispatcher.class);

  private final String recipient;
  private @Nullable String reason;
  private Duration rest = SHORTEST_REST;

  public FailureBackoff(String recipient) {
    this.recipient = recipient;
  }

  /** Records a failure; returns the backoff. */
  public Duration failed(Throwable e) {
    String now = e.getClass().getSimpleName() + ": " + e.getMessage();
    rest = reason == null ? SHORTEST_REST : rest.multipliedBy(2);
    rest = rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest;
    if (!now.equals(reason)) {
      reason = now;
      if (e instanceof JournalException known && known.kind() == Kind.TAKEN_OVER) {
        LOG.atInfo()
            .setMessage("deliveries stand still here: another instance has taken over")
            .addKeyValue("recipient", recipient)
            .log();
      } else {
        LOG.atError()
            .setMessage("deliveries stand still, and will be tried again")
            .addKeyValue("recipient", recipient)
            .setCause(e)
            .log();
      }
    }
    return rest;
  }

  /** It works again. */
  void recovered() {
    if (reason != null) {
      reason = null;
      LOG.atInfo().setMessage("deliveries go on").addKeyValue("recipient", recipient).log();
    }
  }

  /** In words; null where there is none. */
  @Nullable String reason() {
    return reason;
  }
}
