package io.rowhook.admin.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.SourceCatalog;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.BodyLimit;
import io.rowhook.recipient.Integers;
import io.rowhook.recipient.PathTemplate;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.settings.Settings;
import io.rowhook.template.OutputSchemas;
import io.rowhook.template.Template;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateRegistry;
import io.rowhook.webhook.DeliveryPreview;
import io.rowhook.webhook.HttpHeader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Finds what each subscription of a recipient brings it. Needs no service; one thread. */
public final class CatalogBuilder {

  /** Events that are drawn until one is wanted. */
  private static final int TRIES = 24;

  private final Settings settings;
  private final EventSchemas schemas;
  private final GoldenExamples golden;

  /**
   * @param golden where examples may be, as {@code rowhook preview --check} takes them
   */
  public CatalogBuilder(Settings settings, SourceCatalog source, GoldenExamples golden) {
    this.settings = settings;
    this.schemas = new EventSchemas(source);
    this.golden = golden;
  }

  /**
   * What a recipient gets.
   *
   * @throws IllegalStateException in words, if the source has not what the settings name
   */
  RecipientCatalog of(Recipient recipient) {
    List<CatalogEntry> entries = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (int i = 0; i < recipient.subscriptions().size(); i++) {
      try {
        entries.add(entry(recipient, i, names));
      } catch (TemplateException e) {
        throw new IllegalStateException("recipient " + recipient.name() + ": " + e.getMessage(), e);
      }
    }
    return new RecipientCatalog(recipient, entries);
  }

  private CatalogEntry entry(Recipient recipient, int index, Set<String> names)
      throws TemplateException {
    Subscription subscription = recipient.subscriptions().get(index);
    SubscribedEvents its = events(recipient, subscription);
    List<EventType> events = subscription.events().stream().sorted().toList();
    Template set =
        TemplateRegistry.find(
            settings.sets(), recipient.name(), its.entity(), subscription.attributes());
    List<String> notes = new ArrayList<>();
    ObjectNode schema = schema(recipient, its, subscription, set, events, notes);
    Recipient alone = with(recipient, subscription);
    List<CatalogEntry.Example> examples = new ArrayList<>(golden.of(recipient, index));
    List<DeliveryPreview> previews = new ArrayList<>();
    for (EventType event : events) {
      DeliveryPreview preview = draw(alone, its, event);
      previews.add(preview);
      byte[] body = preview.body();
      if (body != null && examples.stream().noneMatch(one -> !one.drawn())) {
        examples.add(
            new CatalogEntry.Example(event.name(), new String(body, StandardCharsets.UTF_8), true));
      } else if (body == null) {
        notes.add("No example of a " + event + " could be made: " + preview.trouble() + ".");
      }
      if (!preview.wanted()) {
        notes.add(
            "No drawn "
                + event
                + " meets the conditions; an example of one shows the shape alone.");
      }
    }
    List<String> topics =
        subscription
            .topic()
            .map(List::of)
            .orElseGet(
                () -> events.stream().map(event -> Event.topic(its.entity(), event)).toList());
    DeliveryPreview first = previews.getFirst();
    return new CatalogEntry(
        unique(names, subscription.topic().orElse(its.entity().toLowerCase(Locale.ROOT))),
        its.entity(),
        topics,
        events.stream().map(EventType::name).toList(),
        Conditions.of(recipient, index),
        previews.stream().map(DeliveryPreview::method).distinct().sorted().toList(),
        url(recipient, subscription, first),
        recipient.format().contentType(),
        schema,
        notes,
        headers(first),
        examples);
  }

  private SubscribedEvents events(Recipient recipient, Subscription subscription) {
    return settings.entities().stream()
        .filter(one -> one.name().equals(subscription.entity()))
        .findFirst()
        .<SubscribedEvents>map(type -> new SampleEvents(schemas, type, subscription))
        .orElseGet(() -> new OwnEvents(subscription, recipient.name()));
  }

