package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.api.Operation.Answerer;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.DeliveryFilter;
import io.rowhook.journal.DeliverySearch;
import io.rowhook.journal.DeliverySearch.Found;
import io.rowhook.journal.DeliverySearch.State;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.JournalQueries;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Deliveries: looked for, shown with their journey, sent again, let go. */
final class DeliveryOperations {

  private static final int MOST = 1_000;
  private static final int USUAL = 50;
  private static final String TAG = "Deliveries";

  private static final String PATH = "/v1/recipients/{recipient}/deliveries/{event}";

  private static final Schema DELIVERY =
      Schema.named(
          "Delivery",
          Schema.fields()
              .must("recipient", Schema.text())
              .must("event", Schema.text().about("the event's id"))
              .must("sequence", Common.SEQUENCE.about("its place in the journal"))
              .must("entity", Schema.text())
              .must("id", Schema.text().about("the entity's id"))
              .must("type", Schema.text().about("`Created`, `Updated`, `Deleted` or `Snapshot`"))
              .must("committedAt", Schema.time())
              .must("state", Schema.oneOf(Common.STATES))
              .must("next", Schema.time().orNull().about("when the next attempt is due"))
              .must("attempts", Schema.count().about("made so far, over all redeliveries"))
              .must("redelivery", Schema.count().about("how often a person has redelivered it"))
              .must("lastAttempt", Schema.time().orNull())
              .must("status", Schema.whole(100, 999).orNull().about("of the last answer"))
              .must("reason", Schema.text().orNull().about("why it stands as it does")));

  private static final Schema ATTEMPT =
      Schema.named(
          "Attempt",
          Schema.fields()
              .must("redelivery", Schema.count())
              .must("number", Schema.count().about("from 1, again with each redelivery"))
              .must("at", Schema.time())
              .must("tookMillis", Schema.count())
              .must("request", Schema.text().orNull().about("the header `Rowhook-Request-Id`"))
              .must("status", Schema.whole(100, 999).orNull())
              .must("error", Schema.text().orNull())
              .must("answer", Schema.text().orNull().about("the beginning of it"))
              .must("attributeSet", Schema.text().orNull().about("the hash of its template"))
              .must("bodySha256", Schema.text().orNull())
              .must("outcome", Schema.text()));

  static final List<Operation> ALL =
      List.of(
          Operation.get("/v1/deliveries", "listDeliveries")
              .says(TAG, "Deliveries, the newest first")
              .about(
                  "The backlog, which was not attempted yet, is `pending`: asked for alone, and of"
                      + " one recipient. Such a page may be short, and have a next one.")
              .with(Common.FILTER_PARAMETERS.toArray(Parameter[]::new))
              .with(EventSearchOperations.COLUMN)
              .with(
                  Parameter.query("recipient", Common.RECIPIENT_NAME, "of this recipient only"),
                  Parameter.query("event", Schema.text(1, 64), "of this event: id or sequence"),
                  Parameter.query(
                      "state",
                      Schema.list(Schema.oneOf(Common.STATES), Common.STATES.size()),
                      "in one of these states; without: all but `skipped` and `pending`"),
                  Parameter.query(
                      "limit", Schema.whole(1, MOST), "at most so many; without: " + USUAL),
                  Parameter.query(
                      "cursor",
                      Schema.text("-?[0-9]{1,18}\\.[0-9]{1,18}", 40),
                      "the page after one that said so: its `next`"))
              .answers(
                  200,
                  "A page",
                  Schema.fields()
                      .must("deliveries", Schema.list(DELIVERY))
                      .must("next", Common.NEXT))
              .or(ProblemType.NOT_FOUND)
              .by(DeliveryOperations::list),
          Operation.get(PATH, "getDelivery")
              .says(TAG, "A delivery with all its attempts")
              .with(
                  Common.RECIPIENT,
                  Common.EVENT,
                  Parameter.query("body", Schema.flag(), "also the body that was sent"))
              .answers(
                  200,
                  "Its whole journey",
                  Schema.fields()
                      .must("delivery", DELIVERY)
                      .must("attempts", Schema.list(ATTEMPT))
                      .may("body", Schema.text().orNull())
                      .may("bodyIsAsSent", Schema.flag())
                      .may("bodyTrouble", Schema.text().orNull().about("why it is not")))
              .by(DeliveryOperations::show),
          Operation.post(PATH + "/redeliver", "redeliver")
              .says(TAG, "Sends it again now, with the same id, rendered anew")
              .about("Also while the recipient is paused; while the kill switch is set, it waits.")
              .answeredBy(Answerer.server)
              .with(Common.RECIPIENT, Common.EVENT)
              .answers(200, "It goes out, now or when nothing holds it", Common.REDELIVERY)
              .or(ProblemType.CONFLICT)
              .by(DeliveryOperations::redeliver),
          Operation.post(PATH + "/discard", "discardDelivery")
              .says(TAG, "Lets it go: it ends failed, and what is blocked behind it goes on")
              .answeredBy(Answerer.server)
              .with(Common.RECIPIENT, Common.EVENT)
              .answers(200, "It is discarded", Common.OUTCOME)
              .or(ProblemType.CONFLICT)
              .by(DeliveryOperations::discard));

