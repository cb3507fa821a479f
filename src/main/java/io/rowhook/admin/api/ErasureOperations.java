package io.rowhook.admin.api;

import io.rowhook.admin.RunningService;
import io.rowhook.admin.api.Operation.Answerer;
import io.rowhook.journal.DeliveryAdminException;
import java.util.List;

/** Removing what the journal has of one entity. */
final class ErasureOperations {

  private static final Schema TRACES =
      Schema.named(
          "Traces",
          Schema.fields()
              .must("done", Schema.flag().about("whether it is erased"))
              .must("events", Schema.count().about("of its own"))
              .must(
                  "pending",
                  Schema.map(Schema.count())
                      .about("deliveries still to be made, by recipient: these end, erased"))
              .must(
                  "pendingDeletions",
                  Schema.count().about("of these, those that would say that the entity is deleted"))
              .must(
                  "embedded",
                  Schema.map(Schema.count())
                      .about("events of other entities that embed its row, by entity"))
              .must(
                  "unclear",
                  Schema.count()
                      .about("events of others that embed such a row without its key; they stay"))
              .must(
                  "relatives",
                  Schema.list(Schema.text()).about("other entities that are made of its table"))
              .must("bytes", Schema.count().about("the journal's size"))
              .must("left", Schema.text().orNull().about("why the file still has traces"))
              .must("open", Schema.flag().about("whether a transaction is being read")));

  static final List<Operation> ALL =
      List.of(
          Operation.post("/v1/entities/{entity}/{id}/erase", "eraseEntity")
              .says("Events", "Removes all that the journal has of one entity")
              .about(
                  "Its events, what was to be delivered of them, attempts and answers; where events"
                      + " of others embed its row, that becomes null. The journal's file is"
                      + " rewritten. There is no way back.")
              .answeredBy(Answerer.capturing)
              .with(
                  Parameter.path("entity", Common.ENTITY, "as `entities.yaml` names it"),
                  Parameter.path("id", Common.ENTITY_ID, "its id, as events have it"))
              .takes(Schema.closed().may("dryRun", Common.DRY_RUN))
              .answers(200, "What there was, or is", TRACES)
              .or(ProblemType.CONFLICT)
              .by(ErasureOperations::erase));

  private ErasureOperations() {}

  private static ApiAnswer erase(RunningService service, ApiRequest request)
      throws DeliveryAdminException, InterruptedException {
    return ApiAnswer.ok(
        service
            .erasures()
            .erase(
                request.text("entity"),
                request.text("id"),
                !request.is("dryRun"),
                AuditTrail.actor(request)));
  }
}
