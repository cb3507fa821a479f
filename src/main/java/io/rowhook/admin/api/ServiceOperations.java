package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.ServiceStatus;
import io.rowhook.admin.api.Operation.Answerer;
import io.rowhook.admin.metrics.Metrics;
import io.rowhook.base.Json;
import io.rowhook.journal.Pause;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The service as a whole: its health, its status, its source, and the kill switch. */
final class ServiceOperations {

  private static final String TAG = "Service";
  private static final String PLAIN = "text/plain; charset=utf-8";
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final String KILL_SWITCH = "/v1/kill-switch";

  private static final Schema SWITCH =
      Schema.named(
          "KillSwitch",
          Schema.fields()
              .must("set", Schema.flag())
              .may("at", Schema.time().about("since when"))
              .may("reason", Schema.text()));

  static final List<Operation> ALL =
      List.of(
          Operation.get("/live", "isLive")
              .says(TAG, "Whether a new start of the process would not mend anything")
              .about("For probes: 200 and `ok`, or 503. Everybody may ask.")
              .needs(Right.anybody)
              .answers(200, "It lives", PLAIN, Schema.text())
              .or(ProblemType.UNAVAILABLE)
              .by((service, _) -> probe(service.health().report().live())),
          Operation.get("/ready", "isReady")
              .says(TAG, "Whether it does what it is for, or stands by to do so")
              .about("For probes: 200 and `ok`, or 503. Everybody may ask.")
              .needs(Right.anybody)
              .answers(200, "It is ready", PLAIN, Schema.text())
              .or(ProblemType.UNAVAILABLE)
              .by((service, _) -> probe(service.health().report().ready())),
          Operation.get("/health", "getHealth")
              .says(TAG, "How each part is, and why")
              .answers(200, "All parts", StatusSchemas.HEALTH)
              .by((service, _) -> ApiAnswer.ok(service.health().look().json())),
          Operation.get("/metrics", "scrape")
              .says(TAG, "What is counted and measured, for Prometheus")
              .with(
                  Parameter.header(
                      "Accept",
                      Schema.text(),
                      "OpenMetrics where it asks for that, else Prometheus' own text"))
              .answers(200, "All series", METRICS, Schema.text())
              .answers(200, "All series", OPEN_METRICS, Schema.text())
              .by((service, request) -> {
                Metrics.Exposition all =
                    service.metrics().scrape(request.optional("Accept").orElse(null));
                return ApiAnswer.text(200, all.contentType(), all.text());
              }),
          Operation.get("/v1/status", "getStatus")
              .says(TAG, "What flows, waits and fails: capture, and each recipient")
              .answers(200, "The state of all of it", StatusSchemas.STATUS)
              .by((service, request) ->
                  ApiAnswer.ok(new ServiceStatus(service).json(request.caller()))),
          Operation.get("/v1/source", "getSource")
              .says(TAG, "The source: capture, its slot, and what could not be told of it")
              .answeredBy(Answerer.capturing)
              .answers(200, "The state of the source", StatusSchemas.SOURCE)
              .by((service, _) -> ApiAnswer.ok(new ServiceStatus(service).source())),
          Operation.get(KILL_SWITCH, "getKillSwitch")
              .says(TAG, "Whether the kill switch is set, which stops all sending")
              .answers(200, "Since when, and why", SWITCH)
              .by((service, _) -> ApiAnswer.ok(killSwitch(service.journal().killSwitch()))),
          Operation.put(KILL_SWITCH, "setKillSwitch")
              .says(TAG, "Sets it: nothing is sent to anyone, over a restart too")
              .takes(Schema.closed().may("reason", RecipientOperations.REASON))
              .answers(200, "It is set now", Common.OUTCOME)
              .by((service, request) -> {
                boolean set =
                    service
                        .journal()
                        .deliveryAdmin()
                        .setKillSwitch(RecipientOperations.reason(request), Instant.now());
                service.dispatchers().allDeliveriesChanged();
                return ApiAnswer.ok(Recipients.outcome(true, set ? 1 : 0));
              }),
          Operation.delete(KILL_SWITCH, "clearKillSwitch")
              .says(TAG, "Clears it; recipients that are paused themselves stay so")
              .answers(200, "It is not set now", Common.OUTCOME)
              .by((service, _) -> {
                boolean cleared = service.journal().deliveryAdmin().clearKillSwitch();
                service.dispatchers().allDeliveriesChanged();
                return ApiAnswer.ok(Recipients.outcome(true, cleared ? 1 : 0));
              }),
          Operation.post("/v1/missing/accept", "acceptMissing")
              .says(TAG, "Accepts that changes of the source are missing in the journal")
              .about("They hold no recipient's `completeTo` back any more.")
              .answeredBy(Answerer.capturing)
              .answers(
                  200,
                  "It is accepted now",
                  Schema.fields()
                      .must("done", Schema.flag())
                      .must("count", Schema.count())
                      .must("what", Schema.text().orNull().about("what was missing")))
              .by(ServiceOperations::acceptMissing),
          Operation.post("/v1/hand-over", "handOver")
              .says(TAG, "Ends it for another Rowhook that goes on in its place")
              .about(
                  "For `rowhook run --take-over`, which holds the lock beside the journal by which"
                      + " it says that it is ready to go on: without one, a conflict. The service"
                      + " lets go of slot and journal after the answer, and its process ends.")
              .answers(
                  202,
                  "It lets go now",
                  Schema.fields()
                      .must("done", Schema.flag())
                      .must("process", Schema.count().about("of the service that ends")))
              .or(ProblemType.CONFLICT)
              .by(ServiceOperations::handOver),
          Operation.get("/v1/live-events", "followLiveEvents")
              .says(TAG, "What happens, as it happens")
              .about(
                  "Server-sent events, until the caller leaves: `attempt` with the outcome of each,"
                      + " `recipient` and `capture` when their state is another. A comment every"
                      + " fifteen seconds says that nothing happened. Nothing is kept for a caller:"
                      + " what it does not read in time ends its stream, which a comment says.")
              .answeredBy(Answerer.server)
              .with(Parameter.query("recipient", Common.RECIPIENT_NAME, "of this one only"))
              .answers(200, "The stream", ApiAnswer.EVENT_STREAM, Schema.text())
              .by(ServiceOperations::follow),
          Operation.get("/openapi.json", "getDocument")
              .says(TAG, "This document")
              .answers(200, "OpenAPI 3.1", Schema.map(Schema.anything()))
              .by((_, _) -> ApiAnswer.ok(OpenApi.document())));

