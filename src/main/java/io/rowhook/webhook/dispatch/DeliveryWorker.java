package io.rowhook.webhook.dispatch;

import io.rowhook.entity.Event;
import io.rowhook.journal.Acknowledgement;
import io.rowhook.journal.Acknowledgement.Digest;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.JournalException;
import io.rowhook.recipient.Method;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Unchanged;
import io.rowhook.template.BodyRenderer;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateLookup;
import io.rowhook.webhook.AttemptOutcome;
import io.rowhook.webhook.DeliveryListener;
import io.rowhook.webhook.Destination;
import io.rowhook.webhook.HttpHeader;
import io.rowhook.webhook.RecipientDispatcher;
import io.rowhook.webhook.SubscriptionMatcher;
import io.rowhook.webhook.TestDelivery;
import io.rowhook.webhook.TraceHeaders;
import io.rowhook.webhook.WebhookClient;
import io.rowhook.webhook.dispatch.OutcomeQueue.Message;
import io.rowhook.webhook.http.AuthorizedClient;
import io.rowhook.webhook.http.HttpResult;
import io.rowhook.webhook.http.RequestTarget;
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
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request, from the event to the verdict: renders, signs, posts, judges. Made for one state of
 * a recipient's settings; used by all attempts of its {@link RecipientDispatcher} at once. Knows
 * nothing of retries.
 */
public final class DeliveryWorker {

  private static final Logger LOG = LoggerFactory.getLogger(DeliveryWorker.class);

  private final Recipient recipient;
  private final DeliveryRenderer renderer;
  private final Signer signer;
  private final List<HttpHeader> ownHeaders;
  private final ResponseClassifier classifier;
  private final SecretRedactor redactor;
  private final AuthorizedClient sender;
  private final InstantSource clock;
  private final DeliveryListener listener;
  private final TraceHeaders traces;
  private final Supplier<Optional<Instant>> completeTo;
  private final Map<Method, Destination> destinations;

  /**
   * Decodes the keys.
   *
   * @param completeTo up to when the recipient has everything, for each request; any thread
   * @throws IllegalArgumentException if a secret has not the form that its style asks for, or the
   *     acknowledge rule's condition does not compile
   */
  public DeliveryWorker(
      Recipient recipient,
      SubscriptionMatcher matcher,
      TemplateLookup templates,
      WebhookClient client,
      InstantSource clock,
      DeliveryListener listener,
      TraceHeaders traces,
      Supplier<Optional<Instant>> completeTo) {
    this.recipient = recipient;
    this.renderer = new DeliveryRenderer(recipient, matcher, templates);
    this.signer = new Signer(recipient.authentication());
    this.ownHeaders = WebhookHeaders.own(recipient.request());
    this.classifier = new ResponseClassifier(recipient.acknowledge());
    this.redactor = new SecretRedactor(recipient);
    this.sender = new AuthorizedClient(client, recipient, clock);
    this.clock = clock;
    this.listener = listener;
    this.traces = traces;
    this.completeTo = completeTo;
    this.destinations = destinations(redactor.url(recipient.url()));
  }

  /** One for each method, so that none is made for each attempt. */
  private static Map<Method, Destination> destinations(URI shown) {
    Map<Method, Destination> all = new EnumMap<>(Method.class);
    for (Method method : Method.values()) {
      all.put(method, new Destination(method, shown));
    }
    return all;
  }

