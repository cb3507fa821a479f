package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.preview.EventFile;
import io.rowhook.admin.preview.PreviewView;
import io.rowhook.base.Json;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.JournalQueries;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.settings.Settings;
import io.rowhook.settings.SettingsDrafts.Draft;
import io.rowhook.template.DraftRendering;
import io.rowhook.webhook.DeliveryPreview;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Events of the journal, and what a recipient would be sent of one. */
final class EventOperations {

  private static final String TAG = "Events";
  private static final int MOST_ENTITIES = 100;

  private static final Schema EVENT =
      Schema.named(
          "Event",
          Schema.fields()
              .must("sequence", Common.SEQUENCE)
              .must(
                  "event",
                  Schema.map(Schema.anything())
                      .about("as a recipient without a template gets it: the built-in set full")));

  private static final Schema PREVIEW =
      Schema.named(
          "Preview",
          Schema.fields()
              .must("recipient", Schema.text())
              .must("event", Schema.text())
              .must("sequence", Common.SEQUENCE)
              .must("entity", Schema.text())
              .must("id", Schema.text())
              .must("type", Schema.text())
              .must("wanted", Schema.flag().about("whether a subscription wants it"))
              .must("why", Schema.list(Schema.text()).about("which one, or of each why not"))
              .must(
                  "missing",
                  Schema.list(Schema.text()).about("what is read and the event does not have"))
              .must("attributeSet", Schema.text().orNull())
              .must("method", Schema.text())
              .must("url", Schema.text().about("what may be secret in it is `***`"))
              .must("headers", Common.HEADERS)
              .must("body", Schema.text().orNull())
              .must("trouble", Schema.text().orNull().about("why it cannot be rendered")));

  static final List<Operation> ALL =
      List.of(
          Operation.get("/v1/events/{event}", "getEvent")
              .says(TAG, "An event of the journal, whole")
              .with(Common.EVENT)
              .answers(200, "The event", EVENT)
              .by((service, request) -> shown(Recipients.event(service, request.text("event")))),
          Operation.get("/v1/events", "getNewestEvent")
              .says(TAG, "The newest event of some entities")
              .about("Looked for among the last 100,000 events of the journal.")
              .with(
                  new Parameter(
                      "entity",
                      Parameter.Place.query,
                      Schema.list(Common.ENTITY, MOST_ENTITIES),
                      true,
                      "of one of these"),
                  Parameter.query("id", Common.ENTITY_ID, "with this id"))
              .answers(200, "The event", EVENT)
              .or(ProblemType.NOT_FOUND)
              .by((service, request) ->
                  shown(
                      newest(
                          service, request.texts("entity"), request.optional("id").orElse(null)))),
          Operation.post("/v1/recipients/{recipient}/preview", "preview")
              .says(TAG, "What it would be sent of an event; sends nothing")
              .about(
                  "By the settings in force, with the edits that come along. Of the event that is"
                      + " given or named, else the newest of `entity`, else the newest that its"
                      + " subscriptions are about. "
                      + Drafts.RULES)
              .needs(Right.read)
              .with(Common.RECIPIENT)
              .takesFiles(
                  Schema.closed()
                      .may("event", Schema.text(1, 64).about("id or sequence"))
                      .may("entity", Common.ENTITY)
                      .may("id", Common.ENTITY_ID.about("of the entity"))
                      .may(
                          "given",
                          Schema.map(Schema.anything())
                              .about("an event, in the shape of the built-in set full"))
                      .may(Drafts.TEMPLATES, Drafts.TEMPLATE_TEXTS)
                      .may(
                          "yaml",
                          Schema.text(0, EditSchemas.MOST)
                              .about("the recipient's file, edited; it need not be there yet")))
              .answers(200, "The request, or why there is none", PREVIEW)
              .by(EventOperations::preview));

  private EventOperations() {}

  private static ApiAnswer shown(JournalEntry entry) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("sequence", entry.sequence());
    try {
      json.set("event", Json.MAPPER.readTree(entry.event().json()));
    } catch (IOException e) {
      throw new IllegalStateException("an event of the journal is JSON", e);
    }
    return ApiAnswer.ok(json);
  }

  private static JournalEntry newest(
      RunningService service, List<String> entities, @org.jspecify.annotations.Nullable String id)
      throws ApiException {
    JournalQueries queries = service.journal().queries();
    return entities.stream()
        .flatMap(entity -> queries.newest(entity, id).stream())
        .max(Comparator.comparingLong(JournalEntry::sequence))
        .orElseThrow(() ->
            new ApiException(
                ProblemType.NOT_FOUND,
                "the journal has no event of "
                    + String.join(", ", entities)
                    + (id == null ? "" : " " + id)
                    + ", or not any more"));
  }

  private static ApiAnswer preview(RunningService service, ApiRequest request)
      throws ApiException, InterruptedException {
    String name = request.text("recipient");
    Map<String, Optional<String>> file = new HashMap<>();
    request.optional("yaml").ifPresent(yaml -> file.put(name, Optional.of(yaml)));
    Draft draft = new Draft(Drafts.texts(request, Drafts.TEMPLATES), file);
    if (file.isEmpty()) {
      Recipient to = Recipients.served(service, name);
      if (draft.isEmpty()) {
        JournalEntry entry = entry(service, request, to);
        return answer(to, entry, DeliveryPreview.of(to, service.templates(), entry, Instant.now()));
      }
    }
    Settings edited = Drafts.tried(service, request, draft).edited();
    Recipient to = Recipients.of(edited.recipients(), name);
    JournalEntry entry = entry(service, request, to);
    return answer(
        to,
        entry,
        DraftRendering.call(() -> DeliveryPreview.of(to, edited.sets(), entry, Instant.now())));
  }

  private static ApiAnswer answer(Recipient to, JournalEntry entry, DeliveryPreview preview) {
    return ApiAnswer.ok(PreviewView.json(to, entry, preview));
  }

  private static JournalEntry entry(RunningService service, ApiRequest request, Recipient to)
      throws ApiException {
    JsonNode given = request.fields().get("given");
    if (given != null) {
      try {
        return new JournalEntry(0, EventFile.event("given", given));
      } catch (IllegalStateException e) {
        throw ApiException.wrong("#/given", String.valueOf(e.getMessage()));
      }
    }
    if (request.optional("event").isPresent()) {
      return Recipients.event(service, request.text("event"));
    }
    List<String> entities =
        request
            .optional("entity")
            .map(List::of)
            .orElseGet(
                () -> to.subscriptions().stream().map(Subscription::entity).distinct().toList());
    return newest(service, entities, request.optional("id").orElse(null));
  }
}
