package io.rowhook.webhook;

import io.rowhook.entity.Event;
import io.rowhook.recipient.BodyFormat;
import io.rowhook.recipient.Match;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.template.BodyRenderer;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateLookup;
import io.rowhook.webhook.dispatch.RenderedBody;
import io.rowhook.webhook.http.RequestTargets;
import java.util.Optional;

/**
 * What a recipient would be sent of many events, by settings and templates that need not be in
 * force: decided and rendered as a delivery is, each event for itself, and not sent. Where only the
 * latest is wanted nothing is skipped. Any thread.
 */
public final class DryRun {

  private final Recipient recipient;
  private final TemplateLookup sets;
  private final SubscriptionMatcher matcher;
  private final RequestTargets targets;

  /** What would become of an event. */
  public sealed interface Result {
    /** No subscription wants it, or it is the recipient's own doing. */
    record NotWanted() implements Result {}

    /**
     * It would be sent.
     *
     * @param bytes of its body, also where it would go with others in one request
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Body(byte[] bytes, BodyFormat format) implements Result {}

    /** Its delivery would end failed. */
    record Failed(String why) implements Result {}
  }

  /** What is decided about an event before it is rendered. */
  public sealed interface Plan {
    record NotWanted() implements Plan {}

    record Wanted(Match match, Subscription subscription) implements Plan {}

    record Undecidable(String why) implements Plan {}
  }

  public DryRun(Recipient recipient, TemplateLookup sets) {
    this.recipient = recipient;
    this.sets = sets;
    this.matcher = SubscriptionMatcher.of(recipient, sets);
    this.targets = new RequestTargets(recipient);
  }

  /** Whether another makes the same of any event. */
  public boolean isSameAs(DryRun other) {
    return matcher.definition().equals(other.matcher.definition())
        && recipient.subscriptions().equals(other.recipient.subscriptions())
        && hasSameLine(other);
  }

  /** A value of the event may have no place in a path. */
  private boolean hasSameLine(DryRun other) {
    return recipient.request().line().equals(other.recipient.request().line());
  }

  /** Decides about an event. */
  public Plan plan(Event event) {
    try {
      if (matcher.isOwn(event)) {
        return new Plan.NotWanted();
      }
      Optional<Match> match = matcher.match(event);
      if (match.isEmpty()) {
        return new Plan.NotWanted();
      }
      return new Plan.Wanted(match.get(), matcher.subscription(match.get(), event).orElseThrow());
    } catch (TemplateException e) {
      return new Plan.Undecidable(String.valueOf(e.getMessage()));
    }
  }

  /** Whether what was decided makes the same, without rendering it, as another's by its own. */
  public boolean makesTheSame(Plan plan, DryRun other, Plan its) {
    if (plan instanceof Plan.Wanted(Match match, Subscription subscription)
        && its instanceof Plan.Wanted(Match itsMatch, Subscription itsSubscription)) {
      return match.rendering().equals(itsMatch.rendering())
          && subscription.line().equals(itsSubscription.line())
          && hasSameLine(other);
    }
    return plan.equals(its);
  }

  /** Renders an event as was decided. */
  public Result render(Plan plan, Event event) {
    return switch (plan) {
      case Plan.NotWanted() -> new Result.NotWanted();
      case Plan.Undecidable(String why) -> new Result.Failed(why);
      case Plan.Wanted(_, Subscription subscription) -> rendered(subscription, event);
    };
  }

  private Result rendered(Subscription subscription, Event event) {
    try {
      BodyRenderer set = SubscriptionMatcher.renderer(recipient, sets, subscription);
      RenderedBody body = RenderedBody.of(set, event);
      var _ = targets.of(Optional.of(subscription), event, body.set().topic(event));
      return new Result.Body(body.bytes(), set.format());
    } catch (TemplateException e) {
      return new Result.Failed(String.valueOf(e.getMessage()));
    }
  }
}
