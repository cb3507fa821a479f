package io.rowhook.admin.alerts;

import io.rowhook.admin.health.Part.State;
import io.rowhook.entity.EventType;
import io.rowhook.entity.OwnEvent;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.JournalEntry;
import io.rowhook.webhook.DeliveryListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Deliveries that have ended failed, recipient by recipient: the first is told at once, and those
 * that follow within some minutes together. One of an event of Rowhook itself is not told, or each
 * would make another. Any thread.
 */
public final class FailedDeliveries implements DeliveryListener {

  /** Those that follow the first within this are told together. */
  static final Duration TOGETHER = Duration.ofMinutes(10);

  /** Of one recipient, since its last alert. */
  private static final class Failed {
    private boolean told;
    private long count;
    private Instant since = Instant.EPOCH;
    private Instant toldAt = Instant.EPOCH;
    private String last = "";
  }

  private final Map<String, Failed> byRecipient = new HashMap<>(); // guarded by this

  @Override
  public void settled(String recipient, JournalEntry entry, Attempt attempt, DeliveryState state) {
    if (state instanceof DeliveryState.Failed(String why)
        && !entry.event().entityType().equals(OwnEvent.ENTITY)) {
      add(recipient, entry, attempt.at(), why);
    }
  }

  private synchronized void add(String recipient, JournalEntry entry, Instant at, String why) {
    Failed failed = byRecipient.computeIfAbsent(recipient, _ -> new Failed());
    failed.since = failed.count == 0 ? at : failed.since;
    failed.count++;
    failed.last =
        "%s, a %s of %s: %s"
            .formatted(entry.event().id(), entry.event().type(), entry.event().entityType(), why);
  }

  /** What is to be told now. */
  synchronized List<Alert> due(Instant now) {
    List<Alert> due = new ArrayList<>();
    Iterator<Map.Entry<String, Failed>> all = byRecipient.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<String, Failed> one = all.next();
      Failed failed = one.getValue();
      boolean over = failed.toldAt.plus(TOGETHER).isBefore(now);
      if (failed.count > 0 && (!failed.told || over)) {
        due.add(alert(one.getKey(), failed));
        failed.told = true;
        failed.toldAt = now;
        failed.count = 0;
      } else if (failed.count == 0 && over) {
        all.remove();
      }
    }
    return due;
  }

  private static Alert alert(String recipient, Failed failed) {
    String reason =
        failed.count == 1
            ? "delivery of %s has ended failed. Mend it, then rowhook redeliver %s"
            : "deliveries have ended failed, the last one of %s. Mend it, then rowhook replay %s --from 2h --failed";
    return new Alert(
        EventType.DeliveryFailed,
        "recipient",
        recipient,
        State.degraded,
        State.ok,
        reason.formatted(failed.last, recipient),
        failed.since,
        failed.count);
  }
}
