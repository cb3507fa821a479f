package io.rowhook.webhook.dispatch;

import io.rowhook.entity.Event;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.Match;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.BodyRenderer;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateLookup;
import io.rowhook.webhook.AttemptOutcome;
import io.rowhook.webhook.DeliveryListener;
import io.rowhook.webhook.HttpHeader;
import io.rowhook.webhook.RecipientDispatcher;
import io.rowhook.webhook.SubscriptionMatcher;
import io.rowhook.webhook.TestDelivery;
import io.rowhook.webhook.WebhookClient;
import io.rowhook.webhook.http.AuthorizedClient;
import io.rowhook.webhook.http.HttpResult;
import io.rowhook.webhook.http.RequestTarget;
import io.rowhook.webhook.http.RequestTargets;
import io.rowhook.webhook.policy.AttemptResult;
import io.rowhook.webhook.policy.AttemptResult.Acknowledged;
import io.rowhook.webhook.policy.AttemptResult.Gone;
import io.rowhook.webhook.policy.AttemptResult.NoAnswer;
import io.rowhook.webhook.policy.AttemptResult.Refused;
import io.rowhook.webhook.policy.AttemptResult.Unrenderable;
import io.rowhook.webhook.policy.ResponseClassifier;
import io.rowhook.webhook.signing.SecretRedactor;
import io.rowhook.webhook.signing.Signer;
import io.rowhook.webhook.signing.WebhookHeaders;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt, from the event to the verdict: renders, signs, posts, judges. Made for one state of
 * a recipient's settings; used by all attempts of its {@link RecipientDispatcher} at once. Knows
 * nothing of retries.
 */
public final class DeliveryWorker {

  private static final Logger LOG = LoggerFactory.getLogger(DeliveryWorker.class);

  private final Recipient recipient;
  private final SubscriptionMatcher matcher;
  private final RequestTargets targets;
  private final TemplateLookup templates;
  private final Signer signer;
  private final List<HttpHeader> ownHeaders;
  private final ResponseClassifier classifier;
  private final SecretRedactor redactor;
  private final AuthorizedClient sender;
  private final InstantSource clock;
  private final DeliveryListener listener;

  /**
   * Decodes the keys.
   *
   * @throws IllegalArgumentException if a secret has not the form that its style asks for, or the
   *     acknowledge rule's condition does not compile
   */
  public DeliveryWorker(
      Recipient recipient,
      SubscriptionMatcher matcher,
      TemplateLookup templates,
      WebhookClient client,
      InstantSource clock,
      DeliveryListener listener) {
    this.recipient = recipient;
    this.matcher = matcher;
    this.targets = new RequestTargets(recipient);
    this.templates = templates;
    this.signer = new Signer(recipient.authentication());
    this.ownHeaders = WebhookHeaders.own(recipient.request());
    this.classifier = new ResponseClassifier(recipient.acknowledge());
    this.redactor = new SecretRedactor(recipient);
    this.sender = new AuthorizedClient(client, recipient, clock);
    this.clock = clock;
    this.listener = listener;
  }

  /** Makes the attempt; returns what came of it, whatever that is. */
  AttemptOutcome attempt(Delivery dispatched) {
    Delivery delivery = dispatched;
    Started started = started(delivery, clock.instant());
    try {
      Match match = match(delivery);
      delivery = delivery.matched(match.text());
      started = started.with(delivery);
      BodyRenderer set = renderer(delivery, match);
      RenderedBody body = RenderedBody.of(set, delivery.event());
      AttemptResult result = post(started, target(delivery, match, set), body);
      return started.ended(result, body.set().hash(), sha256(body.bytes()));
    } catch (TemplateException e) {
      return started.ended(new Unrenderable(String.valueOf(e.getMessage())), null, null);
    } catch (RuntimeException | Error e) {
      // Whatever it was, the dispatcher must hear of it, or the lane would stand still for good.
      LOG.atError()
          .setMessage("attempt broke off")
          .addKeyValue("recipient", recipient.name())
          .addKeyValue("event", delivery.entry().event().id())
          .setCause(e)
          .log();
      return started.ended(
          new NoAnswer("Rowhook itself failed: " + e.getClass().getSimpleName()), null, null);
    }
  }

  private Started started(Delivery delivery, Instant now) {
    return new Started(delivery, now, System.nanoTime(), UUID.randomUUID(), redactor);
  }

  /** Sends a test; {@link TestDelivery} says what that is. Any thread. */
  public TestDelivery sample() {
    Instant now = clock.instant();
    Event event = TestDelivery.event(now);
    Started started = started(Delivery.pending(new JournalEntry(0, event), null, null), now);
    RenderedBody body;
    try {
      body = RenderedBody.of(BodyRenderer.full(recipient), event);
    } catch (TemplateException e) {
      throw new IllegalStateException("the sample is made by no template", e);
    }
    List<HttpHeader> headers = headers(started, body);
    headers.add(TestDelivery.MARK);
    RequestTarget target = targets.ofTest();
    HttpResult answer = send(target, headers, body);
    Attempt attempt =
        started.ended(classifier.judge(answer, clock.instant()), null, null).attempt();
    return new TestDelivery(
        target.method().name(),
        redactor.of(target.url().toString()),
        headers,
        body.bytes(),
        attempt.status(),
        attempt.error(),
        attempt.answer(),
        attempt.took());
  }

  private List<HttpHeader> headers(Started started, RenderedBody body) {
    Event event = started.delivery.event();
    List<HttpHeader> headers =
        new ArrayList<>(
            WebhookHeaders.of(
                event,
                body.set().topic(event),
                started.delivery.sequence(),
                started.delivery.attempts() + 1,
                started.requestId.toString(),
                started.delivery.redelivery(),
                started.at));
    headers.addAll(ownHeaders);
    headers.addAll(signer.headers(event.id(), started.at, body.bytes()));
    return headers;
  }

  private HttpResult send(RequestTarget target, List<HttpHeader> headers, RenderedBody body) {
    return sender.send(target, headers, body.set().format(), body.bytes());
  }

  private AttemptResult post(Started started, RequestTarget target, RenderedBody body) {
    HttpResult answer = send(target, headers(started, body), body);
    listener.posted(recipient.name(), started.delivery.entry());
    return classifier.judge(answer, clock.instant());
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

  private static String sha256(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private record Started(
      Delivery delivery, Instant at, long nanos, UUID requestId, SecretRedactor redactor) {

    Started with(Delivery matched) {
      return new Started(matched, at, nanos, requestId, redactor);
    }

    AttemptOutcome ended(
        AttemptResult result, @Nullable String attributeSet, @Nullable String bodySha256) {
      @Nullable Integer status = null;
      @Nullable String error = null;
      String answer = "";
      switch (result) {
        case Acknowledged(int code, String text) -> {
          status = code;
          answer = text;
        }
        case Refused refused -> {
          status = refused.status();
          error = refused.reason();
          answer = refused.answer();
        }
        case Gone gone -> {
          status = gone.status();
          error = gone.acknowledged() ? null : gone.reason();
          answer = gone.answer();
        }
        case NoAnswer(String reason) -> error = reason;
        case Unrenderable(String reason) -> error = reason;
      }
      Attempt attempt =
          new Attempt(
              delivery.attempts() + 1,
              at,
              Duration.ofNanos(System.nanoTime() - nanos),
              requestId.toString(),
              status,
              error,
              answer.isEmpty() ? null : redactor.of(answer),
              attributeSet,
              bodySha256);
      return new AttemptOutcome(delivery, attempt, result);
    }
  }
}
