package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.ExactJson;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.SourceRows;
import io.rowhook.capture.Suspended;
import io.rowhook.entity.Event;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.Backlog;
import io.rowhook.journal.Entry;
import io.rowhook.journal.Hold;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.Listing;
import io.rowhook.journal.Listing.Found;
import io.rowhook.journal.Listing.State;
import io.rowhook.journal.Lookup;
import io.rowhook.journal.OperationException;
import io.rowhook.recipient.Pause;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.Condition;
import io.rowhook.template.Renderers;
import io.rowhook.webhook.CourierStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What commands look at: the state of all of it, and any delivery. */
final class Views {

  static final int MOST_DELIVERIES = 1_000;
  private static final int USUAL_DELIVERIES = 50;
  private static final int FAILURES_SHOWN = 5;
  private static final int MISSED_SHOWN = 5;

  private final Office office;
  private final Lookup lookup;
  private final Listing listing;

  Views(Office office) {
    this.office = office;
    this.lookup = office.journal().lookup();
    this.listing = office.journal().listing();
  }

  JsonNode status(Asked asked) {
    ObjectNode json = ExactJson.MAPPER.createObjectNode();
    json.put("capture", HealthFile.line(office.capture().get()));
    ArrayNode suspended = json.putArray("suspended");
    for (Suspended table : office.suspended().get()) {
      suspended
          .addObject()
          .put("table", table.table().toString())
          .put("since", table.since().toString())
          .put("effect", table.effect())
          .put("why", table.reason());
    }
    ArrayNode missed = json.putArray("missed");
    for (MissedRange range : office.journal().missed(MISSED_SHOWN)) {
      missed
          .addObject()
          .put("table", range.table().toString())
          .put("at", range.noticedAt().toString())
          .put("after", range.after().toString())
          .put("upTo", range.upTo().toString())
          .put("why", range.reason());
    }
    lookup
        .rejected()
        .ifPresent(one ->
            json.putObject("rejected")
                .put("count", one.count())
                .put("at", one.at().toString())
                .put("table", one.table())
                .put("operation", one.operation())
                .put("why", one.reason()));
    SourceRows.Counts rows = office.rows().get();
    ObjectNode readBack = json.putObject("readBack");
    readBack
        .put("statements", rows.statements())
        .put("rows", rows.rows())
        .put("seconds", rows.time().toMillis() / 1000.0)
        .put("unread", rows.unread());
    rows.tables().forEach(readBack.putArray("unreadTables")::add);
    json.put("watermark", office.journal().watermark().toString());
    json.put("head", office.journal().head());
    json.put("journal", office.journal().standing().map(JournalException::getMessage).orElse(null));
    ArrayNode problems = json.putArray("settings");
    office.problems().get().forEach(problems::add);
    json.set("quarantine", quarantine());
    json.put("templateThreadsLost", Renderers.lost());
    json.set("killSwitch", hold(office.journal().killSwitch()));
    Map<String, Recipient> files =
        office.recipients().get().stream()
            .collect(Collectors.toMap(Recipient::name, Function.identity()));
    Map<String, CourierStatus> couriers =
        office.couriers().statuses().stream()
            .collect(Collectors.toMap(CourierStatus::recipient, Function.identity()));
    ArrayNode recipients = json.putArray("recipients");
    for (Lookup.Standing standing : lookup.standings()) {
      String name = standing.recipient();
      recipients.add(recipient(standing, couriers.get(name), files.get(name)));
    }
    return json;
  }

  /** Templates and conditions in force that are not run any more. */
  private ArrayNode quarantine() {
    Set<String> conditions =
        office.recipients().get().stream()
            .flatMap(recipient ->
                Stream.concat(
                    recipient.acknowledge().when().stream(),
                    recipient.subscriptions().stream().flatMap(one -> one.when().stream())))
            .map(Condition::key)
            .collect(Collectors.toSet());
    ArrayNode list = ExactJson.MAPPER.createArrayNode();
    for (Renderers.Quarantined one : Renderers.quarantined()) {
      if (!Condition.isKey(one.key()) || conditions.contains(one.key())) {
        list.addObject()
            .put("template", one.name())
            .put("since", one.since().toString())
            .put("why", one.why());
      }
    }
    return list;
  }

  private ObjectNode recipient(
      Lookup.Standing standing, @Nullable CourierStatus courier, @Nullable Recipient file) {
    String name = standing.recipient();
    Optional<Hold> hold = lookup.hold(name);
    Backlog backlog = lookup.backlog(name);
    Duration within = file == null ? Pause.DEFAULT.within() : file.pause().within();
    Instant since = Instant.now().minus(within);
    ObjectNode json = ExactJson.MAPPER.createObjectNode();
    json.put("recipient", name);
    json.put("state", courier == null ? "no file" : courier.state().name());
    json.set("hold", hold(hold));
    json.put("inFlight", courier == null ? 0 : courier.inFlight());
    json.put("cursor", standing.cursor());
    json.put("ahead", standing.ahead());
    json.put("waiting", standing.waiting());
    json.put("blocked", standing.blocked());
    json.put("failed", standing.failed());
    json.put("owedBytes", backlog.bytes() + backlog.requestedBytes());
    json.put("oldest", backlog.oldest().map(Instant::toString).orElse(null));
    json.put("trouble", courier == null ? null : courier.trouble());
    json.put("failures", lookup.failureCount(name, since));
    json.put("failuresWithin", within.toString());
    ArrayNode last = json.putArray("lastFailures");
    for (Lookup.Failure failure : lookup.failures(name, since, FAILURES_SHOWN)) {
      last.addObject()
          .put("at", failure.at().toString())
          .put("event", failure.eventId())
          .put("sequence", failure.sequence())
          .put("status", failure.status())
          .put("error", failure.error());
    }
    return json;
  }

