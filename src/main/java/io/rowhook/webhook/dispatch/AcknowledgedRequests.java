package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Acknowledgement;
import io.rowhook.journal.Acknowledgement.Digest;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.webhook.AttemptOutcome;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the recipient has of each entity, of one that is sent only what is different. The journal
 * says it, but for what is queued there and not written yet: that is remembered here. Owned by the
 * dispatcher's thread.
 *
 * <p>Only what was acknowledged since it began counts: before that, something may have been sent
 * whose outcome nobody knows, and it is not certain that it is sent again, if a newer event takes
 * its place. So of each entity the first after a start is sent.
 */
final class AcknowledgedRequests {

  /** What was queued before so many others is written: see {@link UnflushedWrites#MOST}. */
  private static final int REMEMBERED = UnflushedWrites.MOST;

  private final DeliveryStore store;
  private final long since;

  /** What was queued last, by entity; in the order in which it was queued. */
  private final Map<String, Optional<Acknowledgement>> recent = new LinkedHashMap<>();

  /**
   * @param since up to here something of any entity may have been settled, or sent, before it began
   */
  AcknowledgedRequests(DeliveryStore store, long since) {
    this.store = store;
    this.since = since;
  }

  /** What it acknowledged last of an entity; null: that is not known. */
  @Nullable Acknowledgement of(String entityKey) {
    Optional<Acknowledgement> known = recent.get(entityKey);
    return (known == null ? store.acknowledged(entityKey) : known)
        .filter(one -> one.sequence() > since)
        .orElse(null);
  }

  /**
   * Queues what came of an attempt.
   *
   * @param noted whether also what the recipient has by that
   */
  void record(Delivery after, AttemptOutcome outcome, boolean noted) throws InterruptedException {
    if (!noted) {
      store.recordAttempt(after, outcome.attempt());
      return;
    }
    Digest digest = outcome.digest();
    store.recordAttempt(after, outcome.attempt(), digest);
    recent.remove(after.entityKey());
    recent.put(
        after.entityKey(),
        Optional.ofNullable(digest).map(one -> new Acknowledgement(after.sequence(), one)));
    if (recent.size() > REMEMBERED) {
      recent.remove(recent.keySet().iterator().next());
    }
  }
}