  private ServiceOperations() {}

  private static ApiAnswer probe(boolean well) throws ApiException {
    if (!well) {
      throw new ApiException(ProblemType.UNAVAILABLE, "no; /health says why");
    }
    return ApiAnswer.text(200, PLAIN, "ok\n");
  }

  private static ObjectNode killSwitch(Optional<Pause> pause) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("set", pause.isPresent());
    pause.ifPresent(by -> json.put("at", by.at().toString()).put("reason", by.reason()));
    return json;
  }

  private static ApiAnswer acceptMissing(RunningService service, ApiRequest request)
      throws InterruptedException {
    Optional<String> missing = service.journal().completeness().missing();
    boolean accepted = missing.isPresent() && service.journal().completeness().accept();
    return ApiAnswer.ok(
        Recipients.outcome(true, accepted ? 1 : 0).put("what", missing.orElse(null)));
  }

  private static ApiAnswer handOver(RunningService service, ApiRequest request)
      throws ApiException {
    try {
      service.handOver().ask();
    } catch (IllegalStateException e) {
      throw new ApiException(ProblemType.CONFLICT, String.valueOf(e.getMessage()));
    }
    return ApiAnswer.of(
        202,
        Json.MAPPER
            .createObjectNode()
            .put("done", true)
            .put("process", ProcessHandle.current().pid()));
  }

  private static ApiAnswer follow(RunningService service, ApiRequest request) throws ApiException {
    Optional<String> recipient = request.optional("recipient");
    if (recipient.isPresent()) {
      Recipients.known(service, recipient.get());
    }
    return ApiAnswer.feed(
        service
            .live()
            .subscribe(service, recipient)
            .orElseThrow(() ->
                new ApiException(
                    Problem.of(
                            ProblemType.BUSY,
                            LiveEvents.MOST + " callers follow already; end one of them")
                        .with("Retry-After", "10"))));
  }
}
