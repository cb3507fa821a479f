package io.rowhook.admin.health;

import io.rowhook.journal.Attempt;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.JournalEntry;
import io.rowhook.webhook.DeliveryListener;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Notes for which recipient and entity no body can be made, until one is, or for some minutes: what
 * was edited meanwhile may be good. Bounded. Any thread.
 */
public final class RenderingWatch implements DeliveryListener {

  /** One that has not failed again for so long is not known to fail. */
  static final Duration KNOWN = Duration.ofMinutes(10);

  private static final int MOST = 1_000;

  /**
   * Deliveries that no body can be made of.
   *
   * @param last when one of them failed last
   * @param why in the template's own words
   */
  public record Failing(String recipient, String entity, Instant since, Instant last, String why) {}

  private final Map<String, Failing> failing = new ConcurrentHashMap<>();

  @Override
  public void settled(String recipient, JournalEntry entry, Attempt attempt, DeliveryState state) {
    String entity = entry.event().entityType();
    String key = recipient + '/' + entity;
    if (attempt.bodySha256() != null) {
      if (!failing.isEmpty()) {
        failing.remove(key);
      }
    } else if (state instanceof DeliveryState.Failed(String why)) {
      Failing before = failing.get(key);
      if (before != null || failing.size() < MOST) {
        Instant since = before == null ? attempt.at() : before.since();
        failing.put(key, new Failing(recipient, entity, since, attempt.at(), why));
      }
    }
  }

  /**
   * Those that fail, the oldest first.
   *
   * @param recipients that there are; what others failed with is forgotten
   */
  public List<Failing> failing(Instant now, Set<String> recipients) {
    failing
        .values()
        .removeIf(
            one -> one.last().plus(KNOWN).isBefore(now) || !recipients.contains(one.recipient()));
    return failing.values().stream().sorted(Comparator.comparing(Failing::since)).toList();
  }
}
