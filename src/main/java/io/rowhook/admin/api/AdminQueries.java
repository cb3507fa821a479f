package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.ServiceStatus;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.DeliverySearch;
import io.rowhook.journal.DeliverySearch.Found;
import io.rowhook.journal.DeliverySearch.State;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.JournalQueries;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What commands look at: deliveries and events; {@link ServiceStatus} has the state of all. */
final class AdminQueries {

  static final int MOST_DELIVERIES = 1_000;
  private static final int USUAL_DELIVERIES = 50;

  private final RunningService service;
  private final JournalQueries queries;
  private final DeliverySearch search;

  AdminQueries(RunningService service) {
    this.service = service;
    this.queries = service.journal().queries();
    this.search = service.journal().search();
  }

  JsonNode deliveries(AdminRequest request) throws DeliveryAdminException {
    Optional<String> recipient = request.optional("recipient");
    if (recipient.isPresent()) {
      AdminCommands.knownRecipient(service, recipient.get());
    }
    var filter = request.filter();
    Optional<String> event = request.optional("event");
    if (event.isPresent()) {
      long sequence = AdminCommands.event(service, event.get()).sequence();
      filter = filter.between(sequence, sequence);
    }
    Long limit = request.number("limit");
    int most = limit == null ? USUAL_DELIVERIES : Math.clamp(limit, 1, MOST_DELIVERIES);
    DeliverySearch.Page page =
        search.find(
            new DeliverySearch.Query(
                recipient.orElse(null),
                filter,
                states(request),
                most,
                request.optional("before").orElse(null)));
    ObjectNode json = Json.MAPPER.createObjectNode();
    ArrayNode deliveries = json.putArray("deliveries");
    page.found().forEach(found -> deliveries.add(found(found)));
    return json.put("next", page.next());
  }

  /** One delivery with its attempts, and the body that was sent if it is asked for. */
  JsonNode delivery(AdminRequest request) throws DeliveryAdminException {
    String recipient = AdminCommands.knownRecipient(service, request.text("recipient"));
    JournalEntry entry = AdminCommands.event(service, request.text("event"));
    Found found =
        search
            .find(recipient, entry.sequence())
            .orElseThrow(() ->
                new DeliveryAdminException(
                    "nothing of event "
                        + entry.event().id()
                        + " was sent to "
                        + recipient
                        + ": it is not wanted, is older than the recipient, or its turn has not"
                        + " come. Whether a subscription wants it, and by which condition not,"
                        + " says rowhook preview "
                        + recipient
                        + " --event "
                        + entry.event().id()));
    List<JournalQueries.Logged> attempts = queries.attempts(recipient, entry.sequence());
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.set("delivery", found(found));
    ArrayNode log = json.putArray("attempts");
    attempts.forEach(attempt -> log.add(attempt(attempt)));
    if (request.is("body")) {
      Event sent =
          queries
              .coalesced(recipient, entry.sequence())
              .map(coalesced -> coalesced.in(entry.event()))
              .orElse(entry.event());
      BodyReconstruction.of(service.templates(), sent, attempts).show(json);
    }
    return json;
  }

  /** An event whole: the one that is named, else the newest of some entities. */
  JsonNode event(AdminRequest request) throws DeliveryAdminException {
    Optional<String> named = request.optional("event");
    JournalEntry entry;
    if (named.isPresent()) {
      entry = AdminCommands.event(service, named.get());
    } else {
      List<String> entities = new ArrayList<>();
      request.json().path("entities").forEach(one -> entities.add(one.asText()));
      String id = request.optional("id").orElse(null);
      entry =
          entities.stream()
              .flatMap(entity -> queries.newest(entity, id).stream())
              .max(Comparator.comparingLong(JournalEntry::sequence))
              .orElseThrow(() ->
                  new DeliveryAdminException(
                      "the journal has no event of "
                          + String.join(", ", entities)
                          + (id == null ? "" : " " + id)
                          + ", or not any more"));
    }
    return Json.MAPPER
        .createObjectNode()
        .put("sequence", entry.sequence())
        .put("json", new String(entry.event().json(), StandardCharsets.UTF_8));
  }

  private static Set<State> states(AdminRequest request) throws DeliveryAdminException {
    Set<State> states = EnumSet.noneOf(State.class);
    for (JsonNode state : request.json().path("states")) {
      try {
        states.add(State.valueOf(state.asText().toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw new DeliveryAdminException("no state of a delivery: " + state.asText());
      }
    }
    return states.isEmpty() ? State.ALL : states;
  }

  private static ObjectNode found(Found found) {
    return Json.MAPPER
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

  private static ObjectNode attempt(JournalQueries.Logged logged) {
    Attempt attempt = logged.attempt();
    return Json.MAPPER
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
