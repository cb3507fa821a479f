package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.RunningService;
import io.rowhook.base.Json;
import io.rowhook.journal.EventSearch;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Events that are looked for, whoever gets them; and columns that one looks by. */
final class EventSearchOperations {

  private static final int MOST = 1_000;
  private static final int USUAL = 50;
  private static final int MOST_COLUMNS = 8;

  /** In characters; only the beginning of what is longer is compared. */
  private static final int LONGEST = 1_000;

  static final Parameter COLUMN =
      Parameter.query(
          "column",
          Schema.map(Schema.text(0, LONGEST)),
          "whose event has, or had, these values in columns that `entities.yaml` indexes:"
              + " `column[order_no]=4711`");

  private static final Schema FOUND =
      Schema.named(
          "FoundEvent",
          Schema.fields()
              .must("sequence", Common.SEQUENCE)
              .must("event", Schema.text().about("its id"))
              .must("entity", Schema.text())
              .must("id", Schema.text().about("the entity's id"))
              .must("type", Schema.text().about("`Created`, `Updated`, `Deleted` or `Snapshot`"))
              .must("committedAt", Schema.time())
              .must("audience", Schema.text().orNull().about("the one recipient it is for"))
              .must("bytes", Schema.count().about("of its JSON")));

  static final List<Operation> ALL =
      List.of(
          Operation.get("/v1/event-search", "searchEvents")
              .says("Events", "Events without their content, the newest first")
              .with(Common.FILTER_PARAMETERS.toArray(Parameter[]::new))
              .with(
                  COLUMN,
                  Parameter.query(
                      "limit", Schema.whole(1, MOST), "at most so many; without: " + USUAL),
                  Parameter.query(
                      "cursor", Common.CURSOR, "the page after one that said so: its `next`"))
              .answers(
                  200,
                  "A page",
                  Schema.fields().must("events", Schema.list(FOUND)).must("next", Common.NEXT))
              .by(EventSearchOperations::search));

  private EventSearchOperations() {}

  /** The columns that a request looks by, which must be indexed. */
  static Map<String, String> columns(RunningService service, ApiRequest request)
      throws ApiException {
    Map<String, String> columns = new TreeMap<>();
    request
        .fields()
        .path("column")
        .properties()
        .forEach(column -> columns.put(column.getKey(), column.getValue().asText()));
    if (columns.size() > MOST_COLUMNS) {
      throw ApiException.wrongParameter(
          "column", "column: " + MOST_COLUMNS + " columns are the most");
    }
    if (columns.isEmpty()) {
      return columns;
    }
    List<String> known = service.journal().events().columns();
    for (String column : columns.keySet()) {
      if (known.stream().noneMatch(one -> one.endsWith("." + column))) {
        throw ApiException.wrongParameter(
            "column",
            "column: the journal has no event that is indexed by "
                + column
                + ". Write it to the index of its entity in entities.yaml: later events are found"
                + " by it. "
                + (known.isEmpty()
                    ? "There are no others."
                    : "There are " + String.join(", ", known)));
      }
    }
    return columns;
  }

  private static ApiAnswer search(RunningService service, ApiRequest request) throws ApiException {
    Long limit = request.number("limit");
    int most = limit == null ? USUAL : limit.intValue();
    List<EventSearch.Found> found =
        service
            .journal()
            .events()
            .find(
                new EventSearch.Query(
                    request.filter(), columns(service, request), Common.cursor(request), most + 1));
    boolean more = found.size() > most;
    List<EventSearch.Found> page = more ? found.subList(0, most) : found;
    ObjectNode json = Json.MAPPER.createObjectNode();
    ArrayNode events = json.putArray("events");
    for (EventSearch.Found one : page) {
      events
          .addObject()
          .put("sequence", one.sequence())
          .put("event", one.eventId())
          .put("entity", one.entityType())
          .put("id", one.entityId())
          .put("type", one.eventType())
          .put("committedAt", one.committedAt().toString())
          .put("audience", one.audience())
          .put("bytes", one.bytes());
    }
    return ApiAnswer.ok(
        more ? json.put("next", Long.toString(page.getLast().sequence())) : json.putNull("next"));
  }
}