  private static ObjectNode schema(
      Recipient recipient,
      SubscribedEvents its,
      Subscription subscription,
      Template set,
      Collection<EventType> events,
      List<String> notes) {
    ObjectNode full = its.full(events, subscription.topic());
    Optional<ObjectNode> made = OutputSchemas.of(set, full);
    ObjectNode schema;
    if (made.isPresent()) {
      schema = made.get();
      notes.add(
          "Made by jslt-templates/%s. Where its text says what comes out, the schema does; elsewhere it allows anything."
              .formatted(set.name()));
    } else if (set.name().equals("notify")) {
      schema = its.notification(events);
    } else {
      schema = full;
    }
    BodyLimit limit = recipient.request().maxBody().orElse(null);
    if (limit != null) {
      boolean less = limit.then() == BodyLimit.Then.notify;
      notes.add(
          "A body of more than %,d bytes %s."
              .formatted(
                  limit.bytes(), less ? "is replaced by the built-in notify" : "is not sent"));
      if (less) {
        ObjectNode either = Json.MAPPER.createObjectNode();
        either.putArray("anyOf").add(schema).add(its.notification(events));
        schema = either;
      }
    }
    if (recipient.request().integers() == Integers.text) {
      notes.add("Whole numbers beyond 2^53 are texts.");
      schema = (ObjectNode) WideIntegers.of(schema);
    }
    recipient
        .request()
        .batch()
        .ifPresent(batch ->
            notes.add(
                "Events come in an array, up to %d together, of all subscriptions; what is said of the body is said of each."
                    .formatted(batch.max())));
    return schema;
  }

  private DeliveryPreview draw(Recipient alone, SubscribedEvents its, EventType event) {
    DeliveryPreview first = preview(alone, its.draw(event, 0));
    for (int variant = 1; variant < TRIES && !first.wanted(); variant++) {
      DeliveryPreview next = preview(alone, its.draw(event, variant));
      if (next.wanted()) {
        return next;
      }
    }
    return first;
  }

  private DeliveryPreview preview(Recipient alone, Event event) {
    return DeliveryPreview.of(alone, settings.sets(), new JournalEntry(4711, event), Instant.EPOCH);
  }

  /** With the placeholders, not with one event's values, and without what may be a secret. */
  private static String url(
      Recipient recipient, Subscription subscription, DeliveryPreview preview) {
    String path =
        subscription
            .line()
            .path()
            .or(() -> recipient.request().line().path())
            .map(PathTemplate::text)
            .orElse("");
    String url = preview.url();
    int query = url.indexOf('?');
    String bare = query < 0 ? url : url.substring(0, query);
    if (path.isEmpty()) {
      return bare;
    }
    String base = recipient.url().getScheme() + "://" + recipient.url().getRawAuthority();
    String own = Optional.ofNullable(recipient.url().getRawPath()).orElse("");
    return base + (own.endsWith("/") ? own.substring(0, own.length() - 1) : own) + path;
  }

  private static List<CatalogEntry.Header> headers(DeliveryPreview preview) {
    List<CatalogEntry.Header> headers = new ArrayList<>();
    for (HttpHeader header : preview.headers()) {
      if (!header.name().equals("Content-Type")) {
        headers.add(
            new CatalogEntry.Header(
                header.name(), header.value(), HeaderMeanings.of(header.name())));
      }
    }
    return headers;
  }

  private static String unique(Set<String> names, String wanted) {
    String plain = wanted.replaceAll("[^A-Za-z0-9._-]", "-");
    String name = plain;
    for (int i = 2; !names.add(name); i++) {
      name = plain + "-" + i;
    }
    return name;
  }

  /** The same recipient with one subscription only, so that no other decides. */
  private static Recipient with(Recipient all, Subscription one) {
    return new Recipient(
        all.name(),
        all.url(),
        all.authentication(),
        all.processing(),
        all.timeout(),
        all.acknowledge(),
        all.retry(),
        all.breakerConfig(),
        all.backlog(),
        all.allow(),
        all.tls(),
        all.format(),
        all.request(),
        all.connection(),
        all.notFrom(),
        all.start(),
        List.of(one));
  }
}
