package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.api.Operation.Answerer;
import io.rowhook.base.Json;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.Difference;
import io.rowhook.journal.Resync;
import io.rowhook.journal.StateAudit;
import io.rowhook.recipient.Recipient;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Holding recipients against the source. */
final class AuditOperations {

  private static final String TAG = "Audits";
  private static final int MOST = 1_000;
  private static final int USUAL = 50;

  private static final Parameter ID =
      Parameter.path("audit", Schema.count().example("4"), "its number");

  private static final List<String> KINDS =
      Arrays.stream(Difference.Kind.values())
          .filter(kind -> kind != Difference.Kind.suspect)
          .map(Enum::name)
          .toList();

  static final Schema AUDIT =
      Schema.named(
          "Audit",
          Schema.fields()
              .must("id", Schema.count())
              .must("recipient", Schema.text())
              .must("entity", Schema.text())
              .must("rate", Schema.count().about("entities a second, at most"))
              .must("repair", Schema.flag().about("whether what differs is sent again"))
              .must(
                  "state",
                  Schema.oneOf(Arrays.stream(Resync.State.values()).map(Enum::name).toList()))
              .must(
                  "phase",
                  Schema.oneOf(Arrays.stream(StateAudit.Phase.values()).map(Enum::name).toList())
                      .about(
                          "`source`: it reads what there is; `recipient`: it counts what the"
                              + " recipient has; `doubtful`: it looks for what the source has no"
                              + " more; `settling`: it looks again at what seemed to differ"))
              .must("reason", Schema.text().orNull().about("why it ended"))
              .must("waits", Schema.text().orNull().about("what it waits for"))
              .must("estimate", Schema.count().about("about how many entities there are"))
              .must("read", Schema.count().about("entities of the source"))
              .must("held", Schema.count().about("of these so many the recipient has"))
              .must("outside", Schema.count().about("of these so many are not for it"))
              .must("unread", Schema.count().about("so many could not be read"))
              .must("suspect", Schema.count().about("so many are to be looked at again"))
              .must("missing", Schema.count().about("the source has it, the recipient does not"))
              .must("stale", Schema.count().about("the recipient has another state"))
              .must("superfluous", Schema.count().about("the recipient alone has it"))
              .must("pending", Schema.count().about("a delivery is on its way, or waits"))
              .must("resync", Schema.count().orNull().about("the number of what mends it"))
              .must("beganAt", Schema.time())
              .must("endedAt", Schema.time().orNull()));

  private static final Schema BEGIN =
      Schema.closed()
          .may("recipient", Schema.text(1, 255).about("of whom; without: of all"))
          .may("entity", Common.ENTITY.about("of what; without: of all"))
          .may(
              "rate",
              Schema.whole(1, Resync.MOST_RATE)
                  .about("entities a second, at most; without: " + StateAudit.DEFAULT_RATE))
          .may(
              "repair",
              Schema.flag()
                  .about(
                      "whether what differs is sent again: as event `Snapshot`, and `Deleted` for"
                          + " what the source has no more"));

  private static final Schema REFUSED =
      Schema.fields()
          .must("recipient", Schema.text())
          .must("entity", Schema.text())
          .must("why", Schema.text());

  private static final Schema DIFFERENCE =
      Schema.named(
          "Difference",
          Schema.fields()
              .must("entityId", Schema.text())
              .must("kind", Schema.oneOf(KINDS))
              .must(
                  "why",
                  Schema.oneOf(
                      Arrays.stream(Difference.Why.values())
                          .filter(why -> why != Difference.Why.open)
                          .map(Enum::name)
                          .toList())));