  private static @Nullable ObjectNode hold(Optional<Hold> hold) {
    return hold.map(by ->
            ExactJson.MAPPER
                .createObjectNode()
                .put("kind", by.kind().name())
                .put("at", by.at().toString())
                .put("until", by.until().map(Instant::toString).orElse(null))
                .put("reason", by.reason()))
        .orElse(null);
  }

  JsonNode deliveries(Asked asked) throws OperationException {
    Optional<String> recipient = asked.optional("recipient");
    if (recipient.isPresent()) {
      Actions.known(office, recipient.get());
    }
    var range = asked.range();
    Optional<String> event = asked.optional("event");
    if (event.isPresent()) {
      long sequence = Actions.event(office, event.get()).sequence();
      range = range.between(sequence, sequence);
    }
    Long limit = asked.number("limit");
    int most = limit == null ? USUAL_DELIVERIES : Math.clamp(limit, 1, MOST_DELIVERIES);
    Listing.Page page =
        listing.find(
            new Listing.Query(
                recipient.orElse(null),
                range,
                states(asked),
                most,
                asked.optional("before").orElse(null)));
    ObjectNode json = ExactJson.MAPPER.createObjectNode();
    ArrayNode deliveries = json.putArray("deliveries");
    page.found().forEach(found -> deliveries.add(found(found)));
    return json.put("next", page.next());
  }

  /** One delivery with its attempts, and the body that was sent if it is asked for. */
  JsonNode delivery(Asked asked) throws OperationException {
    String recipient = Actions.known(office, asked.text("recipient"));
    Entry entry = Actions.event(office, asked.text("event"));
    Found found =
        listing
            .find(recipient, entry.sequence())
            .orElseThrow(() ->
                new OperationException(
                    "nothing of event "
                        + entry.event().id()
                        + " was sent to "
                        + recipient
                        + ": it is not wanted, is older than the recipient, or its turn has not"
                        + " come"));
    List<Lookup.Logged> attempts = lookup.attempts(recipient, entry.sequence());
    ObjectNode json = ExactJson.MAPPER.createObjectNode();
    json.set("delivery", found(found));
    ArrayNode log = json.putArray("attempts");
    attempts.forEach(attempt -> log.add(attempt(attempt)));
    if (asked.is("body")) {
      Event sent =
          lookup
              .merged(recipient, entry.sequence())
              .map(merged -> merged.in(entry.event()))
              .orElse(entry.event());
      SentBody.of(office.attributeSets(), sent, attempts).show(json);
    }
    return json;
  }

  /** An event whole: the one that is named, else the newest of some entities. */
  JsonNode event(Asked asked) throws OperationException {
    Optional<String> named = asked.optional("event");
    Entry entry;
    if (named.isPresent()) {
      entry = Actions.event(office, named.get());
    } else {
      List<String> entities = new ArrayList<>();
      asked.json().path("entities").forEach(one -> entities.add(one.asText()));
      String id = asked.optional("id").orElse(null);
      entry =
          entities.stream()
              .flatMap(entity -> lookup.newest(entity, id).stream())
              .max(Comparator.comparingLong(Entry::sequence))
              .orElseThrow(() ->
                  new OperationException(
                      "the journal has no event of "
                          + String.join(", ", entities)
                          + (id == null ? "" : " " + id)
                          + ", or not any more"));
    }
    return ExactJson.MAPPER
        .createObjectNode()
        .put("sequence", entry.sequence())
        .put("json", new String(entry.event().json(), StandardCharsets.UTF_8));
  }

  private static Set<State> states(Asked asked) throws OperationException {
    Set<State> states = EnumSet.noneOf(State.class);
    for (JsonNode state : asked.json().path("states")) {
      try {
        states.add(State.valueOf(state.asText().toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw new OperationException("no state of a delivery: " + state.asText());
      }
    }
    return states.isEmpty() ? State.ALL : states;
  }

  private static ObjectNode found(Found found) {
    return ExactJson.MAPPER
        .createObjectNode()
        .put("recipient", found.recipient())
        .put("event", found.eventId())
        .put("sequence", found.sequence())
        .put("entity", found.entityType())
        .put("id", found.entityId())
        .put("type", found.eventType())
        .put("committedAt", found.committedAt().toString())
        .put("state", found.state())
        .put("next", text(found.next()))
        .put("attempts", found.attempts())
        .put("redelivery", found.redelivery())
        .put("lastAttempt", text(found.lastAttempt()))
        .put("status", found.status())
        .put("reason", found.reason());
  }

  private static ObjectNode attempt(Lookup.Logged logged) {
    Attempt attempt = logged.attempt();
    return ExactJson.MAPPER
        .createObjectNode()
        .put("redelivery", logged.redelivery())
        .put("number", attempt.number())
        .put("at", attempt.at().toString())
        .put("tookMillis", attempt.took().toMillis())
        .put("request", attempt.requestId())
        .put("status", attempt.status())
        .put("error", attempt.error())
        .put("answer", attempt.answer())
        .put("attributeSet", attempt.attributeSet())
        .put("bodySha256", attempt.bodySha256())
        .put("outcome", logged.outcome());
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }
}
