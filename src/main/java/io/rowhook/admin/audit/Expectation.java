package io.rowhook.admin.audit;

import io.rowhook.base.Fingerprint;
import io.rowhook.entity.EntityState;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.Held;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.template.BodyRenderer;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateLookup;
import io.rowhook.webhook.SubscriptionMatcher;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a recipient should have of an entity, by its subscriptions and attribute sets in force. One
 * thread's.
 */
public final class Expectation {

  private final SubscriptionMatcher matcher;
  private final Set<Long> renderings = new HashSet<>();
  private final boolean toldOfEnds;

  Expectation(Recipient recipient, TemplateLookup sets, String entity) {
    matcher = SubscriptionMatcher.of(recipient, sets);
    toldOfEnds =
        recipient.subscriptions().stream()
            .anyMatch(
                one -> one.entity().equals(entity) && one.events().contains(EventType.Deleted));
    for (Subscription subscription : recipient.subscriptions()) {
      if (subscription.entity().equals(entity)) {
        add(recipient, sets, subscription);
      }
    }
  }

  private void add(Recipient recipient, TemplateLookup sets, Subscription subscription) {
    try {
      BodyRenderer set = SubscriptionMatcher.renderer(recipient, sets, subscription);
      renderings.add(Fingerprint.of(set.hash()));
      renderings.add(Fingerprint.of(set.asNotify().hash())); // where the body is too large
    } catch (TemplateException e) {
      // there is none, so nothing was sent by it
    }
  }

  /** Whether a recipient is told of each state of an entity, so that it can be held against it. */
  public static boolean isWhole(Recipient recipient, String entity) {
    return recipient.subscriptions().stream()
        .anyMatch(one -> one.entity().equals(entity) && isWhole(one));
  }

  /** Says that it is not, and what to do. */
  public static String notWhole(String recipient, String entity) {
    return ("recipient %1$s is not told of each state of %2$s, so that nobody can say what it should"
            + " have. In recipients/%1$s.yaml it needs a subscription for %2$s with the events"
            + " Created and Updated, without changed, becomes and a condition on old values")
        .formatted(recipient, entity);
  }

  private static boolean isWhole(Subscription one) {
    return one.events().containsAll(Set.of(EventType.Created, EventType.Updated))
        && one.needingOldValues().isEmpty()
        && one.becomes().isEmpty();
  }

  /** Whether the recipient is told what is gone; else it may keep what the source has no more. */
  boolean isToldOfEnds() {
    return toldOfEnds;
  }

  /** Whether it is for the recipient, as it is now. */
  boolean wants(Event now) {
    return matcher.wants(now);
  }

  /** How what a recipient has differs from what it should have. */
  enum Verdict {
    SAME,
    MISSING,
    STALE,
    /** The state is the same, and was sent by another attribute set. */
    OTHER_TEMPLATE,
    SUPERFLUOUS
  }

  /**
   * Holds one against the other.
   *
   * @param now what the source has, and the recipient wants; null: the source has nothing
   */
  Verdict judge(@Nullable Event now, Held held) {
    if (now == null) {
      return held.there() && toldOfEnds ? Verdict.SUPERFLUOUS : Verdict.SAME;
    }
    if (!held.there()) {
      return Verdict.MISSING;
    }
    Long state = held.state();
    if (state == null || state != EntityState.of(now.json())) {
      return Verdict.STALE;
    }
    Long rendering = held.rendering();
    return rendering == null || renderings.contains(rendering)
        ? Verdict.SAME
        : Verdict.OTHER_TEMPLATE;
  }
}
