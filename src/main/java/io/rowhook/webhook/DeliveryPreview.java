package io.rowhook.webhook;

import io.rowhook.entity.Event;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.Method;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.AccessTracer;
import io.rowhook.template.BodyRenderer;
import io.rowhook.template.Condition;
import io.rowhook.template.EventTrees;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateLookup;
import io.rowhook.webhook.dispatch.RenderedBody;
import io.rowhook.webhook.http.RequestTarget;
import io.rowhook.webhook.http.RequestTargets;
import io.rowhook.webhook.signing.SecretRedactor;
import io.rowhook.webhook.signing.Signer;
import io.rowhook.webhook.signing.WebhookHeaders;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a recipient would be sent of an event, by settings and templates that need not be in force:
 * made as an attempt is, and not sent. For a person, or a test of their own.
 *
 * @param wanted whether a subscription wants the event
 * @param why which one, or of each why not
 * @param missing what the condition or the template reads and the event does not have
 * @param method of the request
 * @param url where to, with the path of the event; what may be secret in it is masked
 * @param attributeSet the name of the set; null: it failed before one was chosen
 * @param headers the headers, Content-Type included; those that prove who sent it are masked
 * @param body the bytes that would be signed and sent; null: it cannot be rendered
 * @param trouble why not; null: it can
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record DeliveryPreview(
    boolean wanted,
    List<String> why,
    List<String> missing,
    String method,
    String url,
    @Nullable String attributeSet,
    List<HttpHeader> headers,
    byte @Nullable [] body,
    @Nullable String trouble) {

  private static final String MASK = "***";

  /** Makes it; whatever is wrong with the template stands in it. */
  public static DeliveryPreview of(
      Recipient recipient, TemplateLookup sets, JournalEntry entry, Instant now) {
    Event event = entry.event();
    SubscriptionMatcher matcher = SubscriptionMatcher.of(recipient, sets);
    List<String> why = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    List<HttpHeader> headers = new ArrayList<>();
    SecretRedactor redactor = new SecretRedactor(recipient);
    RequestTarget target = new RequestTarget(Method.POST, recipient.url());
    boolean wanted = false;
    @Nullable String name = null;
    try {
      AccessTracer tracer = new AccessTracer(event);
      wanted = explain(matcher, event, why, tracer);
      BodyRenderer set = matcher.renderer(event);
      name = set.name();
      try {
        tracer.trace(set);
      } finally {
        missing.addAll(tracer.missing());
      }
      RenderedBody rendered = RenderedBody.of(set, event);
      boolean batch = recipient.request().batch().isPresent();
      byte[] body = batch ? RenderedBody.array(List.of(rendered)) : rendered.bytes();
      name = rendered.set().name();
      target =
          new RequestTargets(recipient)
              .of(
                  matcher.subscription(matcher.requested(event), event),
                  event,
                  rendered.set().topic(event));
      headers.add(new HttpHeader("Content-Type", recipient.format().contentType()));
      String requestId = UUID.randomUUID().toString();
      headers.addAll(
          batch
              ? WebhookHeaders.ofBatch(
                  List.of(event.id()), List.of(entry.sequence()), 1, requestId, 0, now)
              : WebhookHeaders.of(event, set.topic(event), entry.sequence(), 1, requestId, 0, now));
      for (HttpHeader own : WebhookHeaders.own(recipient.request())) {
        headers.add(new HttpHeader(own.name(), MASK));
      }
      for (HttpHeader proof :
          new Signer(recipient.authentication()).headers(event.id(), now, body)) {
        headers.add(new HttpHeader(proof.name(), MASK));
      }
      if (recipient.authentication().oauth2().isPresent()) {
        headers.add(new HttpHeader("Authorization", MASK)); // fetched when it is sent
      }
      String url = redactor.of(target.url().toString());
      return new DeliveryPreview(
          wanted, why, missing, target.method().name(), url, name, headers, body, null);
    } catch (TemplateException e) {
      String url = redactor.of(target.url().toString());
      String trouble = String.valueOf(e.getMessage());
      return new DeliveryPreview(
          wanted, why, missing, target.method().name(), url, name, headers, null, trouble);
    }
  }

  /** Says of each subscription, up to the one that decides, what it makes of the event. */
  private static boolean explain(
      SubscriptionMatcher matcher, Event event, List<String> why, AccessTracer tracer)
      throws TemplateException {
    if (matcher.isOwn(event)) {
      why.add(
          "not-from: its transaction says \"from\": \"%s\", which is not told, whatever the subscriptions say"
              .formatted(EventTrees.of(event).path("context").path("from").asText()));
      return false;
    }
    for (SubscriptionMatcher.Finding finding : matcher.findings(event)) {
      String key = "subscriptions[" + finding.index() + "]";
      Optional<String> when = finding.subscription().when();
      List<String> values = List.of();
      if (when.isPresent() && finding.subscription().matches(event)) {
        Condition condition = Condition.compile(key + ".when", when.get());
        AccessTracer own = new AccessTracer(event);
        own.trace(condition);
        tracer.trace(condition);
        values = own.values();
      }
      String whyNot = finding.whyNot();
      if (whyNot == null) {
        why.add(key + " wants it");
        return true;
      }
      why.add(
          key + ": " + whyNot + (values.isEmpty() ? "" : " (" + String.join(", ", values) + ")"));
    }
    return false;
  }
}
