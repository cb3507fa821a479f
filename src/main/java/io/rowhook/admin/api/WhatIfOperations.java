package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.whatif.WhatIfs;
import io.rowhook.base.DidYouMean;
import io.rowhook.base.Json;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.DeliveryFilter;
import io.rowhook.settings.SettingsDrafts.Draft;
import io.rowhook.settings.SettingsDrafts.Tried;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What edits would have done to events that were. */
final class WhatIfOperations {

  private static final String TAG = "What-ifs";
  private static final int MOST_RECIPIENTS = 1_000;
  private static final String RECIPIENTS = "recipients";

  private static final Parameter ID =
      Parameter.path("whatIf", Schema.count().example("3"), "its number");

  private static final Schema KEYS =
      Schema.list(
              Schema.fields()
                  .must("key", Schema.text().example("lines[].sku"))
                  .must("count", Schema.count().about("in the bodies of so many events")))
          .about("at most 100, those of most events first; not of XML");

  private static final Schema EXAMPLE =
      Schema.fields()
          .must(
              "kind", Schema.oneOf(List.of("changed", "appeared", "vanished", "breaks", "mended")))
          .must("event", Schema.text())
          .must("sequence", Common.SEQUENCE)
          .must("entity", Schema.text())
          .must("id", Schema.text())
          .must("type", Schema.text())
          .must("before", Schema.text().orNull().about("the body, cut off if it is long"))
          .must("after", Schema.text().orNull())
          .must("trouble", Schema.text().orNull().about("why it breaks, or did"));

  private static final Schema DIFFERENCES =
      Schema.fields()
          .must("recipient", Schema.text())
          .must("same", Schema.count().about("events with the same body before and after"))
          .must("changed", Schema.count().about("with another body"))
          .must("newlyWanted", Schema.count().about("that no subscription wanted before"))
          .must("noLongerWanted", Schema.count())
          .must("breaks", Schema.count().about("whose delivery would now end failed"))
          .must("mended", Schema.count().about("whose delivery would have ended failed before"))
          .must("keysAppear", KEYS)
          .must("keysVanish", KEYS)
          .must("examples", Schema.list(EXAMPLE).about("of each kind the oldest five"));

  private static final ObjectSchema SUMMARY =
      Schema.fields()
          .must("id", Schema.count())
          .must("state", Schema.oneOf(List.of("running", "done", "cancelled", "failed")))
          .must("reason", Schema.text().orNull().about("why it failed"))
          .must("beganAt", Schema.time())
          .must("events", Schema.count().about("in the range, as far as they are counted"))
          .must("examined", Schema.count().about("of them; none where no recipient is concerned"))
          .must("elapsedMillis", Schema.count());

  private static final Schema WHAT_IF =
      Schema.named(
          "WhatIf",
          SUMMARY
              .must(
                  RECIPIENTS,
                  Schema.list(DIFFERENCES).about("those that the edits can make a difference to"))
              .must("unaffected", Schema.list(Schema.text()).about("all others")));

  static final List<Operation> ALL =
      List.of(
          Operation.post("/v1/what-ifs", "beginWhatIf")
              .says(TAG, "Has events that were rendered by edited settings; sends nothing")
              .about(
                  "Each event of the range, by the settings in force and by the edited ones, for"
                      + " each recipient that they differ for. Bodies are compared: JSON with every"
                      + " digit of its numbers, XML as text. Two run at once, and the last eight"
                      + " are kept while Rowhook runs, until something is erased. "
                      + Drafts.RULES)
              .needs(Right.read)
              .takesFiles(
                  Common.FILTER
                      .may(
                          RECIPIENTS,
                          Schema.list(Common.RECIPIENT_NAME, MOST_RECIPIENTS)
                              .about("only these; without: all"))
                      .may(Drafts.TEMPLATES, Drafts.TEMPLATE_TEXTS)
                      .may(Drafts.FILES, Drafts.FILE_TEXTS))
              .answers(202, "It has begun", WHAT_IF)
              .or(ProblemType.CONFLICT)
              .by(WhatIfOperations::begin),
          Operation.get("/v1/what-ifs", "listWhatIfs")
              .says(TAG, "Those that run and ran, the newest first")
              .answers(
                  200,
                  "At most eight, without what they have found",
                  Schema.fields().must("whatIfs", Schema.list(SUMMARY)))
              .by((service, _) -> list(service)),
          Operation.get("/v1/what-ifs/{whatIf}", "getWhatIf")
              .says(TAG, "What one has found by now")
              .with(ID)
              .answers(200, "How far it is, and what is different", WHAT_IF)
              .by((service, request) -> answer(service.whatIfs().show(id(request)))),
          Operation.delete("/v1/what-ifs/{whatIf}", "endWhatIf")
              .says(TAG, "Ends one, unless it has ended")
              .needs(Right.read)
              .with(ID)
              .answers(200, "What it has found", WHAT_IF)
              .by((service, request) -> answer(service.whatIfs().cancel(id(request)))));

  private WhatIfOperations() {}

  private static long id(ApiRequest request) {
    Long id = request.number("whatIf");
    return id == null ? 0 : id;
  }

  private static ApiAnswer answer(Optional<ObjectNode> found) throws ApiException {
    return ApiAnswer.ok(
        found.orElseThrow(() ->
            new ApiException(
                ProblemType.NOT_FOUND,
                "there is no such what-if, or not any more: the last "
                    + WhatIfs.KEPT
                    + " are kept. Begin another")));
  }

  private static ApiAnswer begin(RunningService service, ApiRequest request)
      throws ApiException, DeliveryAdminException, InterruptedException {
    DeliveryFilter filter = request.filter();
    Tried tried =
        Drafts.tried(
            service,
            request,
            new Draft(
                Drafts.texts(request, Drafts.TEMPLATES), Drafts.texts(request, Drafts.FILES)));
    Set<String> names = WhatIfs.names(tried);
    List<String> asked = request.texts(RECIPIENTS);
    for (int i = 0; i < asked.size(); i++) {
      String name = asked.get(i);
      if (!names.contains(name)) {
        throw ApiException.wrong(
            "#/recipients/" + i,
            "there is no recipient '%s'. %s"
                .formatted(name, DidYouMean.advice(name, new ArrayList<>(names), "There are")));
      }
    }
    ObjectNode job =
        service.whatIfs().begin(tried, asked.isEmpty() ? names : Set.copyOf(asked), filter);
    return ApiAnswer.of(202, job).with("Location", "/v1/what-ifs/" + job.path("id").asText());
  }

  private static ApiAnswer list(RunningService service) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    ArrayNode all = json.putArray("whatIfs");
    service.whatIfs().list().forEach(all::add);
    return ApiAnswer.ok(json);
  }
}