  static final List<Operation> ALL =
      List.of(
          Operation.post("/v1/audits", "beginAudits")
              .says(TAG, "Holds what recipients have against what the source has")
              .about(
                  "For each entity the state that a recipient has acknowledged last against the"
                      + " source now, while changes go on. Nobody is sent anything, unless it is to"
                      + " be mended.")
              .answeredBy(Answerer.capturing)
              .requires(BEGIN)
              .answers(
                  202,
                  "They have begun",
                  Schema.fields()
                      .must("audits", Schema.list(AUDIT))
                      .must("refused", Schema.list(REFUSED).about("which have not, and why")))
              .or(ProblemType.NOT_FOUND, ProblemType.CONFLICT, ProblemType.UNAVAILABLE)
              .by(AuditOperations::begin),
          Operation.get("/v1/audits", "listAudits")
              .says(TAG, "Those that run and ran, the newest first")
              .answeredBy(Answerer.capturing)
              .answers(200, "At most fifty", Schema.fields().must("audits", Schema.list(AUDIT)))
              .by((service, _) -> list(service)),
          Operation.get("/v1/audits/{audit}", "getAudit")
              .says(TAG, "One that runs or ran")
              .answeredBy(Answerer.capturing)
              .with(ID)
              .answers(200, "How far it is, and how many differ", AUDIT)
              .by((service, request) -> ApiAnswer.ok(service.audits().show(id(request)))),
          Operation.get("/v1/audits/{audit}/differences", "listDifferences")
              .says(TAG, "What it has found, by the ids of the entities")
              .about("Of the last hundred audits that have ended.")
              .answeredBy(Answerer.capturing)
              .with(
                  ID,
                  Parameter.query(
                      "limit", Schema.whole(1, MOST), "at most so many; without: " + USUAL),
                  Parameter.query(
                      "after", Schema.text(0, 10_000), "only ids after this one: its `next`"))
              .answers(
                  200,
                  "A page",
                  Schema.fields()
                      .must("differences", Schema.list(DIFFERENCE))
                      .must("next", Schema.text().orNull().about("null: there are no more")))
              .by(AuditOperations::differences),
          Operation.delete("/v1/audits/{audit}", "cancelAudit")
              .says(TAG, "Ends one that runs")
              .answeredBy(Answerer.capturing)
              .with(ID)
              .answers(200, "It has ended", AUDIT)
              .or(ProblemType.CONFLICT)
              .by((service, request) -> ApiAnswer.ok(service.audits().cancel(id(request)))));

  private AuditOperations() {}

  private static long id(ApiRequest request) {
    Long id = request.number("audit");
    return id == null ? 0 : id;
  }

  private static ApiAnswer begin(RunningService service, ApiRequest request)
      throws ApiException, DeliveryAdminException, InterruptedException {
    Optional<String> name = request.optional("recipient");
    List<Recipient> recipients =
        name.isPresent()
            ? List.of(Recipients.served(service, name.get()))
            : service.recipients().get();
    ObjectNode answer =
        service
            .audits()
            .begin(
                recipients,
                request.optional("entity"),
                request.number("rate"),
                request.fields().path("repair").asBoolean());
    return ApiAnswer.of(202, answer);
  }

  private static ApiAnswer list(RunningService service) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    ArrayNode all = json.putArray("audits");
    service.audits().newest().forEach(all::add);
    return ApiAnswer.ok(json);
  }

  private static ApiAnswer differences(RunningService service, ApiRequest request)
      throws ApiException {
    Long limit = request.number("limit");
    int most = limit == null ? USUAL : limit.intValue();
    List<Difference> found =
        service.audits().differences(id(request), request.optional("after").orElse(""), most + 1);
    boolean more = found.size() > most;
    List<Difference> page = more ? found.subList(0, most) : found;
    ObjectNode json = Json.MAPPER.createObjectNode();
    ArrayNode all = json.putArray("differences");
    for (Difference one : page) {
      all.addObject()
          .put("entityId", one.id())
          .put("kind", one.kind().name())
          .put("why", one.why().name());
    }
    return ApiAnswer.ok(json.put("next", more ? page.getLast().id() : null));
  }
}
