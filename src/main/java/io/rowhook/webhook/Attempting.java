package io.rowhook.webhook;

import io.rowhook.entity.Event;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.Match;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.BodyRenderer;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateLookup;
import io.rowhook.webhook.Verdict.Acknowledged;
import io.rowhook.webhook.Verdict.Gone;
import io.rowhook.webhook.Verdict.NoAnswer;
import io.rowhook.webhook.Verdict.Refused;
import io.rowhook.webhook.Verdict.Unrenderable;
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
 * a recipient's settings; used by all attempts of its {@link Courier} at once. Knows nothing of
 * retries.
 */
final class Attempting {

  private static final Logger LOG = LoggerFactory.getLogger(Attempting.class);

  private final Recipient recipient;
  private final Wanting wanting;
  private final RequestTargets targets;
  private final TemplateLookup templates;
  private final Signer signer;
  private final List<Field> ownHeaders;
  private final Judge judge;
  private final Redaction redaction;
  private final Sender sender;
  private final InstantSource clock;
  private final Observer observer;

  /**
   * Decodes the keys.
   *
   * @throws IllegalArgumentException if a secret has not the form that its style asks for, or the
   *     acknowledge rule's condition does not compile
   */
  Attempting(
      Recipient recipient,
      Wanting wanting,
      TemplateLookup templates,
      Sender sender,
      InstantSource clock,
      Observer observer) {
    this.recipient = recipient;
    this.wanting = wanting;
    this.targets = new RequestTargets(recipient);
    this.templates = templates;
    this.signer = new Signer(recipient.authentication());
    this.ownHeaders = Headers.own(recipient.request());
    this.judge = new Judge(recipient.acknowledge());
    this.redaction = new Redaction(recipient);
    this.sender = sender;
    this.clock = clock;
    this.observer = observer;
  }

  /** Makes the attempt; returns what came of it, whatever that is. */
  Outcome attempt(Delivery dispatched) {
    Delivery delivery = dispatched;
    Started started = started(delivery, clock.instant());
    try {
      Match match = match(delivery);
      delivery = delivery.matched(match.text());
      started = started.with(delivery);
      BodyRenderer set = renderer(delivery, match);
      RenderedBody body = RenderedBody.of(set, delivery.event());
      Verdict verdict = post(started, target(delivery, match, set), body);
      return started.ended(verdict, body.set().hash(), sha256(body.bytes()));
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
    return new Started(delivery, now, System.nanoTime(), UUID.randomUUID(), redaction);
  }

  /** Sends a test; {@link Sample} says what that is. Any thread. */
  Sample sample() {
    Instant now = clock.instant();
    Event event = Sample.event(now);
    Started started = started(Delivery.pending(new JournalEntry(0, event), null, null), now);
    RenderedBody body;
    try {
      body = RenderedBody.of(BodyRenderer.full(recipient), event);
    } catch (TemplateException e) {
      throw new IllegalStateException("the sample is made by no template", e);
    }
    List<Field> fields = fields(started, body);
    fields.add(Sample.MARK);
    RequestTarget target = targets.ofTest();
    Reply reply = send(target, fields, body);
    Attempt attempt = started.ended(judge.judge(reply, clock.instant()), null, null).attempt();
    return new Sample(
        target.method().name(),
        redaction.of(target.url().toString()),
        fields,
        body.bytes(),
        attempt.status(),
        attempt.error(),
        attempt.answer(),
        attempt.took());
  }

  private List<Field> fields(Started started, RenderedBody body) {
    Event event = started.delivery.event();
    List<Field> fields =
        new ArrayList<>(
            Headers.of(
                event,
                body.set().topic(event),
                started.delivery.sequence(),
                started.delivery.attempts() + 1,
                started.requestId.toString(),
                started.delivery.redelivery(),
                started.at));
    fields.addAll(ownHeaders);
    fields.addAll(signer.fields(event.id(), started.at, body.bytes()));
    return fields;
  }

  private Reply send(RequestTarget target, List<Field> fields, RenderedBody body) {
    return sender.send(target, fields, body.set().format(), body.bytes(), recipient.timeout());
  }

  private Verdict post(Started started, RequestTarget target, RenderedBody body) {
    Reply reply = send(target, fields(started, body), body);
    observer.posted(recipient.name(), started.delivery.entry());
    return judge.judge(reply, clock.instant());
  }

  /** As decided when it was dispatched. Decided here only where a person wants it, or it failed. */
  private Match match(Delivery delivery) throws TemplateException {
    String decided = delivery.match();
    return decided != null ? Match.parse(decided) : wanting.requested(delivery.entry().event());
  }

  private RequestTarget target(Delivery delivery, Match match, BodyRenderer set)
      throws TemplateException {
    Event sent = delivery.event();
    return targets.of(wanting.subscription(match, delivery.entry().event()), sent, set.topic(sent));
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
    return wanting.renderer(delivery.entry().event());
  }

  private static String sha256(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private record Started(
      Delivery delivery, Instant at, long nanos, UUID requestId, Redaction redaction) {

    Started with(Delivery matched) {
      return new Started(matched, at, nanos, requestId, redaction);
    }

    Outcome ended(Verdict verdict, @Nullable String attributeSet, @Nullable String bodySha256) {
      @Nullable Integer status = null;
      @Nullable String error = null;
      String answer = "";
      switch (verdict) {
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
              answer.isEmpty() ? null : redaction.of(answer),
              attributeSet,
              bodySha256);
      return new Outcome(delivery, attempt, verdict);
    }
  }
}
