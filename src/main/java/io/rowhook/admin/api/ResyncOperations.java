package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.ResyncActions;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.api.Operation.Answerer;
import io.rowhook.base.Json;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.Resync;
import io.rowhook.recipient.Recipient;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Bringing one recipient up to date with one entity. */
final class ResyncOperations {

  private static final String TAG = "Resyncs";
  private static final int SQL = 10_000;

  private static final Parameter ID =
      Parameter.path("resync", Schema.count().example("3"), "its number");

  static final Schema RESYNC =
      Schema.named(
          "Resync",
          Schema.fields()
              .must("id", Schema.count())
              .must("recipient", Schema.text())
              .must("entity", Schema.text())
              .must("condition", Schema.text().about("in SQL; empty: all"))
              .must("rate", Schema.count().about("rows a second, at most"))
              .must(
                  "state",
                  Schema.oneOf(Arrays.stream(Resync.State.values()).map(Enum::name).toList()))
              .must("reason", Schema.text().orNull().about("why it ended"))
              .must("waits", Schema.text().orNull().about("what it waits for"))
              .must("estimate", Schema.count().about("about how many rows there are"))
              .must("read", Schema.count())
              .must("published", Schema.count())
              .must("beganAt", Schema.time())
              .must("endedAt", Schema.time().orNull()));

  private static final Schema BEGIN =
      Schema.closed()
          .must("entity", Common.ENTITY.about("of what, as `entities.yaml` names it"))
          .may(
              "where",
              Schema.text(0, SQL)
                  .about("only rows of the entity's own table that this SQL condition holds for"))
          .may(
              "since",
              Schema.closed()
                  .must("column", Schema.text(1, 255))
                  .must("value", Schema.text(0, 1_000))
                  .about("only rows whose column is at least a value"))
          .may(
              "rate",
              Schema.whole(1, Resync.MOST_RATE)
                  .about("rows a second, at most; without: " + Resync.DEFAULT_RATE));

  static final List<Operation> ALL =
      List.of(
          Operation.post("/v1/recipients/{recipient}/resync", "beginResync")
              .says(TAG, "Sends it what is there now of one entity, while changes go on")
              .about(
                  "Each once, as event `Snapshot`, and never an older state after a newer one."
                      + " Nobody else is told anything.")
              .answeredBy(Answerer.capturing)
              .with(Common.RECIPIENT)
              .requires(BEGIN)
              .answers(202, "It has begun", RESYNC)
              .or(ProblemType.CONFLICT, ProblemType.UNAVAILABLE)
              .by(ResyncOperations::begin),
          Operation.get("/v1/resyncs", "listResyncs")
              .says(TAG, "Those that run and ran, the newest first")
              .answeredBy(Answerer.capturing)
              .answers(200, "At most fifty", Schema.fields().must("resyncs", Schema.list(RESYNC)))
              .by((service, _) -> list(service)),
          Operation.get("/v1/resyncs/{resync}", "getResync")
              .says(TAG, "One that runs or ran")
              .answeredBy(Answerer.capturing)
              .with(ID)
              .answers(200, "How far it is", RESYNC)
              .by((service, request) -> ApiAnswer.ok(service.resyncs().show(id(request)))),
          Operation.delete("/v1/resyncs/{resync}", "cancelResync")
              .says(TAG, "Ends one that runs")
              .answeredBy(Answerer.capturing)
              .with(ID)
              .answers(200, "It has ended", RESYNC)
              .or(ProblemType.CONFLICT)
              .by((service, request) -> ApiAnswer.ok(service.resyncs().cancel(id(request)))));

  private ResyncOperations() {}

  private static long id(ApiRequest request) {
    Long id = request.number("resync");
    return id == null ? 0 : id;
  }

  private static ApiAnswer begin(RunningService service, ApiRequest request)
      throws ApiException, DeliveryAdminException, InterruptedException {
    Recipient recipient = Recipients.served(service, request.text("recipient"));
    var since = request.fields().path("since");
    ObjectNode job =
        service
            .resyncs()
            .begin(
                recipient,
                new ResyncActions.Wish(
                    request.text("entity"),
                    request.optional("where"),
                    Optional.of(since.path("column").asText()).filter(text -> !text.isEmpty()),
                    since.path("value").asText(),
                    request.number("rate")));
    return ApiAnswer.of(202, job).with("Location", "/v1/resyncs/" + job.path("id").asText());
  }

  private static ApiAnswer list(RunningService service) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    ArrayNode all = json.putArray("resyncs");
    service.resyncs().newest().forEach(all::add);
    return ApiAnswer.ok(json);
  }
}