  private DeliveryOperations() {}

  private static ApiAnswer list(RunningService service, ApiRequest request) throws ApiException {
    Optional<String> recipient = request.optional("recipient");
    if (recipient.isPresent()) {
      Recipients.known(service, recipient.get());
    }
    DeliveryFilter filter = request.filter();
    Optional<String> event = request.optional("event");
    if (event.isPresent()) {
      long sequence = Recipients.event(service, event.get()).sequence();
      filter = filter.between(sequence, sequence);
    }
    List<String> names = request.texts("state");
    boolean pending = names.contains(Common.PENDING);
    Set<State> states = EnumSet.noneOf(State.class);
    names.stream()
        .filter(name -> !name.equals(Common.PENDING))
        .forEach(name -> states.add(State.valueOf(name.toUpperCase(Locale.ROOT))));
    if (pending && (recipient.isEmpty() || !states.isEmpty())) {
      throw ApiException.wrongParameter(
          "state",
          "state: pending is asked for alone and of one recipient: name the recipient, and ask for"
              + " the other states by themselves");
    }
    Long limit = request.number("limit");
    DeliverySearch.Query query =
        new DeliverySearch.Query(
            recipient.orElse(null),
            filter,
            states.isEmpty() ? State.ALL : states,
            limit == null ? USUAL : limit.intValue(),
            request.optional("cursor").orElse(null),
            EventSearchOperations.columns(service, request));
    DeliverySearch search = service.journal().search();
    DeliverySearch.Page page =
        pending
            ? search.pending(query, Recipients.wanted(service, recipient.get()))
            : search.find(query);
    ObjectNode json = Json.MAPPER.createObjectNode();
    ArrayNode deliveries = json.putArray("deliveries");
    page.found().forEach(found -> deliveries.add(found(found)));
    return ApiAnswer.ok(json.put("next", page.next()));
  }

  private static ApiAnswer show(RunningService service, ApiRequest request) throws ApiException {
    String recipient = Recipients.known(service, request.text("recipient"));
    JournalEntry entry = Recipients.event(service, request.text("event"));
    JournalQueries queries = service.journal().queries();
    Optional<Found> known = service.journal().search().find(recipient, entry.sequence());
    Found found =
        (known.isPresent() ? known : pending(service, recipient, entry.sequence()))
            .orElseThrow(() ->
                new ApiException(
                    ProblemType.NOT_FOUND,
                    "nothing of event "
                        + entry.event().id()
                        + " was sent to "
                        + recipient
                        + ": it is not wanted, or is older than the recipient. Whether a"
                        + " subscription wants it, and by which condition not, says rowhook preview"
                        + " "
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
    return ApiAnswer.ok(json);
  }

  private static Optional<Found> pending(RunningService service, String recipient, long sequence)
      throws ApiException {
    if (service.recipients().get().stream().noneMatch(one -> one.name().equals(recipient))) {
      return Optional.empty();
    }
    DeliverySearch.Query query =
        new DeliverySearch.Query(
            recipient, DeliveryFilter.ALL.between(sequence, sequence), State.ALL, 1, null);
    return service
        .journal()
        .search()
        .pending(query, Recipients.wanted(service, recipient))
        .found()
        .stream()
        .findFirst();
  }

  private static ApiAnswer redeliver(RunningService service, ApiRequest request)
      throws ApiException, DeliveryAdminException, InterruptedException {
    String recipient = Recipients.served(service, request.text("recipient")).name();
    JournalEntry entry = Recipients.event(service, request.text("event"));
    if (!entry.event().isFor(recipient)) {
      throw new DeliveryAdminException(
          "event "
              + entry.event().id()
              + " is for recipient "
              + entry.event().audience()
              + " alone, and goes to nobody else"
              + (entry.event().type().isOwn()
                  ? ""
                  : ": rowhook resync brings " + recipient + " up to date"));
    }
    service.journal().deliveryAdmin().redeliver(recipient, entry.sequence(), Instant.now());
    service.dispatchers().deliveriesChanged(recipient);
    return ApiAnswer.ok(
        Recipients.outcome(true, 1)
            .put("held", Recipients.killed(service).orElse(null))
            .put("event", entry.event().id())
            .put("sequence", entry.sequence()));
  }

  private static ApiAnswer discard(RunningService service, ApiRequest request)
      throws ApiException, DeliveryAdminException, InterruptedException {
    String recipient = Recipients.known(service, request.text("recipient"));
    long sequence = Recipients.event(service, request.text("event")).sequence();
    service.journal().deliveryAdmin().discard(recipient, sequence);
    service.dispatchers().deliveriesChanged(recipient);
    return ApiAnswer.ok(Recipients.outcome(true, 1));
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

  private static JsonNode attempt(JournalQueries.Logged logged) {
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
