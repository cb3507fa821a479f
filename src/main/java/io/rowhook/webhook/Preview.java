package io.rowhook.webhook;

import io.rowhook.entity.Event;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.Method;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.AccessTracer;
import io.rowhook.template.BodyRenderer;
import io.rowhook.template.Condition;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateLookup;
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
 * @param fields the headers, Content-Type included; those that prove who sent it are masked
 * @param body the bytes that would be signed and sent; null: it cannot be rendered
 * @param trouble why not; null: it can
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Preview(
    boolean wanted,
    List<String> why,
    List<String> missing,
    String method,
    String url,
    @Nullable String attributeSet,
    List<Field> fields,
    byte @Nullable [] body,
    @Nullable String trouble) {

  private static final String MASK = "***";

  /** Makes it; whatever is wrong with the template stands in it. */
  public static Preview of(
      Recipient recipient, TemplateLookup sets, JournalEntry entry, Instant now) {
    Event event = entry.event();
    Wanting wanting = Wanting.of(recipient, sets);
    List<String> why = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    Redaction redaction = new Redaction(recipient);
    RequestTarget target = new RequestTarget(Method.POST, recipient.url());
    boolean wanted = false;
    @Nullable String name = null;
    try {
      AccessTracer tracer = new AccessTracer(event);
      wanted = explain(wanting, event, why, tracer);
      BodyRenderer set = wanting.renderer(event);
      name = set.name();
      try {
        tracer.trace(set);
      } finally {
        missing.addAll(tracer.missing());
      }
      RenderedBody rendered = RenderedBody.of(set, event);
      byte[] body = rendered.bytes();
      name = rendered.set().name();
      target =
          new RequestTargets(recipient)
              .of(
                  wanting.subscription(wanting.requested(event), event),
                  event,
                  rendered.set().topic(event));
      fields.add(new Field("Content-Type", recipient.format().contentType()));
      fields.addAll(
          Headers.of(
              event, set.topic(event), entry.sequence(), 1, UUID.randomUUID().toString(), 0, now));
      for (Field own : Headers.own(recipient.request())) {
        fields.add(new Field(own.name(), MASK));
      }
      for (Field proof : new Signer(recipient.authentication()).fields(event.id(), now, body)) {
        fields.add(new Field(proof.name(), MASK));
      }
      String url = redaction.of(target.url().toString());
      return new Preview(
          wanted, why, missing, target.method().name(), url, name, fields, body, null);
    } catch (TemplateException e) {
      String url = redaction.of(target.url().toString());
      String trouble = String.valueOf(e.getMessage());
      return new Preview(
          wanted, why, missing, target.method().name(), url, name, fields, null, trouble);
    }
  }

  /** Says of each subscription, up to the one that decides, what it makes of the event. */
  private static boolean explain(
      Wanting wanting, Event event, List<String> why, AccessTracer tracer)
      throws TemplateException {
    for (Wanting.Finding finding : wanting.findings(event)) {
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
