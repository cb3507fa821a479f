package io.rowhook.webhook.dispatch;

import io.rowhook.entity.Event;
import io.rowhook.journal.Delivery;
import io.rowhook.recipient.BodyLimit;
import io.rowhook.recipient.Match;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.BodyRenderer;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateLookup;
import io.rowhook.webhook.SubscriptionMatcher;
import io.rowhook.webhook.http.RequestTarget;
import io.rowhook.webhook.http.RequestTargets;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes target and body of deliveries, as was decided when they were dispatched. Made for one state
 * of a recipient's settings; any thread.
 */
final class DeliveryRenderer {

  private static final Logger LOG = LoggerFactory.getLogger(DeliveryRenderer.class);

  private final Recipient recipient;
  private final SubscriptionMatcher matcher;
  private final RequestTargets targets;
  private final TemplateLookup templates;

  DeliveryRenderer(Recipient recipient, SubscriptionMatcher matcher, TemplateLookup templates) {
    this.recipient = recipient;
    this.matcher = matcher;
    this.targets = new RequestTargets(recipient);
    this.templates = templates;
  }

  /** Where a test goes. */
  RequestTarget targetOfTest() {
    return targets.ofTest();
  }

  /**
   * Renders those that can go together: the first ones, as far as they render, go to one URL and
   * fit.
   *
   * @param going takes them
   * @throws TemplateException if not even the first can
   */
  void render(List<Delivery> dispatched, List<RenderedDelivery> going) throws TemplateException {
    long room = recipient.request().maxBody().map(BodyLimit::bytes).orElse(Long.MAX_VALUE) - 1;
    for (Delivery delivery : dispatched) {
      RenderedDelivery rendered;
      try {
        rendered = rendered(delivery);
      } catch (TemplateException e) {
        if (going.isEmpty()) {
          throw e;
        }
        return;
      }
      room -= rendered.body().bytes().length + 1; // its comma or bracket
      if (!going.isEmpty() && (room < 0 || !rendered.joins(going.getFirst()))) {
        return;
      }
      going.add(rendered);
    }
  }

  /** Returns it with how it is sent, which every later attempt goes by. */
  Delivery matched(Delivery delivery) throws TemplateException {
    return delivery.match() != null ? delivery : delivery.matched(match(delivery).text());
  }

  private RenderedDelivery rendered(Delivery delivery) throws TemplateException {
    Match match = match(delivery);
    Delivery matched = delivery.matched(match.text());
    BodyRenderer set = renderer(matched, match);
    return new RenderedDelivery(
        matched, target(matched, match, set), RenderedBody.of(set, matched.event()));
  }

  /** As decided when it was dispatched. Decided here only where a person wants it, or it failed. */
  private Match match(Delivery delivery) throws TemplateException {
    String decided = delivery.match();
    return decided != null ? Match.parse(decided) : matcher.requested(delivery.entry().event());
  }

  private RequestTarget target(Delivery delivery, Match match, BodyRenderer set)
      throws TemplateException {
    Event sent = delivery.event();
    return targets.of(matcher.subscription(match, delivery.entry().event()), sent, set.topic(sent));
  }

  private BodyRenderer renderer(Delivery delivery, Match match) throws TemplateException {
    Optional<BodyRenderer> decided = BodyRenderer.byHash(templates, match.rendering());
    if (decided.isPresent()) {
      return decided.get();
    }
    LOG.atWarn()
        .setMessage(
            "the attribute set it was dispatched with was not kept; rendering with the current one")
        .addKeyValue("recipient", recipient.name())
        .addKeyValue("event", delivery.entry().event().id())
        .addKeyValue("attribute_set", match.rendering())
        .log();
    return matcher.renderer(delivery.entry().event());
  }
}
