package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
final class Views {

  static final int MOST_DELIVERIES = 1_000;
  private static final int USUAL_DELIVERIES = 50;

  private final Office office;
  private final JournalQueries queries;
  private final DeliverySearch search;

  Views(Office office) {
    this.office = office;
    this.queries = office.journal().queries();
    this.search = office.journal().search();
  }

  JsonNode deliveries(Asked asked) throws DeliveryAdminException {
    Optional<String> recipient = asked.optional("recipient");
    if (recipient.isPresent()) {
      Actions.known(office, recipient.get());
    }
    var filter = asked.filter();
    Optional<String> event = asked.optional("event");
    if (event.isPresent()) {
      long sequence = Actions.event(office, event.get()).sequence();
      filter = filter.between(sequence, sequence);
    }
    Long limit = asked.number("limit");
    int most = limit == null ? USUAL_DELIVERIES : Math.clamp(limit, 1, MOST_DELIVERIES);
    DeliverySearch.Page page =
        search.find(
            new DeliverySearch.Query(
                recipient.orElse(null),
                filter,
                states(asked),
                most,
                asked.optional("before").orElse(null)));
    ObjectNode json = Json.MAPPER.createObjectNode();
    ArrayNode deliveries = json.putArray("deliveries");
    page.found().forEach(found -> deliveries.add(found(found)));
    return json.put("next", page.next());
  }

  /** One delivery with its attempts, and the body that was sent if it is asked for. */
  JsonNode delivery(Asked asked) throws DeliveryAdminException {
    String recipient = Actions.known(office, asked.text("recipient"));
    JournalEntry entry = Actions.event(office, asked.text("event"));
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
                        + " come"));
    List<JournalQueries.Logged> attempts = queries.attempts(recipient, entry.sequence());
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.set("delivery", found(found));
    ArrayNode log = json.putArray("attempts");
    attempts.forEach(attempt -> log.add(attempt(attempt)));
    if (asked.is("body")) {
      Event sent =
          queries
              .coalesced(recipient, entry.sequence())
              .map(coalesced -> coalesced.in(entry.event()))
              .orElse(entry.event());
      SentBody.of(office.templates(), sent, attempts).show(json);
    }
    return json;
  }

  /** An event whole: the one that is named, else the newest of some entities. */
  JsonNode event(Asked asked) throws DeliveryAdminException {
    Optional<String> named = asked.optional("event");
    JournalEntry entry;
    if (named.isPresent()) {
      entry = Actions.event(office, named.get());
    } else {
      List<String> entities = new ArrayList<>();
      asked.json().path("entities").forEach(one -> entities.add(one.asText()));
      String id = asked.optional("id").orElse(null);
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

  private static Set<State> states(Asked asked) throws DeliveryAdminException {
    Set<State> states = EnumSet.noneOf(State.class);
    for (JsonNode state : asked.json().path("states")) {
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