  /**
   * Makes one request of one delivery; where the recipient takes batches, of as many as can go
   * together. Returns what came of it, whatever that is; of the first at least.
   *
   * @param known what the recipient acknowledged last of the entity: the same is not sent to one
   *     that wants only what is different
   */
  Message.Ended attempt(List<Delivery> dispatched, @Nullable Acknowledgement known) {
    Started started = started(clock.instant());
    List<RenderedDelivery> going = new ArrayList<>(dispatched.size());
    Delivery first = dispatched.getFirst();
    AttemptResult result;
    Digest digest = null;
    try {
      first = renderer.matched(first);
      renderer.render(dispatched, going);
      digest = recipient.request().unchanged() == Unchanged.skip ? RequestDigest.of(going) : null;
      result =
          known != null
                  && digest != null
                  && known.digest().equals(digest)
                  && RequestDigest.isUpdate(going)
              ? new AttemptResult.Unchanged(known.sequence())
              : post(started, going, dispatched.subList(0, going.size()));
    } catch (TemplateException e) {
      result = new Unrenderable(String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      // Whatever it was, the dispatcher must hear of it, or the lane would stand still for good.
      LOG.atError()
          .setMessage("attempt broke off")
          .addKeyValue("recipient", recipient.name())
          .addKeyValue("event", first.entry().event().id())
          .setCause(e)
          .log();
      result = new NoAnswer("Rowhook itself failed: " + e.getClass().getSimpleName());
    }
    List<AttemptOutcome> outcomes = new ArrayList<>(dispatched.size());
    for (RenderedDelivery one : going) {
      Destination destination = destinations.get(one.target().method());
      outcomes.add(started.ended(one, result, destination, outcomes.size(), going.size(), digest));
    }
    if (going.isEmpty()) {
      outcomes.add(started.ended(first, result));
    }
    List<Delivery> unsent = dispatched.subList(outcomes.size(), dispatched.size());
    return new Message.Ended(first.sequence(), outcomes, unsent);
  }

  private Started started(Instant now) {
    return new Started(now, System.nanoTime(), UUID.randomUUID().toString(), redactor);
  }

  /** Sends a test; {@link TestDelivery} says what that is. Any thread. */
  public TestDelivery sample() {
    Instant now = clock.instant();
    Event event = TestDelivery.event(now);
    Started started = started(now);
    Delivery delivery = Delivery.pending(new JournalEntry(0, event), null, null);
    RenderedBody body;
    try {
      body = RenderedBody.of(BodyRenderer.full(recipient), event);
    } catch (TemplateException e) {
      throw new IllegalStateException("the sample is made by no template", e);
    }
    RequestTarget target = renderer.targetOfTest();
    List<RenderedDelivery> one = List.of(new RenderedDelivery(delivery, target, body));
    byte[] bytes = bytes(one);
    List<HttpHeader> headers = headers(started, one, bytes);
    headers.add(TestDelivery.MARK);
    HttpResult answer = sender.send(target, headers, body.set().format(), bytes);
    Attempt attempt = started.ended(delivery, classifier.judge(answer, clock.instant())).attempt();
    List<HttpHeader> shown = new ArrayList<>(headers);
    shown.addFirst(new HttpHeader("Content-Type", body.set().format().contentType()));
    if (recipient.authentication().oauth2().isPresent()) {
      shown.add(new HttpHeader("Authorization", "Bearer ***")); // fetched when it was sent
    }
    return new TestDelivery(
        target.method().name(),
        redactor.of(target.url().toString()),
        shown,
        bytes,
        attempt.status(),
        attempt.error(),
        attempt.answer(),
        attempt.took());
  }

  /**
   * @param sent the deliveries that go
   */
  private AttemptResult post(Started started, List<RenderedDelivery> going, List<Delivery> sent) {
    RenderedDelivery first = going.getFirst();
    byte[] bytes = bytes(going);
    List<HttpHeader> headers = headers(started, going, bytes);
    completeTo().map(WebhookHeaders::completeTo).ifPresent(headers::add);
    headers.addAll(traces.of(started.requestId, sent));
    HttpResult answer = sender.send(first.target(), headers, first.body().set().format(), bytes);
    going.forEach(one -> listener.posted(recipient.name(), one.delivery().entry()));
    return classifier.judge(answer, clock.instant());
  }

  /** A journal that cannot be read holds no request back. */
  private Optional<Instant> completeTo() {
    try {
      return completeTo.get();
    } catch (JournalException e) {
      LOG.debug("up to when {} has everything cannot be read", recipient.name(), e);
      return Optional.empty();
    }
  }

  private byte[] bytes(List<RenderedDelivery> going) {
    return going.getFirst().isArray()
        ? RenderedBody.array(going.stream().map(RenderedDelivery::body).toList())
        : going.getFirst().body().bytes();
  }

  private List<HttpHeader> headers(Started started, List<RenderedDelivery> going, byte[] bytes) {
    Delivery first = going.getFirst().delivery();
    Event event = first.event();
    String requestId = started.requestId;
    int attempt = first.attempts() + 1;
    List<HttpHeader> headers = new ArrayList<>();
    String id = event.id();
    if (going.getFirst().isArray()) {
      List<String> ids = going.stream().map(one -> one.delivery().event().id()).toList();
      id = WebhookHeaders.batchId(ids);
      headers.addAll(
          WebhookHeaders.ofBatch(
              ids,
              going.stream().map(one -> one.delivery().sequence()).toList(),
              attempt,
              requestId,
              first.redelivery(),
              started.at));
    } else {
      headers.addAll(
          WebhookHeaders.of(
              event,
              going.getFirst().body().set().topic(event),
              first.sequence(),
              attempt,
              requestId,
              first.redelivery(),
              started.at));
    }
    headers.addAll(ownHeaders);
    headers.addAll(signer.headers(id, started.at, bytes));
    return headers;
  }

  private static String sha256(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private record Started(Instant at, long nanos, String requestId, SecretRedactor redactor) {

    AttemptOutcome ended(
        RenderedDelivery one,
        AttemptResult result,
        @Nullable Destination destination,
        int place,
        int size,
        @Nullable Digest digest) {
      Attempt attempt =
          attempt(one.delivery(), result, one.body().set().hash(), sha256(one.body().bytes()));
      return new AttemptOutcome(
          one.delivery(),
          attempt,
          result,
          destination,
          place,
          size,
          result instanceof Acknowledged ? digest : null);
    }

    /** One that could not be rendered, or is of no event. */
    AttemptOutcome ended(Delivery delivery, AttemptResult result) {
      Attempt attempt = attempt(delivery, result, null, null);
      return new AttemptOutcome(delivery, attempt, result, null, 0, 1);
    }

    private Attempt attempt(
        Delivery delivery,
        AttemptResult result,
        @Nullable String attributeSet,
        @Nullable String bodySha256) {
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
        case AttemptResult.Unchanged _ -> {}
      }
      return new Attempt(
          delivery.attempts() + 1,
          at,
          Duration.ofNanos(System.nanoTime() - nanos),
          requestId,
          status,
          error,
          answer.isEmpty() ? null : redactor.of(answer),
          attributeSet,
          bodySha256);
    }
  }
}
